"""What takes place between two days: patterns and changes, through the calendar of the campus.

A holiday has no lessons. A day that is worked in exchange has those of the day that it follows. A change of a date
on which there is no lesson does nothing, except that a lesson that was moved to another time stays there, also when
its old day becomes free later.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta, timezone, tzinfo

from ..schedule import Calendar, is_in_week
from . import types
from .types import Change, Lesson, Occurrence


def expand(
    lessons: Iterable[Lesson], changes: Iterable[Change], calendar: Calendar, first: date, last: date
) -> list[Occurrence]:
    """Return every lesson from ``first`` to ``last``, cancelled ones too, in the order of their times."""
    known = {lesson.lesson: lesson for lesson in lessons}
    about: dict[tuple[int, date, int], list[Change]] = defaultdict(list)
    for change in sorted(changes, key=lambda change: change.change):
        about[change.about].append(change)
    wanted = set(about) | {(lesson, day, 0) for lesson, day in _planned(known, calendar, first, last)}
    found = []
    for number, day, extra in wanted:
        lesson = known.get(number)
        made = lesson and _occurrence(lesson, calendar, day, extra, about.get((number, day, extra), ()))
        if made and first <= made.day <= last:
            found.append(made)
    return sorted(found, key=lambda made: (made.span, made.identity))


def happens_on(lesson: Lesson, calendar: Calendar, day: date) -> bool:
    """Say whether the pattern has the lesson on a day."""
    if calendar.is_holiday(day):
        return False
    followed = calendar.working_days.get(day, day)
    week = lesson.term.week(followed)
    return week is not None and followed.weekday() in lesson.when.weekdays and is_in_week(lesson.when, week)


def moments(made: Occurrence, zone: tzinfo) -> tuple[datetime, datetime]:
    """Return begin and end in UTC: the times are the clock's, so a lesson moves with daylight saving time."""
    begin = _moment(made.day, made.start_min, zone)
    return begin, max(begin, _moment(made.day, made.end_min, zone))


def _moment(day: date, minutes: int, zone: tzinfo) -> datetime:
    local = datetime.combine(day, time.min) + timedelta(minutes=minutes)
    return local.replace(tzinfo=zone).astimezone(timezone.utc)


def _planned(
    lessons: dict[int, Lesson], calendar: Calendar, first: date, last: date
) -> Iterable[tuple[int, date]]:
    """Pairs of a lesson and a day on which its pattern has it."""
    by_weekday: dict[int, list[Lesson]] = defaultdict(list)
    for lesson in lessons.values():
        for weekday in lesson.when.weekdays:
            by_weekday[weekday].append(lesson)
    for offset in range((last - first).days + 1):
        day = first + timedelta(days=offset)
        followed = calendar.working_days.get(day, day)
        for lesson in by_weekday[followed.weekday()]:
            if happens_on(lesson, calendar, day):
                yield lesson.lesson, day


def _occurrence(
    lesson: Lesson, calendar: Calendar, day: date, extra: int, changes: Sequence[Change]
) -> Occurrence | None:
    """Return the lesson of one date after all its changes; None if there is none."""
    planned = Occurrence(
        lesson.lesson,
        day,
        extra,
        day,
        lesson.when.start_min,
        lesson.when.end_min,
        lesson.room,
        lesson.teachers,
        lesson.groups,
    )
    is_there = bool(extra) or happens_on(lesson, calendar, day)
    made = added = planned
    for change in changes:
        if change.kind == types.EXTRA:
            made = added = _altered(planned, change)
        elif change.kind == types.RESTORE:
            made = added
        elif change.kind == types.CANCEL:
            made = replace(made, is_cancelled=True)
        else:
            made = _altered(made, change)
    if extra and not any(change.kind == types.EXTRA for change in changes):
        return None
    if not is_there and (made.day, made.start_min) == (planned.day, planned.start_min):
        return None
    return replace(made, changes=tuple(change.change for change in changes))


def _altered(made: Occurrence, change: Change) -> Occurrence:
    return replace(
        made,
        day=made.day if change.day is None else change.day,
        start_min=made.start_min if change.start_min is None else change.start_min,
        end_min=made.end_min if change.end_min is None else change.end_min,
        room=made.room if change.room is None else change.room,
        teachers=made.teachers if change.teachers is None else change.teachers,
    )
