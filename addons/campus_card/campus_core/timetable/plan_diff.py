"""What a file would change: lessons that are new, different, gone, or as they were."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

ADDED, CHANGED, GONE, SAME = "added", "changed", "gone", "same"


@dataclass(frozen=True, slots=True)
class Version:
    """A lesson in the file or in the database: the program's key, and all else by name."""

    number: int
    key: str
    values: tuple[tuple[str, Hashable], ...]

    def value(self, name: str) -> Hashable:
        """Return one value, None if the version does not have it."""
        return dict(self.values).get(name)


@dataclass(frozen=True, slots=True)
class Difference:
    """What becomes of one lesson; ``old`` and ``new`` are the numbers of its versions."""

    kind: str
    key: str
    old: int | None
    new: int | None
    fields: tuple[str, ...] = ()


#: When several lessons have one key, those are the same that agree in most of these, the first weighing most.
_ALIKE: Final = ("weekday", "time", "room", "weeks")


def differences(old: Iterable[Version], new: Iterable[Version]) -> list[Difference]:
    """Return what becomes of every lesson, in the order of the file, then what is gone.

    Lessons of one key are paired: equal ones first, then those that are most alike, so that a changed plan is shown
    as few small differences.
    """
    known: dict[str, list[Version]] = defaultdict(list)
    for version in old:
        known[version.key].append(version)
    wanted: dict[str, list[Version]] = defaultdict(list)
    order: dict[int, int] = {}
    for place, version in enumerate(new):
        wanted[version.key].append(version)
        order[version.number] = place
    found: list[Difference] = []
    for key, versions in wanted.items():
        found += _of_key(key, known.pop(key, []), versions)
    for key, versions in known.items():
        found += [Difference(GONE, key, version.number, None) for version in versions]
    return sorted(found, key=lambda one: len(order) if one.new is None else order[one.new])


def _of_key(key: str, old: list[Version], new: list[Version]) -> list[Difference]:
    found: list[Difference] = []
    left, rest = list(old), []
    for version in new:
        same = next((one for one in left if one.values == version.values), None)
        if same is None:
            rest.append(version)
        else:
            left.remove(same)
            found.append(Difference(SAME, key, same.number, version.number))
    for version in rest:
        if left:
            best = max(left, key=lambda one: (_likeness(one, version), -one.number))
            left.remove(best)
            found.append(Difference(CHANGED, key, best.number, version.number, changed(best, version)))
        else:
            found.append(Difference(ADDED, key, None, version.number))
    return found + [Difference(GONE, key, version.number, None) for version in left]


def changed(old: Version, new: Version) -> tuple[str, ...]:
    """Return the names of the values that differ."""
    return tuple(name for name, value in new.values if old.value(name) != value)


def _likeness(old: Version, new: Version) -> Sequence[bool]:
    return [old.value(name) == new.value(name) for name in _ALIKE]
