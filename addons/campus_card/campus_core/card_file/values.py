"""One cell -> one value: names, numbers, dates, words. Amounts and UIDs are elsewhere.

Each reader raises ``CampusError`` with the problem's code; ``rows`` adds row and column.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Final

from .. import errors, numbers
from ..errors import CampusError
from .types import DATE_DMY, DATE_MDY, DATE_YMD, EPOCH_1900, Cell

MAX_NAME: Final = 128
MAX_NUMBER: Final = 64
#: Digits that a spreadsheet's number keeps exactly.
DOUBLE_DIGITS: Final = 15

_SCIENTIFIC: Final = re.compile(r"^\d+(?:\.\d+)?E\+?\d+$", re.IGNORECASE)
_EMPTY_DATES: Final = frozenset({"", "0", "00000000", "-", "--", "/", "无", "长期", "永久", "0000-00-00"})
_TIME: Final = re.compile(r"[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?$")
_COMPACT: Final = re.compile(r"^(\d{4})(\d{2})(\d{2})(?:\d{6})?$")
_PARTS: Final = re.compile(r"^(\d{1,4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,4})\s*日?$")
_SERIAL_DAYS: Final = range(20_000, 73_051)  # 1954 to the end of 2099 (1900 system)
#: A whole number that a program wrote as a float: ``20230300001.0``.
_WHOLE: Final = re.compile(r"^(\d{1,15})\.0+$")
#: Signs that keep a spreadsheet from changing a number: ``'1``, ```1``, ``="1"``.
_GUARDS: Final = "'`\"=\u2018\u2019"
#: Invisible format characters (Unicode's Cf): soft hyphen, zero width, direction, byte order marks.
_UNSEEN: Final = re.compile("[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]")
NULL_WORD_MAX: Final = 20
#: Words that programs write for an error, and for an empty value. They count only as a whole cell,
#: because Null is also a surname.
_ERROR_WORD: Final = re.compile(
    r"^#(?:N/A|NV|REF!?|VALUE!|DIV/0!|NAME\??|NUM!|NULL!|SPILL!|CALC!|[A-Z_]+!?|#+)$"
)
_NULL_WORDS: Final = frozenset(
    {"null", "(null)", "<null>", "[null]", "nan", "nat", "<na>", "n/a", "none", "undefined", "\\n", "nil"}
)
_YEARS: Final = range(1900, 2200)

_NO_LETTERS: Final = frozenset({"Cc", "Co", "Cs"})

_YES: Final = frozenset({"1", "y", "yes", "true", "t", "是", "√", "有", "真"})
_NO: Final = frozenset({"", "0", "n", "no", "false", "f", "否", "×", "无", "假"})


def text_of(cell: Cell) -> str:
    """Return the cell as a person reads it, for reports: ``3283263748.0`` is ``3283263748``."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return str(int(cell))
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.isoformat(" ") if cell.time() != datetime.min.time() else cell.date().isoformat()
    return str(cell)


def visible(text: str) -> str:
    """Return the text without invisible characters: zero width, direction, byte order marks."""
    return text if text.isascii() else _UNSEEN.sub("", text)


def bare(text: str) -> str:
    """Return a number's text without the signs that keep a spreadsheet from changing it."""
    return text.strip().strip(_GUARDS).strip()


def whole(text: str) -> str:
    """Return ``20230300001.0`` as ``20230300001``; other text unchanged."""
    found = _WHOLE.match(text)
    return found[1] if found else text


def is_error_word(text: str) -> bool:
    """Say whether a spreadsheet wrote this instead of a value: ``#N/A``, ``#####``."""
    return "#" in text and bool(_ERROR_WORD.match(text.strip().upper()))


def is_null_word(text: str) -> bool:
    """Say whether a program wrote this for an empty value: ``NULL``, ``nan``."""
    return len(text) <= NULL_WORD_MAX and text.strip().casefold() in _NULL_WORDS


def key(text: str) -> str:
    """Return a word without differences of width, case and spaces, to compare it."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", visible(text))).casefold()


def read_name(cell: Cell, limit: int = MAX_NAME) -> str:
    """Return a text for people with single spaces; damaged characters are refused."""
    text = " ".join(visible(text_of(cell)).split())
    if "\ufffd" in text or (len(text) > 1 and not text.strip("?？ ")) or _is_spoiled(text):
        raise CampusError(errors.TEXT_GARBLED)
    if len(text) > limit:
        raise CampusError(errors.VALUE_TOO_LONG, length=len(text), limit=limit)
    return text


def read_number(cell: Cell) -> str:
    """Return a campus or account number in its standard form; numbers that lost digits are refused."""
    if isinstance(cell, float) and not cell.is_integer():
        raise CampusError(errors.NUMBER_DAMAGED)
    text = whole(bare(unicodedata.normalize("NFKC", read_name(cell, MAX_NUMBER))))
    rounded = isinstance(cell, int | float) and len(text) > DOUBLE_DIGITS
    if rounded or (isinstance(cell, float) and "e" in text) or _SCIENTIFIC.match(text):
        raise CampusError(errors.NUMBER_DAMAGED)
    return numbers.normalise(text)


def read_date(
    cell: Cell, form: str = DATE_YMD, no_end: date | None = None, epoch: date = EPOCH_1900
) -> date | None:
    """Return a date, or None for "no date" and for a date on or after ``no_end``.

    Year first in any common writing (``20260731``, ``2026-7-31``, ``2026年7月31日``,
    with or without a time), a date cell, or a spreadsheet's serial number; ``form``
    decides only what begins with a day or month; ``epoch`` is day 0 of serial numbers. Two-digit
    years are refused.
    """
    found = _date_of(cell, form, epoch)
    return None if found is None or (no_end and found >= no_end) else found


def read_word(cell: Cell, words: Mapping[str, str], code: str) -> str:
    """Return the meaning of a word; the keys of ``words`` are in the form of ``key``."""
    word = key(text_of(cell))
    if word not in words:
        raise CampusError(code)
    return words[word]


def read_flag(cell: Cell) -> bool:
    """Return yes or no, in the spellings of old systems; an empty cell is no."""
    word = whole(key(text_of(cell)))
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise CampusError(errors.FLAG_UNKNOWN)


def _date_of(cell: Cell, form: str, epoch: date) -> date | None:
    if isinstance(cell, date):  # a datetime is one, too
        return _dated(cell.year, cell.month, cell.day)
    text = whole(bare(unicodedata.normalize("NFKC", visible(text_of(cell)))))
    if text in _EMPTY_DATES:
        return None
    text = _TIME.sub("", text).strip()
    if compact := _COMPACT.match(text):
        return _dated(*map(int, compact.groups()))
    if text.isdigit() and len(text) == 5:
        days = int(text) + (epoch - EPOCH_1900).days
        if days in _SERIAL_DAYS:
            return EPOCH_1900 + timedelta(days=days)
    parts = _PARTS.match(text)
    if not parts:
        raise CampusError(errors.DATE_INVALID)
    first, second, third = parts.groups()
    if len(first) == 4:
        return _dated(int(first), int(second), int(third))
    if len(third) == 4 and form == DATE_DMY:
        return _dated(int(third), int(second), int(first))
    if len(third) == 4 and form == DATE_MDY:
        return _dated(int(third), int(first), int(second))
    raise CampusError(errors.DATE_INVALID)


def _dated(year: int, month: int, day: int) -> date:
    try:
        found = date(year, month, day)
    except ValueError:
        raise CampusError(errors.DATE_INVALID) from None
    if found.year not in _YEARS and found != date.max:
        raise CampusError(errors.DATE_INVALID)
    return found


def _is_spoiled(text: str) -> bool:
    """Say whether the text has characters that no name has: control and private use characters."""
    return any(unicodedata.category(character) in _NO_LETTERS for character in text)
