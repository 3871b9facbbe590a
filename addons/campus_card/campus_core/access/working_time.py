"""What a calendar of working times becomes as a schedule, and what of it is lost."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Final, NamedTuple

from ..schedule import ALL_WEEKS, DAY_MIN, EVEN_WEEKS, ODD_WEEKS, Window

#: What cannot be said the same way in a schedule.
FLEXIBLE, BY_DURATION, TWO_WEEKS, TIME_ZONE = "flexible", "by_duration", "two_weeks", "time_zone"
PERSONAL, PART_OF_DAY, ROUNDED, EMPTY = "personal", "part_of_day", "rounded", "empty"
LOSSES: Final = (FLEXIBLE, BY_DURATION, TWO_WEEKS, TIME_ZONE, PERSONAL, PART_OF_DAY, ROUNDED, EMPTY)
LEAVE_DAYS_MAX: Final = 366
_WEEKS: Final = (0, 1)
_ROUNDING: Final = 0.02


class Hours(NamedTuple):
    """A time of one weekday (0 is Monday) in hours; ``week`` is 0 or 1 where two weeks alternate."""

    weekday: int
    start_h: float
    end_h: float
    week: int | None = None


class Leave(NamedTuple):
    """A time off, by its local days; ``is_whole``: from midnight to midnight. ``is_personal``: of one person."""

    first: date
    last: date
    is_whole: bool = True
    is_personal: bool = False
    name: str = ""


class Source(NamedTuple):
    """The calendar. ``is_other_zone``: its clock is not that of the campus."""

    hours: Sequence[Hours] = ()
    leaves: Sequence[Leave] = ()
    is_two_weeks: bool = False
    is_flexible: bool = False
    is_by_duration: bool = False
    is_other_zone: bool = False


class Plan(NamedTuple):
    """What a schedule is to have; ``closed`` are days with why, ``losses`` what is lost, as ``LOSSES`` orders it."""

    windows: tuple[Window, ...]
    closed: tuple[tuple[date, str], ...]
    losses: tuple[str, ...]


def plan(source: Source, today: date, first_is_odd: bool = True) -> Plan:
    """Return the plan; days off that are over are left out.

    ``first_is_odd``: the first of two weeks becomes the odd weeks of the term, else the even ones.
    """
    losses = {
        FLEXIBLE: source.is_flexible,
        BY_DURATION: source.is_by_duration,
        TIME_ZONE: source.is_other_zone,
        PERSONAL: any(leave.is_personal for leave in source.leaves),
    }
    spans: dict[tuple[int, int | None], list[tuple[int, int]]] = {}
    for hours in () if source.is_flexible else source.hours:
        start, end = round(hours.start_h * 60), min(round(hours.end_h * 60), DAY_MIN)
        losses[ROUNDED] = losses.get(ROUNDED, False) or _is_rounded(hours)
        if 0 <= start < end:
            week = hours.week if source.is_two_weeks else None
            spans.setdefault((hours.weekday, week), []).append((start, end))
        else:
            losses[EMPTY] = True
    windows, losses[TWO_WEEKS] = _windows(spans, first_is_odd)
    closed, losses[PART_OF_DAY] = _closed(source.leaves, today)
    return Plan(windows, closed, tuple(name for name in LOSSES if losses.get(name)))


def _is_rounded(hours: Hours) -> bool:
    return any(abs(value * 60 - round(value * 60)) > _ROUNDING for value in (hours.start_h, hours.end_h))


def _windows(
    spans: dict[tuple[int, int | None], list[tuple[int, int]]], first_is_odd: bool
) -> tuple[tuple[Window, ...], bool]:
    """Return windows, days with the same times together, and whether weeks alternate."""
    names = (ODD_WEEKS, EVEN_WEEKS) if first_is_odd else (EVEN_WEEKS, ODD_WEEKS)
    days: dict[tuple[int, int, str], set[int]] = {}
    for weekday in sorted({weekday for weekday, _week in spans}):
        every = spans.get((weekday, None), [])
        first, second = (set(_joined([*every, *spans.get((weekday, week), [])])) for week in _WEEKS)
        for weeks, found in (
            (ALL_WEEKS, first & second),
            (names[0], first - second),
            (names[1], second - first),
        ):
            for start, end in found:
                days.setdefault((start, end, weeks), set()).add(weekday)
    windows = tuple(
        Window(frozenset(weekdays), start, end, weeks)
        for (start, end, weeks), weekdays in sorted(days.items(), key=lambda one: (min(one[1]), one[0]))
    )
    return windows, any(window.weeks != ALL_WEEKS for window in windows)


def _joined(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Join times that touch or overlap."""
    made: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if made and start <= made[-1][1]:
            made[-1] = (made[-1][0], max(made[-1][1], end))
        else:
            made.append((start, end))
    return made


def _closed(leaves: Sequence[Leave], today: date) -> tuple[tuple[tuple[date, str], ...], bool]:
    found: dict[date, str] = {}
    is_part = False
    for leave in leaves:
        if leave.is_personal or leave.last < today:
            continue
        if not leave.is_whole:
            is_part = True
            continue
        first = max(leave.first, today)
        for number in range(min((leave.last - first).days + 1, LEAVE_DAYS_MAX)):
            found.setdefault(first + timedelta(days=number), leave.name)
    return tuple(sorted(found.items())), is_part
