"""Where people are, as far as passages tell: the newest passage by (time, edge, number) counts.

Edges apply their own passages at once and hear those of others in any order, twice or late: the outcome is
the same in every order, so that the lists of all edges of an area become equal once they have heard all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from .types import Site


class Passage(NamedTuple):
    """Somebody went from the zone ``left`` into ``zone`` (None: forgiven, nobody knows where the person is).

    ``edge`` and ``number`` say who noted it: they settle which of two at the same moment is the newer.
    """

    holder: int
    zone: int | None
    at_ms: int
    edge: int
    number: int
    left: int | None = None
    door: int | None = None
    side: str | None = None

    @property
    def order(self) -> tuple[int, int, int]:
        """By what passages are compared; the greatest is the newest."""
        return (self.at_ms, self.edge, self.number)


class Positions:
    """The newest passage of each holder, when each zone was last entered, and how many people are where."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._newest: dict[int, Passage] = {}
        self._entered: dict[int, dict[int, int]] = {}
        self._doors: dict[tuple[int, int], Passage] = {}
        self._forgiven: dict[int, Passage] = {}
        self._counts: dict[int, int] = {}

    def __len__(self) -> int:
        """Return how many people have a position."""
        return len(self._newest)

    def change_site(self, site: Site) -> None:
        """Count again after the zones have changed."""
        self._site = site
        self._counts = {}
        for passage in self._newest.values():
            self._count(passage.zone, 1)

    def take(self, passages: Iterable[Passage]) -> list[Passage]:
        """Apply passages; return those that have moved somebody."""
        return [passage for passage in passages if self._take(passage)]

    def nameless(self) -> list[int]:
        """Return the holders below zero: cards whose holder nobody knew."""
        return [holder for holder in self._entered.keys() | self._newest.keys() if holder < 0]

    def rename(self, before: int, holder: int) -> None:
        """Take what was noted for one number as the passages of another: they are one person."""
        newest, entered = self._newest.pop(before, None), self._entered.pop(before, {})
        if newest is not None:
            self._count(newest.zone, -1)
            self._take(newest._replace(holder=holder))
        known = self._entered.setdefault(holder, {})
        known.update({zone: max(at_ms, known.get(zone, 0)) for zone, at_ms in entered.items()})
        for place in [place for place in self._doors if place[0] == before]:
            passage = self._doors.pop(place)._replace(holder=holder)
            self._doors[holder, place[1]] = _newer(self._doors.get((holder, place[1])), passage)

    def newest(self, holder: int) -> Passage | None:
        """Return the last passage of a holder."""
        return self._newest.get(holder)

    def zone(self, holder: int) -> int | None:
        """Return the zone that a holder is in; None if nobody knows."""
        passage = self._newest.get(holder)
        return passage.zone if passage else None

    def entered(self, holder: int) -> Mapping[int, int]:
        """Return when the holder last entered each zone, since the last forgiveness."""
        since_ms = self._forgiven_ms(holder)
        return {zone: at_ms for zone, at_ms in self._entered.get(holder, {}).items() if at_ms > since_ms}

    def at_door(self, holder: int, door: int) -> Passage | None:
        """Return the last passage of a holder at one door, since the last forgiveness."""
        passage = self._doors.get((holder, door))
        return passage if passage and passage.at_ms > self._forgiven_ms(holder) else None

    def counts(self) -> Mapping[int, int]:
        """Return how many people are in each zone, the zones in it included."""
        return self._counts

    def inside(self, zone: int) -> list[Passage]:
        """Return the last passages of all who are in a zone or a zone in it, the earliest first."""
        return sorted(
            (one for one in self._newest.values() if zone in self._site.inside(one.zone)),
            key=lambda one: one.order,
        )

    def all(self) -> list[Passage]:
        """Return everybody's last passage, by holder."""
        return [self._newest[holder] for holder in sorted(self._newest)]

    def not_later(self, now_ms: int) -> None:
        """Take back times that have not come yet: the clock was ahead, and was set."""
        for known in (self._newest, self._forgiven):
            known.update(
                {who: one._replace(at_ms=now_ms) for who, one in known.items() if one.at_ms > now_ms}
            )
        late = {place: one for place, one in self._doors.items() if one.at_ms > now_ms}
        self._doors.update({place: one._replace(at_ms=now_ms) for place, one in late.items()})
        for entered in self._entered.values():
            entered.update({zone: now_ms for zone, at_ms in entered.items() if at_ms > now_ms})

    def _take(self, passage: Passage) -> bool:
        self._note(passage)
        before = self._newest.get(passage.holder)
        if before is not None and before.order >= passage.order:
            return False
        self._newest[passage.holder] = passage
        if before is not None:
            self._count(before.zone, -1)
        self._count(passage.zone, 1)
        return True

    def _note(self, passage: Passage) -> None:
        """Remember what anti-passback asks for; the newest counts, whatever comes first."""
        if passage.zone is None:
            self._forgiven[passage.holder] = _newer(self._forgiven.get(passage.holder), passage)
            return
        if passage.door is not None:
            place = (passage.holder, passage.door)
            self._doors[place] = _newer(self._doors.get(place), passage)
        entered = self._entered.setdefault(passage.holder, {})
        left = self._site.inside(passage.left)
        for zone in self._site.inside(passage.zone):
            if zone not in left:
                entered[zone] = max(entered.get(zone, 0), passage.at_ms)

    def _forgiven_ms(self, holder: int) -> int:
        passage = self._forgiven.get(holder)
        return passage.at_ms if passage else -1

    def _count(self, zone: int | None, by: int) -> None:
        for number in self._site.inside(zone):
            self._counts[number] = self._counts.get(number, 0) + by


def believed(times_ms: Sequence[int], now_ms: int) -> list[int]:
    """Return when passages of one journal, in its order, were at the latest.

    A clock that was ahead and was set has written times that have not come yet. Nobody has passed after
    ``now_ms``, nor after a passage that was written later: or who went on would stay where they were for a day.
    """
    found: list[int] = []
    for at_ms in reversed(times_ms):
        now_ms = min(now_ms, at_ms)
        found.append(now_ms)
    return found[::-1]


def _newer(known: Passage | None, passage: Passage) -> Passage:
    return passage if known is None or known.order < passage.order else known
