"""Weeks, periods and times as people and timetable programs write them: ``1-8, 10``, ``1-16周(单)``, ``0111011``."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from ..schedule import ALL_WEEKS, EVEN_WEEKS, LISTED_WEEKS, ODD_WEEKS

WEEK_MAX: Final = 60
#: A text of zeros and ones is a set of weeks only when it is at least so long: "10" and "11" are weeks.
BITS_MIN: Final = 8

_WIDE: Final = str.maketrans("０１２３４５６７８９，、；（）－–—~～", "0123456789,,;()-----")
_NOISE: Final = re.compile(r"[第周节(){}\[\]|\s]|weeks?", re.IGNORECASE)
_PART: Final = re.compile(r"(\d{1,2})(?:-(\d{1,2}))?(单|双|odd|even)?", re.IGNORECASE)
_BITS: Final = re.compile(r"[01]+")


def weeks_in(text: str) -> frozenset[int] | None:
    """Return the weeks that a text names, None if it is no list of weeks."""
    plain = text.translate(_WIDE).strip()
    if len(plain) >= BITS_MIN and _BITS.fullmatch(plain):
        found = {at for at, bit in enumerate(plain, 1) if bit == "1"}
        return frozenset(found) if found and max(found) <= WEEK_MAX else None
    weeks: set[int] = set()
    for part in re.split(r"[,;]", plain):
        named = _numbers(part)
        if named is None:
            return None
        weeks |= named
    return frozenset(weeks) if min(weeks) > 0 and max(weeks) <= WEEK_MAX else None


def periods_in(text: str) -> tuple[int, int] | None:
    """Return first and last period of ``1-2``, ``第3,4节`` or ``0304``; None if it is neither."""
    plain = text.translate(_WIDE).strip()
    digits = _NOISE.sub("", plain)
    if len(digits) >= 4 and len(digits) % 2 == 0 and digits.isdecimal():
        numbers = [int(digits[at : at + 2]) for at in range(0, len(digits), 2)]
    else:
        numbers = []
        for part in re.split(r"[,;]", plain):
            named = _numbers(part)
            if not named:
                return None
            numbers += sorted(named)
    is_row = numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    return (numbers[0], numbers[-1]) if is_row and numbers[0] > 0 else None


def weeks_text(weeks: Iterable[int]) -> str:
    """Return weeks as people write them: ``1-8, 10``."""
    parts: list[list[int]] = []
    for week in sorted(weeks):
        if parts and week == parts[-1][1] + 1:
            parts[-1][1] = week
        else:
            parts.append([week, week])
    return ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in parts)


def clock_text(minutes: int) -> str:
    """Return a minute of the day as clocks show it: ``08:00``."""
    return f"{minutes // 60 % 24:02d}:{minutes % 60:02d}"


def week_kind(weeks: frozenset[int] | None, count: int) -> tuple[str, str]:
    """Return how a lesson of a term of ``count`` weeks says its weeks: kind and list."""
    every = frozenset(range(1, count + 1))
    if weeks is None or weeks >= every:
        return ALL_WEEKS, ""
    if weeks == frozenset(range(1, count + 1, 2)):
        return ODD_WEEKS, ""
    if weeks == frozenset(range(2, count + 1, 2)):
        return EVEN_WEEKS, ""
    return LISTED_WEEKS, weeks_text(weeks)


def _numbers(part: str) -> set[int] | None:
    """Return the numbers of ``3``, ``1-16`` or ``1-16单``; None for what is none, or a range that ends first."""
    match = _PART.fullmatch(_NOISE.sub("", part))
    if not match:
        return None
    first, last = int(match[1]), int(match[2] or match[1])
    step = (match[3] or "").lower()
    found = {
        number
        for number in range(first, last + 1)
        if not step or number % 2 == (1 if step in ("单", "odd") else 0)
    }
    return found or None
