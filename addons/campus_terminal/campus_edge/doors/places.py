"""Where people are and what happened at each door lately: the state that a decision is made with."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from typing import Final, NamedTuple

from campus_core.access.positions import Passage, Positions
from campus_core.access.types import Door, Lockdown, Presented, Site, State
from campus_core.schedule import Calendar

#: The most people that are remembered at one side of a door for those who belong together.
_BEFORE_MAX: Final = 50


class Moment(NamedTuple):
    """What the rest of the edge knows at the moment of a decision."""

    now_ms: int
    is_connected: bool
    busy: frozenset[str]
    lockdowns: tuple[Lockdown, ...]
    shown: frozenset[str] = frozenset()


class Places:
    """Only the loop's thread uses it."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self.positions = Positions(site)
        self._before: dict[tuple[int, str], deque[Presented]] = {}
        #: Zone -> the time at which somebody last opened it who may.
        self._opened: dict[int, int] = {}

    def change_site(self, site: Site) -> None:
        """Take changed doors and zones."""
        self._site = site
        self.positions.change_site(site)

    def take(self, passages: Iterable[Passage]) -> None:
        """Apply passages of this edge or of others."""
        self.positions.take(passages)

    def know(self, holder_of: Callable[[int], int]) -> None:
        """Learn whose cards are: who went through without a right was noted for the card alone."""
        for number in self.positions.nameless():
            holder = holder_of(-number)
            if holder > 0:
                self.positions.rename(number, holder)

    def state(self, door: Door, side: str, holder: int, moment: Moment) -> State:
        """Return what is known about a holder who stands at a side of a door."""
        last = self.positions.at_door(holder, door.door)
        return State(
            zone=self.positions.zone(holder),
            entered=self.positions.entered(holder),
            door_side=last.side if last else None,
            door_ms=last.at_ms if last else 0,
            is_connected=moment.is_connected,
            counts=self.positions.counts(),
            opened=self._opened_today(moment.now_ms),
            busy=moment.busy,
            lockdowns=moment.lockdowns,
            before=tuple(self._before.get((door.door, side), ())),
            shown=moment.shown,
        )

    def present(self, door: int, side: str, who: Presented) -> None:
        """Remember who presented a card, for others who need a companion."""
        self._before.setdefault((door, side), deque(maxlen=_BEFORE_MAX)).append(who)

    def open_zone(self, door: Door, side: str, at_ms: int) -> None:
        """Note that somebody has come whose right opens the zones that are entered here."""
        leaves, enters = door.goes(side)
        for zone in set(self._site.inside(enters)) - set(self._site.inside(leaves)):
            self._opened[zone] = max(self._opened.get(zone, 0), at_ms)

    def opened(self, zones: Iterable[tuple[int, int]]) -> None:
        """Note ``(zone, time)`` of zones that somebody has opened at another edge."""
        for zone, at_ms in zones:
            self._opened[zone] = max(self._opened.get(zone, 0), at_ms)

    def _opened_today(self, now_ms: int) -> frozenset[int]:
        if not self._opened:
            return frozenset()
        today = _day(self._site.calendar, now_ms)
        return frozenset(z for z, at_ms in self._opened.items() if _day(self._site.calendar, at_ms) == today)


def passage(door: Door, side: str, holder: int, at_ms: int, edge: int, number: int) -> Passage:
    """Return the passage of somebody who went through a side of a door."""
    leaves, enters = door.goes(side)
    return Passage(holder, enters, at_ms, edge, number, leaves, door.door, side)


def sides(site: Site) -> dict[str, tuple[Door, str]]:
    """Return the door and the side of each terminal's code."""
    return {code: (door, side) for door in site.doors.values() for side, code in door.sides.items()}


def _day(calendar: Calendar, at_ms: int) -> object:
    return calendar.local(at_ms).date()
