"""When something holds: weekly windows, term weeks, holidays, working Saturdays, exceptions for a date.

All days and times are local to the campus, as its clocks show them: a window lasts as long as the clock
says, also in the night in which clocks change. A window belongs to the day on which it begins, and may end
on the next. Minutes count from midnight of that day: 0 to 1,439 begins, up to 2,880 ends.

Pure: a schedule is data, the caller has the clock.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone, tzinfo
from types import MappingProxyType
from typing import Final

DAY_MIN: Final = 24 * 60
ALL_WEEKS, ODD_WEEKS, EVEN_WEEKS, LISTED_WEEKS = "all", "odd", "even", "list"
#: What a schedule does on a holiday: nothing begins; as on any other day; it holds on holidays alone.
CLOSED, AS_USUAL, ONLY = "closed", "usual", "only"


@dataclass(frozen=True, slots=True)
class Window:
    """A time of the week; ``weekdays`` are 0 (Monday) to 6, ``week_list`` counts from the term's first week."""

    weekdays: frozenset[int]
    start_min: int
    end_min: int
    weeks: str = ALL_WEEKS
    week_list: frozenset[int] = frozenset()

    def __post_init__(self) -> None:
        if not (0 <= self.start_min < DAY_MIN and self.start_min < self.end_min <= self.start_min + DAY_MIN):
            raise ValueError(f"a window from {self.start_min} to {self.end_min}")


@dataclass(frozen=True, slots=True)
class Schedule:
    """Windows with their first and last day, and what replaces them on one date (no times: closed)."""

    windows: tuple[Window, ...] = ()
    first_day: date | None = None
    last_day: date | None = None
    holidays: str = CLOSED
    exceptions: Mapping[date, tuple[tuple[int, int], ...]] = field(
        default_factory=lambda: MappingProxyType({})
    )


@dataclass(frozen=True, slots=True)
class Term:
    """A term: its first week is the one that ``first_day`` is in, weeks begin on Monday."""

    first_day: date
    last_day: date

    def week(self, day: date) -> int | None:
        """Return the number of the week that ``day`` is in, from 1; None outside the term."""
        if not self.first_day <= day <= self.last_day:
            return None
        monday = self.first_day - timedelta(days=self.first_day.weekday())
        return (day - monday).days // 7 + 1


@dataclass(frozen=True, slots=True)
class Calendar:
    """What the campus knows about its days.

    ``holidays`` are free; on ``working_days`` (make-up Saturdays) everything happens as on the day that
    is named there. Both are for dates of the campus; a working day is no holiday.
    """

    zone: tzinfo = timezone.utc
    terms: tuple[Term, ...] = ()
    holidays: frozenset[date] = frozenset()
    working_days: Mapping[date, date] = field(default_factory=lambda: MappingProxyType({}))

    def local(self, at_ms: int) -> datetime:
        """Return what the campus's clock shows at ``at_ms`` (milliseconds since 1970), without a zone."""
        return datetime.fromtimestamp(at_ms / 1000, self.zone).replace(tzinfo=None)

    def week(self, day: date) -> int | None:
        """Return the week of the term that ``day`` is in, or None."""
        return next((week for term in self.terms if (week := term.week(day)) is not None), None)

    def is_holiday(self, day: date) -> bool:
        """Say whether a day is free."""
        return day in self.holidays and day not in self.working_days


def is_open(schedule: Schedule, calendar: Calendar, at_ms: int) -> bool:
    """Say whether ``schedule`` holds at a moment; the first minute of a window counts, the last does not."""
    now = calendar.local(at_ms)
    today = now.date()
    minutes = now.hour * 60 + now.minute
    if any(start <= minutes < end for start, end in times(schedule, calendar, today)):
        return True
    late = minutes + DAY_MIN
    return any(start <= late < end for start, end in times(schedule, calendar, today - timedelta(days=1)))


def times(schedule: Schedule, calendar: Calendar, day: date) -> Iterator[tuple[int, int]]:
    """Return ``(start, end)`` in minutes of each window that begins on ``day``."""
    exception = schedule.exceptions.get(day)
    if exception is not None:
        yield from exception
        return
    if _is_outside(schedule, day) or not _suits(schedule.holidays, is_holiday=calendar.is_holiday(day)):
        return
    followed = calendar.working_days.get(day, day)
    week = calendar.week(followed)
    for window in schedule.windows:
        if followed.weekday() in window.weekdays and is_in_week(window, week):
            yield window.start_min, window.end_min


def spans(schedule: Schedule, calendar: Calendar, first: date, last: date) -> list[tuple[datetime, datetime]]:
    """Return when the schedule holds between two days, by the clock, joined and in order.

    A window that began on the day before ``first`` counts from the first midnight.
    """
    midnight = datetime.combine(first, datetime.min.time())
    found = []
    for number in range(-1, (last - first).days + 1):
        begin = midnight + timedelta(days=number)
        for start, end in times(schedule, calendar, first + timedelta(days=number)):
            found.append((begin + timedelta(minutes=start), begin + timedelta(minutes=end)))
    joined: list[tuple[datetime, datetime]] = []
    for start_at, end_at in sorted(found):
        if end_at <= midnight:
            continue
        if joined and start_at <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end_at))
        else:
            joined.append((max(start_at, midnight), end_at))
    return joined


def _is_outside(schedule: Schedule, day: date) -> bool:
    first, last = schedule.first_day, schedule.last_day
    return (first is not None and day < first) or (last is not None and day > last)


def _suits(holidays: str, *, is_holiday: bool) -> bool:
    return {CLOSED: not is_holiday, ONLY: is_holiday}.get(holidays, True)


def is_in_week(window: Window, week: int | None) -> bool:
    """Say whether a window holds in a week of the term (None: the day is in no term)."""
    if window.weeks == ALL_WEEKS:
        return True
    if week is None:
        return False
    if window.weeks == LISTED_WEEKS:
        return week in window.week_list
    return week % 2 == (1 if window.weeks == ODD_WEEKS else 0)
