"""What a person wants to know between two lessons: which is next, and in how many minutes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from ..schedule import DAY_MIN
from .types import Occurrence


def minute_of(now: datetime) -> int:
    """Return a moment of the campus's clock as minutes, as ``Occurrence.span`` counts them."""
    return now.date().toordinal() * DAY_MIN + now.hour * 60 + now.minute


def next_of(occurrences: Iterable[Occurrence], now: datetime) -> Occurrence | None:
    """Return the lesson that is running, else the one that begins first; cancelled ones take no place."""
    minute = minute_of(now)
    coming = [made for made in occurrences if not made.is_cancelled and made.span[1] > minute]
    return min(coming, key=lambda made: (made.span, made.identity), default=None)


def minutes_to(made: Occurrence, now: datetime) -> int:
    """Return the minutes until a lesson begins; 0 or less: it is running."""
    return made.span[0] - minute_of(now)
