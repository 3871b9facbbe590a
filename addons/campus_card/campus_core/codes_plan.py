"""Codes of errors and warnings about the file of a timetable program (see ``codes``)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

WEEKDAY_UNKNOWN: Final = "weekday_unknown"
PERIOD_UNKNOWN: Final = "period_unknown"
WEEKS_UNKNOWN: Final = "weeks_unknown"
WEEKS_OUTSIDE: Final = "weeks_outside"
TIME_INVALID: Final = "time_invalid"
TIME_MISSING: Final = "time_missing"
ROOMS_UNEVEN: Final = "rooms_uneven"
ROOM_UNKNOWN: Final = "room_unknown"
ROOM_TAKEN: Final = "room_taken"
TEACHER_UNKNOWN: Final = "teacher_unknown"
TEACHER_SEVERAL: Final = "teacher_several"
TEACHER_BUSY: Final = "teacher_busy"
GROUP_BUSY: Final = "group_busy"
LESSON_TWICE: Final = "lesson_twice"

PLAN_CODES: Final[Mapping[str, str]] = MappingProxyType(
    {
        WEEKDAY_UNKNOWN: "This is no day of the week.",
        PERIOD_UNKNOWN: "The profile does not know this period.",
        WEEKS_UNKNOWN: "These are no weeks of a term.",
        WEEKS_OUTSIDE: "The term does not have these weeks.",
        TIME_INVALID: "This is no time of the day, or the end is before the start.",
        TIME_MISSING: "The row does not say when the lesson is.",
        ROOMS_UNEVEN: "The row has another number of rooms than of times.",
        ROOM_UNKNOWN: "There is no such room.",
        ROOM_TAKEN: "The room is taken by another lesson at this time.",
        TEACHER_UNKNOWN: "There is no such teacher.",
        TEACHER_SEVERAL: "Several people have this name.",
        TEACHER_BUSY: "The teacher has another lesson at this time.",
        GROUP_BUSY: "The group has another lesson at this time.",
        LESSON_TWICE: "The same lesson is in the file twice.",
    }
)
