"""Values used when the file of a timetable program is read: the profile of its columns, its rows as lessons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from ..card_file.types import AUTO, Problem

# -- targets: what a column may mean -------------------------------------------------
KEY: Final = "key"
COURSE: Final = "course"
COURSE_CODE: Final = "course_code"
GROUPS: Final = "groups"
TEACHERS: Final = "teachers"
ROOM: Final = "room"
WEEKDAY: Final = "weekday"
PERIODS: Final = "periods"
STARTS: Final = "starts"
ENDS: Final = "ends"
WEEKS: Final = "weeks"
#: Weekday, periods and weeks in one cell: ``星期一第1-2节{1-16周}``.
WHEN: Final = "when"
IGNORE: Final = "ignore"
TARGETS: Final = (
    *(KEY, COURSE, COURSE_CODE, GROUPS, TEACHERS, ROOM, WEEKDAY, PERIODS, STARTS, ENDS, WEEKS, WHEN, IGNORE),
)


@dataclass(frozen=True)
class PlanColumn:
    """One column of a timetable program's file."""

    header: str
    target: str
    required: bool = False

    def __post_init__(self) -> None:
        if self.target not in TARGETS:
            raise ValueError(f"column {self.header!r}: {self.target!r}")


@dataclass(frozen=True)
class PlanProfile:
    """The meaning of columns and words of one timetable program.

    ``periods``: first and last minute of each period by its name, in the order of the day. ``day_words``: weekdays
    (0 is Monday) by names that are not known anyway. Any sign of ``separators`` stands between two teachers or groups.
    """

    source: str
    columns: Sequence[PlanColumn]
    periods: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    day_words: Mapping[str, int] = field(default_factory=dict)
    separators: str = "+,;，；、"
    encoding: str = AUTO


@dataclass(frozen=True)
class Planned:
    """A lesson as a file has it; ``weeks`` None: every week. ``key`` is the program's own."""

    row: int
    key: str
    course_code: str
    course: str
    groups: tuple[str, ...]
    teachers: tuple[str, ...]
    room: str
    weekday: int
    start_min: int
    end_min: int
    weeks: frozenset[int] | None = None
    #: Places of first and last period in the profile's table; None for a time of the clock.
    places: tuple[int, int] | None = None

    @property
    def what(self) -> tuple[object, ...]:
        """All that a lesson is, without the row that it stands in."""
        return (
            *(self.key, self.course_code, self.course, self.groups, self.teachers, self.room),
            *(self.weekday, self.start_min, self.end_min, self.weeks),
        )


@dataclass
class PlanReading:
    """A file read with a profile: the lessons, and the problems of the other rows.

    ``fatal`` problems prevent any import; ``warnings`` prevent nothing. ``refused``: keys of rows with problems.
    """

    lessons: list[Planned] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    fatal: list[Problem] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    row_count: int = 0
