"""Card UIDs: the forms in which readers scan them and old cards print them.

A canonical UID is upper-case hex without separators, 4, 7 or 10 bytes, in the
order in which the card sends them (ISO/IEC 14443-3: UID0 first), here called
big-endian. Old systems print the same bytes in other forms:

========= ======================================= =====================
form      meaning                                 ``04A1B2C3`` is
========= ======================================= =====================
hex_be    bytes in order                          ``04A1B2C3``
hex_le    bytes reversed                          ``C3B2A104``
dec_be    unsigned decimal of hex_be              ``0077705923``
dec_le    unsigned decimal of hex_le              ``3283263748``
pair_be   hex_be as two 16-bit decimals           ``01185,45763``
pair_le   hex_le as two 16-bit decimals           ``50098,41220``
w26_be    low 24 bits of dec_be, 8 + 16 bits      ``161,45763``
w26_le    low 24 bits of dec_le, 8 + 16 bits      ``178,41220``
========= ======================================= =====================

The pair and w26 forms exist for 4 bytes only. A w26 text (the 26-bit Wiegand
frame without its two parity bits) lacks one byte: it gives a ``Fragment``.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from .. import errors
from ..errors import UidError

SIZES: Final = (4, 7, 10)
HEX_BE: Final = "hex_be"
HEX_LE: Final = "hex_le"
DEC_BE: Final = "dec_be"
DEC_LE: Final = "dec_le"
PAIR_BE: Final = "pair_be"
PAIR_LE: Final = "pair_le"
W26_BE: Final = "w26_be"
W26_LE: Final = "w26_le"
#: The forms that hold the whole UID.
WHOLE_FORMS: Final = (HEX_BE, HEX_LE, DEC_BE, DEC_LE, PAIR_BE, PAIR_LE)

MAX_TEXT: Final = 64
#: Digits that a double (a spreadsheet's number) keeps exactly.
DOUBLE_DIGITS: Final = 15

_DECIMAL_WIDTH: Final = {4: 10, 7: 17, 10: 25}
_HEX: Final = re.compile(r"^[0-9A-F]+$")
_PAIR: Final = re.compile(r"^(\d{1,5})[,/ ](\d{1,5})$")
_EXPONENT: Final = re.compile(r"^\d+(?:\.\d*)?E[+-]?\d+$")
_SEPARATORS: Final = re.compile(r"[\s:\-._]")
_SCAN_FRAME: Final = re.compile(r"^(?:[;%#]|0X|UID[:= ]*)+|[?#;]+$")


@dataclass(frozen=True)
class Fragment:
    """Three known bytes of a 4-byte UID, at its ``start`` or its ``end``."""

    hex: str
    where: str

    def fits(self, uid: str) -> bool:
        """Say whether ``uid`` (canonical) has these bytes at this end."""
        at_end = uid.endswith(self.hex)
        return len(uid) == 8 and (at_end if self.where == "end" else uid.startswith(self.hex))


def check(uid: str) -> str:
    """Return ``uid`` if it is canonical, else raise ``UidError``."""
    if not _HEX.match(uid):
        raise UidError(errors.UID_MALFORMED, value=mask(uid))
    if len(uid) // 2 not in SIZES or len(uid) % 2:
        raise UidError(errors.UID_LENGTH, digits=len(uid))
    return uid


def reverse(uid: str) -> str:
    """Return the hex digits of ``uid`` with its bytes in reverse order."""
    return bytes.fromhex(uid)[::-1].hex().upper()


def normalise(value: str | int | float, form: str = HEX_BE) -> str:
    """Return the canonical UID that ``value`` states in ``form``.

    A number (from a spreadsheet's cell) is checked for lost digits, see
    ``_digits_of_cell``. Raises ``UidError``: ``uid_empty``, ``uid_malformed``,
    ``uid_length``, ``uid_out_of_range``, ``uid_spreadsheet_damage``, and ``uid_placeholder`` for
    all zeros and all ones.
    """
    if form not in WHOLE_FORMS:
        raise ValueError(f"a UID cannot be read from the form {form!r}")
    if isinstance(value, str):
        text = _clean(value)
        _refuse_damage(text, form)
    else:
        text = _digits_of_cell(value, form)
    if form in (HEX_BE, HEX_LE):
        uid = check(_SEPARATORS.sub("", text).removeprefix("0X"))
    elif form in (DEC_BE, DEC_LE):
        uid = _from_decimal(text)
    else:
        uid = _from_pair(text)
    if not uid.strip("0") or not uid.strip("F"):
        # Programs store this for "no card".
        raise UidError(errors.UID_PLACEHOLDER)
    return reverse(uid) if form in (HEX_LE, DEC_LE, PAIR_LE) else uid


def is_random(uid: str) -> bool:
    """Say whether the card makes a new UID each time: four bytes that begin with 08 (ISO/IEC 14443-3)."""
    return len(uid) == 8 and uid.startswith("08")


def is_half(uid: str) -> bool:
    """Say whether this is the cascade tag 88 and three bytes of a longer UID (ISO/IEC 14443-3)."""
    return len(uid) == 8 and uid.startswith("88")


def forms(uid: str) -> dict[str, str]:
    """Return every form in which ``uid`` may be printed or scanned."""
    big, little = check(uid), reverse(uid)
    size = len(uid) // 2
    width = _DECIMAL_WIDTH[size]
    printed = {
        HEX_BE: big,
        HEX_LE: little,
        DEC_BE: f"{int(big, 16):0{width}d}",
        DEC_LE: f"{int(little, 16):0{width}d}",
    }
    if size == 4:
        for pair, w26, word in ((PAIR_BE, W26_BE, big), (PAIR_LE, W26_LE, little)):
            printed[pair] = f"{int(word[:4], 16):05d},{int(word[4:], 16):05d}"
            printed[w26] = f"{int(word[2:4], 16):03d},{int(word[4:], 16):05d}"
    return printed


def candidates(scan_text: str) -> list[str]:
    """Return the canonical UIDs that a scan may mean, the likeliest first.

    Hex comes before decimal (a reader that shows letters shows hex), decimal
    little-endian (what most desk readers type) before big-endian. A text that is no
    UID gives an empty list; never raises.
    """
    if len(scan_text) > MAX_TEXT:
        return []
    text = _SCAN_FRAME.sub("", unicodedata.normalize("NFKC", scan_text).strip().upper()).strip()
    found: list[str] = []
    for form in (HEX_BE, HEX_LE, DEC_LE, DEC_BE, PAIR_LE, PAIR_BE):
        try:
            uid = normalise(text, form)
        except UidError:
            continue
        if uid not in found:
            found.append(uid)
    return found


def fragments(scan_text: str) -> list[Fragment]:
    """Return what a printed 26-bit Wiegand number (``161,45763``) says about a UID."""
    text = unicodedata.normalize("NFKC", scan_text).strip()[:MAX_TEXT]
    if re.fullmatch(r"\d{8}", text):
        text = f"{text[:3]},{text[3:]}"
    pair = _PAIR.match(text)
    if not pair:
        return []
    facility, number = int(pair.group(1)), int(pair.group(2))
    if facility > 0xFF or number > 0xFFFF:
        return []
    known = f"{facility:02X}{number:04X}"
    return [Fragment(reverse(known), "start"), Fragment(known, "end")]


def mask(uid: str, keep: int = 4) -> str:
    """Hide all but the last ``keep`` characters, for logs and messages."""
    shown = uid[-keep:] if len(uid) > keep else ""
    return "*" * (len(uid) - len(shown)) + shown


def _clean(value: str) -> str:
    plain = unicodedata.normalize("NFKC", value)
    text = "".join(c for c in plain if unicodedata.category(c) != "Cf").strip().strip("'`\"=").upper()
    if not text:
        raise UidError(errors.UID_EMPTY)
    if len(text) > MAX_TEXT:
        raise UidError(errors.UID_MALFORMED, value=mask(text[-8:]))
    return text


def _refuse_damage(text: str, form: str) -> None:
    """Refuse a long number that a spreadsheet turned into ``2.3E+09``.

    Eight hex digits such as ``23000E05`` look similar but are complete.
    """
    if not _EXPONENT.match(text):
        return
    whole_hex = form in (HEX_BE, HEX_LE) and text.isalnum() and len(text) // 2 in SIZES
    if not whole_hex or len(text) % 2:
        raise UidError(errors.UID_SPREADSHEET_DAMAGE, value=text)


def _digits_of_cell(value: int | float, form: str) -> str:
    """Return the digits of a number cell, or refuse it when digits may be lost.

    A decimal form is exact up to 15 digits. In a hex form the spreadsheet may have
    removed leading zeros or taken an ``E`` for an exponent (``123456E2``). So a hex
    number is accepted only at full length and without two zeros at its end.
    """
    if isinstance(value, bool) or value != value or value in (float("inf"), float("-inf")):
        raise UidError(errors.UID_MALFORMED, value=str(value))
    digits = str(int(value))
    if value != int(value) or value < 0:
        raise UidError(errors.UID_MALFORMED, value=str(value))
    lost = len(digits) > DOUBLE_DIGITS
    if form in (HEX_BE, HEX_LE):
        lost = lost or len(digits) not in (8, 14) or digits.endswith("00")
    if lost:
        raise UidError(errors.UID_SPREADSHEET_DAMAGE, value=digits)
    return digits


def _from_decimal(text: str) -> str:
    if not text.isascii() or not text.isdigit():
        raise UidError(errors.UID_MALFORMED, value=mask(text))
    number = int(text)
    for size in SIZES:
        if number < 1 << (8 * size) and len(text) <= _DECIMAL_WIDTH[size]:
            return f"{number:0{2 * size}X}"
    raise UidError(errors.UID_OUT_OF_RANGE, digits=len(text))


def _from_pair(text: str) -> str:
    pair = _PAIR.match(text)
    if not pair:
        raise UidError(errors.UID_MALFORMED, value=mask(text))
    high, low = int(pair.group(1)), int(pair.group(2))
    if len(pair.group(1)) == 3 and high <= 0xFF:
        # A first part of three digits is the facility of a 26-bit number, see ``fragments``.
        raise UidError(errors.UID_LENGTH, digits=6)
    if high > 0xFFFF or low > 0xFFFF:
        raise UidError(errors.UID_OUT_OF_RANGE, digits=10)
    return f"{high:04X}{low:04X}"
