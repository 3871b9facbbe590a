"""One cell -> one value: names, numbers, dates, words. Amounts and UIDs are elsewhere.

Each reader raises ``CampusError`` with the row's code; ``card_file`` adds row and column.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Final

from . import errors
from .card_file_types import DATE_DMY, DATE_MDY, DATE_YMD, Cell
from .errors import CampusError

MAX_NAME: Final = 128
MAX_NUMBER: Final = 64
#: Digits that a spreadsheet's number keeps exactly.
DOUBLE_DIGITS: Final = 15

_SCIENTIFIC: Final = re.compile(r"^\d+(?:\.\d+)?E\+?\d+$", re.IGNORECASE)
_EMPTY_DATES: Final = frozenset({"", "0", "00000000", "-", "--", "/", "无", "长期", "永久", "0000-00-00"})
_TIME: Final = re.compile(r"[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?$")
_COMPACT: Final = re.compile(r"^(\d{4})(\d{2})(\d{2})(?:\d{6})?$")
_PARTS: Final = re.compile(r"^(\d{1,4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,4})\s*日?$")
#: Day 0 of a spreadsheet's serial dates (1900 system, with its false leap day).
_SERIAL_EPOCH: Final = date(1899, 12, 30)
_SERIAL_DAYS: Final = range(20_000, 73_051)  # 1954 to the end of 2099
_YEARS: Final = range(1900, 2200)

_YES: Final = frozenset({"1", "y", "yes", "true", "t", "是", "√", "有", "真"})
_NO: Final = frozenset({"", "0", "n", "no", "false", "f", "否", "×", "无", "假"})


def text_of(cell: Cell) -> str:
    """The cell as a person reads it, for reports: ``3283263748.0`` is ``3283263748``."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return str(int(cell))
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.isoformat(" ") if cell.time() != datetime.min.time() else cell.date().isoformat()
    return str(cell)


def key(text: str) -> str:
    """What two writings of one word have in common: width, case, spaces do not count."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).casefold()


def read_name(cell: Cell, limit: int = MAX_NAME) -> str:
    """A text for people: spaces tidied, spoiled characters refused."""
    text = " ".join(text_of(cell).replace("\ufeff", "").split())
    if "\ufffd" in text or (len(text) > 1 and not text.strip("?？ ")) or _has_controls(text):
        raise CampusError(errors.TEXT_GARBLED)
    if len(text) > limit:
        raise CampusError(errors.VALUE_TOO_LONG, length=len(text), limit=limit)
    return text


def read_number(cell: Cell) -> str:
    """A campus or account number: full-width digits understood, rounded ones refused."""
    if isinstance(cell, float) and not cell.is_integer():
        raise CampusError(errors.NUMBER_DAMAGED)
    text = unicodedata.normalize("NFKC", read_name(cell, MAX_NUMBER)).strip("'=\"").strip()
    rounded = isinstance(cell, int | float) and len(text) > DOUBLE_DIGITS
    if rounded or (isinstance(cell, float) and "e" in text) or _SCIENTIFIC.match(text):
        raise CampusError(errors.NUMBER_DAMAGED)
    return text


def read_date(cell: Cell, form: str = DATE_YMD, no_end: date | None = None) -> date | None:
    """A date, or None for "no date" and for one on or after ``no_end``.

    Year first in any common writing (``20260731``, ``2026-7-31``, ``2026年7月31日``,
    with or without a time), a date cell, or a spreadsheet's serial number; ``form``
    decides only what begins with a day or month. Two-digit years are refused.
    """
    found = _date_of(cell, form)
    return None if found is None or (no_end and found >= no_end) else found


def read_word(cell: Cell, words: Mapping[str, str], code: str) -> str:
    """The value of a word of the profile; ``words`` has its keys through ``key``."""
    word = key(text_of(cell))
    if word not in words:
        raise CampusError(code)
    return words[word]


def read_flag(cell: Cell) -> bool:
    """Yes or no, in the writings of old systems; an empty cell is no."""
    word = key(text_of(cell))
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise CampusError(errors.FLAG_UNKNOWN)


def _date_of(cell: Cell, form: str) -> date | None:
    if isinstance(cell, datetime):
        return _dated(cell.year, cell.month, cell.day)
    if isinstance(cell, date):
        return _dated(cell.year, cell.month, cell.day)
    text = unicodedata.normalize("NFKC", text_of(cell)).replace("\ufeff", "").strip()
    if text in _EMPTY_DATES:
        return None
    text = _TIME.sub("", text).strip()
    if compact := _COMPACT.match(text):
        return _dated(*map(int, compact.groups()))
    if text.isdigit() and len(text) == 5 and int(text) in _SERIAL_DAYS:
        return _SERIAL_EPOCH + timedelta(days=int(text))
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


def _has_controls(text: str) -> bool:
    return any(unicodedata.category(character) == "Cc" for character in text)
