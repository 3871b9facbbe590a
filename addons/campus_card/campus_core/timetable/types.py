"""What a timetable is made of: patterns, changes of a date, and what takes place.

A pattern (``Lesson``) is a time of the week in a term; what takes place (``Occurrence``) is never stored, it follows
from patterns, changes and the campus's calendar. Days and minutes are local to the campus, as in ``schedule``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from ..schedule import DAY_MIN, Term, Window

#: What a change does to one date. CANCEL: nothing takes place. TEACHER, ROOM, MOVE: others teach, elsewhere, at
#: another time. EXTRA: a lesson more than the pattern has. RESTORE: as planned again, whatever was changed before.
CANCEL, TEACHER, ROOM, MOVE, EXTRA, RESTORE = "cancel", "teacher", "room", "move", "extra", "restore"
CHANGE_KINDS: Final = (CANCEL, TEACHER, ROOM, MOVE, EXTRA, RESTORE)


@dataclass(frozen=True, slots=True)
class Lesson:
    """A lesson of every week, or of some weeks, of one term."""

    lesson: int
    term: Term
    when: Window
    room: int | None = None
    teachers: frozenset[int] = frozenset()
    groups: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Change:
    """What is different on one date; a greater number is newer, and the newest that names a thing decides it.

    ``planned`` is the day on which the lesson would be without the change; for an extra lesson, its own day.
    ``extra`` is the number of the change that added the lesson, 0 for a lesson of the pattern. None: as before.
    """

    change: int
    lesson: int
    planned: date
    kind: str
    extra: int = 0
    day: date | None = None
    start_min: int | None = None
    end_min: int | None = None
    room: int | None = None
    teachers: frozenset[int] | None = None

    def __post_init__(self) -> None:
        if self.kind not in CHANGE_KINDS:
            raise ValueError(f"a change of kind {self.kind!r}")
        if self.kind == EXTRA and (self.start_min is None or self.end_min is None):
            raise ValueError("an extra lesson without a time")

    @property
    def about(self) -> tuple[int, date, int]:
        """The identity of the lesson of one date that this is about."""
        return self.lesson, self.planned, self.change if self.kind == EXTRA else self.extra


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A lesson of one date, as it takes place, or as it would have if it were not cancelled.

    ``changes`` are the numbers of the changes that had a say, oldest first: their count only rises.
    """

    lesson: int
    planned: date
    extra: int
    day: date
    start_min: int
    end_min: int
    room: int | None
    teachers: frozenset[int]
    groups: frozenset[int]
    is_cancelled: bool = False
    changes: tuple[int, ...] = ()

    @property
    def identity(self) -> tuple[int, date, int]:
        """What stays the same whatever is changed."""
        return self.lesson, self.planned, self.extra

    @property
    def span(self) -> tuple[int, int]:
        """Return first and last minute, counted from one day that is the same for all."""
        midnight = self.day.toordinal() * DAY_MIN
        return midnight + self.start_min, midnight + self.end_min
