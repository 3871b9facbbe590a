"""Amounts in whole cents (``*_minor``): reading, writing, dividing.

An amount is an ``int`` between ``-MAX_MINOR`` and ``MAX_MINOR``, the range of the
column that stores it (PostgreSQL ``integer``). No amount is a float: ``parse`` turns the
float of a spreadsheet into a decimal by one rule.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from . import errors
from .errors import MoneyError

MAX_MINOR: Final = 2_147_483_647
MINOR_PER_MAJOR: Final = 100
YUAN: Final = "yuan"
FEN: Final = "fen"
UNITS: Final = (YUAN, FEN)

#: A text longer than this is not an amount.
MAX_TEXT: Final = 48
#: Differences below a ten-thousandth of a cent are rounding noise of a spreadsheet's double.
NOISE_MINOR: Final = Decimal("0.0001")
#: A double printed in full has at least this many significant digits.
DOUBLE_DIGITS: Final = 15

_CURRENCY: Final = {
    YUAN: re.compile(r"^(?:¥|CNY|RMB|人民币)|(?:元|圆|CNY|RMB|YUAN)$"),
    FEN: re.compile(r"(?:分|FEN)$"),
}
#: Minus sign, hyphens and dashes that are read as a minus.
_MINUS: Final = str.maketrans(dict.fromkeys("\u2212\u2010\u2011\u2013\u2014", "-"))
_SCIENTIFIC: Final = re.compile(r"^\d+(?:\.\d*)?E[+-]?\d+$")
_PLAIN: Final = re.compile(r"^(?:\d+(?:\.\d*)?|\.\d+)$")
_GROUPED: Final = re.compile(r"^\d{1,3}(?:([, '])\d{3})(?:\1\d{3})*(?:\.\d*)?$")


def parse(value: str | int | float | Decimal, unit: str = YUAN, *, signed: bool = False) -> int:
    """Return the amount in cents that ``value`` states in ``unit``.

    Text may carry full-width digits and signs, thousands separators (groups of
    three), a currency sign, a minus before or behind, or parentheses for negative.
    Decimals beyond the cent must be zeros. Numbers out of a spreadsheet are
    doubles: noise below ``NOISE_MINOR`` is dropped, anything larger is refused; the
    same holds for text of ``DOUBLE_DIGITS`` or more digits, a double printed in
    full. Text as a power of ten (``1.23E+5``) is refused: digits are lost.

    Raises ``MoneyError``: ``money_empty``, ``money_malformed``, ``money_too_precise``,
    ``money_scientific``, ``money_out_of_range``, and ``money_negative`` (with
    ``amount_minor``) unless ``signed``.
    """
    if unit not in UNITS:
        raise ValueError(f"unknown unit {unit!r}")
    if isinstance(value, str):
        amount, noisy = _from_text(value, unit)
    else:
        amount, noisy = _from_number(value)
    minor = _to_minor(amount if unit == FEN else amount.scaleb(2), noisy)
    if abs(minor) > MAX_MINOR:
        raise MoneyError(errors.MONEY_OUT_OF_RANGE, amount_minor=minor, limit_minor=MAX_MINOR)
    if minor < 0 and not signed:
        raise MoneyError(errors.MONEY_NEGATIVE, amount_minor=minor)
    return minor


def checked(amount_minor: int, *, least: int = 1) -> int:
    """Return ``amount_minor`` if the ledger can book it, else raise ``amount_invalid``."""
    if isinstance(amount_minor, bool) or not isinstance(amount_minor, int):
        raise MoneyError(errors.AMOUNT_INVALID, amount=repr(amount_minor))
    if not least <= amount_minor <= MAX_MINOR:
        raise MoneyError(
            errors.AMOUNT_INVALID,
            amount_minor=amount_minor,
            least_minor=least,
            limit_minor=MAX_MINOR,
        )
    return amount_minor


def format_minor(amount_minor: int, *, symbol: str = "", grouping: bool = True) -> str:
    """Write cents as yuan with two decimals: ``-1234567`` -> ``-12,345.67``."""
    major, minor = divmod(abs(amount_minor), MINOR_PER_MAJOR)
    sign = "-" if amount_minor < 0 else ""
    whole = f"{major:,}" if grouping else str(major)
    return f"{sign}{symbol}{whole}.{minor:02d}"


def split(amount_minor: int, weights: Sequence[int]) -> list[int]:
    """Divide ``amount_minor`` in proportion to ``weights``; the parts sum to it exactly.

    Largest remainders get the left-over cents, the earlier weight first on a tie.
    No part is further than one cent from its exact share; weight 0 gets 0.
    """
    total = sum(weights)
    if amount_minor < 0 or total <= 0 or any(weight < 0 for weight in weights):
        raise MoneyError(errors.AMOUNT_INVALID, amount_minor=amount_minor, weights_total=total)
    shares = [divmod(amount_minor * weight, total) for weight in weights]
    parts = [share for share, _remainder in shares]
    order = sorted(range(len(parts)), key=lambda index: (-shares[index][1], index))
    for index in order[: amount_minor - sum(parts)]:
        parts[index] += 1
    return parts


def _from_number(value: int | float | Decimal) -> tuple[Decimal, bool]:
    if isinstance(value, bool):
        raise MoneyError(errors.MONEY_MALFORMED, value=str(value))
    amount = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    if not amount.is_finite():
        raise MoneyError(errors.MONEY_MALFORMED, value=str(value))
    return amount, isinstance(value, float)


def _from_text(value: str, unit: str) -> tuple[Decimal, bool]:
    text = _clean(value)
    body, negative = _unsigned(text)
    body = _CURRENCY[unit].sub("", body).strip()
    if not negative:
        # The sign may follow the currency sign: ¥-12.00
        body, negative = _unsigned(body)
    if _SCIENTIFIC.match(body):
        raise MoneyError(errors.MONEY_SCIENTIFIC, value=text)
    if _GROUPED.match(body):
        body = re.sub(r"[, ']", "", body)
    elif not _PLAIN.match(body):
        raise MoneyError(errors.MONEY_MALFORMED, value=text)
    noisy = sum(map(str.isdigit, body.lstrip("0."))) >= DOUBLE_DIGITS
    amount = Decimal(body)
    return (-amount if negative else amount), noisy


def _clean(value: str) -> str:
    if len(value) > MAX_TEXT:
        raise MoneyError(errors.MONEY_MALFORMED, value=value[:MAX_TEXT] + "...")
    text = unicodedata.normalize("NFKC", value).translate(_MINUS).replace("\ufeff", "").strip()
    if not text:
        raise MoneyError(errors.MONEY_EMPTY)
    return text.upper()


def _unsigned(text: str) -> tuple[str, bool]:
    """Remove one sign: ``-1``, ``1-``, ``(1)`` are negative, ``+1`` is not."""
    if text.startswith("(") and text.endswith(")"):
        return text[1:-1].strip(), True
    if text.startswith("-"):
        return text[1:].strip(), True
    if text.endswith("-"):
        return text[:-1].strip(), True
    if text.startswith("+"):
        return text[1:].strip(), False
    return text, False


def _to_minor(amount: Decimal, noisy: bool) -> int:
    if abs(amount) > MAX_MINOR * MINOR_PER_MAJOR:
        raise MoneyError(errors.MONEY_OUT_OF_RANGE, limit_minor=MAX_MINOR)
    nearest = amount.to_integral_value()
    if abs(amount - nearest) > (NOISE_MINOR if noisy else 0):
        raise MoneyError(errors.MONEY_TOO_PRECISE, value=str(amount))
    return int(nearest)
