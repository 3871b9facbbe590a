"""Who or what would be in two lessons at once: a room, a teacher, a group."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from .types import Occurrence

ROOM, TEACHER, GROUP = "room", "teacher", "group"
KINDS: Final = (ROOM, TEACHER, GROUP)


@dataclass(frozen=True, slots=True)
class Clash:
    """Two lessons at one time; ``number`` is the room, teacher or group that is in both."""

    kind: str
    number: int
    one: Occurrence
    other: Occurrence


def clashes(occurrences: Iterable[Occurrence]) -> list[Clash]:
    """Return every pair of lessons that share a room, a teacher or a group at one time; cancelled ones do not count.

    The first minute of a lesson counts, the last does not: one may begin when another ends.
    """
    users: dict[tuple[str, int], list[Occurrence]] = defaultdict(list)
    for made in occurrences:
        if not made.is_cancelled:
            for user in _users(made):
                users[user].append(made)
    found = [
        Clash(kind, number, one, other)
        for (kind, number), lessons in users.items()
        for one, other in _overlapping(lessons)
    ]
    return sorted(found, key=lambda clash: (clash.one.span, KINDS.index(clash.kind), clash.number))


def _users(made: Occurrence) -> Iterator[tuple[str, int]]:
    if made.room is not None:
        yield ROOM, made.room
    yield from ((TEACHER, teacher) for teacher in made.teachers)
    yield from ((GROUP, group) for group in made.groups)


def _overlapping(lessons: list[Occurrence]) -> Iterator[tuple[Occurrence, Occurrence]]:
    running: list[Occurrence] = []
    for made in sorted(lessons, key=lambda made: (made.span, made.identity)):
        running = [earlier for earlier in running if earlier.span[1] > made.span[0]]
        yield from ((earlier, made) for earlier in running)
        running.append(made)
