"""Sums and counts of a holder's events over a window, and when they go over a threshold.

"Over" means more than the threshold. A calendar window starts again
each day, week or month; a sliding one looks back a number of hours from each event.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from .types import Event, Hit, first_per_period

DAY = "day"
WEEK = "week"
MONTH = "month"
HOURS = "hours"
UNITS = (DAY, WEEK, MONTH, HOURS)


@dataclass(frozen=True)
class Window:
    """A calendar day, week (from Monday) or month, or the last ``hours`` hours."""

    unit: str = DAY
    hours: int = 0

    def __post_init__(self) -> None:
        if self.unit not in UNITS:
            raise ValueError(f"unknown window: {self.unit}")
        if self.unit == HOURS and self.hours <= 0:
            raise ValueError("a sliding window needs hours above zero")


def period(unit: str, day: date) -> str:
    """Name the period that ``day`` lies in. An alert of a sliding window belongs to its day."""
    if unit == WEEK:
        year, week, _weekday = day.isocalendar()
        return f"{year}-W{week:02}"
    return f"{day:%Y-%m}" if unit == MONTH else day.isoformat()


def starts_at(window: Window, moment: datetime) -> datetime:
    """Return the first moment that counts together with ``moment``."""
    if window.unit == HOURS:
        return moment - timedelta(hours=window.hours)
    day = datetime(moment.year, moment.month, moment.day)
    if window.unit == WEEK:
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if window.unit == MONTH else day


def crossings(
    events: Sequence[Event], threshold: int, window: Window, *, counting: bool = False
) -> list[Hit]:
    """Find, per period, the first fresh event at which the window holds more than ``threshold``.

    Sums cents, or counts events. ``facts``: ``total`` and ``threshold``. Events of a calendar
    window count in the order of their ids, which is the order in which they became known: a
    late tap can then cross the threshold itself; an event that was already judged does not do so later.
    """
    if threshold < 0:
        raise ValueError("a threshold must not be negative")
    totals = _sliding if window.unit == HOURS else _calendar
    hits = [
        Hit(
            period(window.unit, event.at.date()), event.at, event.id, {"total": total, "threshold": threshold}
        )
        for event, total, fresh in totals(events, window, counting)
        if fresh and total > threshold
    ]
    return first_per_period(hits)


def _worth(event: Event, counting: bool) -> int:
    if not counting:
        return event.amount_minor
    return -1 if event.amount_minor < 0 else 1


def _calendar(events: Sequence[Event], window: Window, counting: bool) -> Iterator[tuple[Event, int, bool]]:
    totals: dict[str, int] = {}
    for event in sorted(events, key=lambda one: one.id):
        name = period(window.unit, event.at.date())
        totals[name] = totals.get(name, 0) + _worth(event, counting)
        yield event, totals[name], event.fresh


def _sliding(events: Sequence[Event], window: Window, counting: bool) -> Iterator[tuple[Event, int, bool]]:
    ordered = sorted(events, key=lambda one: (one.at, one.id))
    length = timedelta(hours=window.hours)
    total = fresh = oldest = 0
    for event in ordered:
        total += _worth(event, counting)
        fresh += event.fresh
        while event.at - ordered[oldest].at >= length:
            total -= _worth(ordered[oldest], counting)
            fresh -= ordered[oldest].fresh
            oldest += 1
        yield event, total, fresh > 0
