"""The inputs of doors (contact, exit button, fire alarm, lockdown button, housings) and what they mean."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from typing import Final, NamedTuple

from campus_core.access import events, types
from campus_core.access.types import Door

from ..loop import Loop, Timer
from ..protocols.base import AGAIN, Feedback
from . import watch
from .event_log import EventLog
from .judge import Passing
from .watch import Note, Watch

_logger = logging.getLogger(__name__)
NONE: Final = -1
WARN_SHOWN_MS: Final = 5_000


class Wiring(NamedTuple):
    """What is wired to one reader: numbers of its inputs, ``NONE`` for none.

    ``held_ms``: from when a door counts as held open. ``level`` and ``zone`` belong to the lockdown button;
    zone 0: the inner zone of the reader's door.
    """

    contact: int = NONE
    exit: int = NONE
    fire: int = NONE
    lockdown: int = NONE
    held_ms: int = watch.HELD_MS
    level: str = types.NOBODY
    zone: int = 0
    is_muster: bool = False


class Inputs:
    """The watched doors of the edge; only the loop's thread uses it.

    ``went`` is called with each passage that came true, and when; ``button`` with the terminal of a lockdown button.
    """

    def __init__(
        self,
        loop: Loop,
        wirings: Mapping[str, Wiring],
        log: EventLog,
        place: Callable[[str], tuple[Door, str] | None],
        show: Callable[[str, Feedback], None],
        words: Callable[[str], str],
        elapsed_ms: Callable[[], int],
        went: Callable[[Passing, int], None],
        button: Callable[[str, Wiring], None],
    ) -> None:
        self._loop, self._wirings, self._log, self._place = loop, wirings, log, place
        self._show, self._words, self._elapsed_ms = show, words, elapsed_ms
        self._went, self._button = went, button
        self._watches: dict[int, Watch] = {}
        self._levels: dict[tuple[str, int], bool] = {}
        self._let: dict[str, Passing] = {}
        self._free: frozenset[int] = frozenset()
        self._fires: set[str] = set()
        self._timer: Timer | None = None
        #: Whether each door with a contact is open; replaced whole, so any thread may read it.
        self.contacts: Mapping[int, bool] = {}

    def has_contact(self, door: Door) -> bool:
        """Say whether a contact of the door is wired to a reader of this edge."""
        return self._contact_of(door) is not None

    def busy(self, door: Door, doors: Iterable[Door]) -> frozenset[str]:
        """Return the interlocks of which another door than ``door`` is open or about to be."""
        now_ms = self._elapsed_ms()
        return frozenset(
            other.interlock
            for other in doors
            if other.interlock and other.door != door.door
            and other.door in self._watches and self._watches[other.door].is_busy(now_ms)
        )  # fmt: skip

    def let_through(self, uuid: str, passing: Passing) -> None:
        """Wait for somebody who may pass to open the door."""
        now_ms = self._elapsed_ms()
        self._let[uuid] = passing
        self._tell(passing.door, self._watch(passing.door).let_through(uuid, now_ms))

    def free(self, doors: frozenset[int]) -> None:
        """Take which doors are free for everybody now."""
        self._free = doors
        for number, found in self._watches.items():
            found.free(self._is_free(number), self._elapsed_ms())

    # -- what is seen at the inputs --------------------------------------------------------------
    def change(self, terminal: str, number: int, is_on: bool) -> None:
        """Take the level of an input of a reader; only changes mean something."""
        wiring = self._wirings.get(terminal)
        was_on = self._levels.get((terminal, number))
        place = self._place(terminal)
        if wiring is not None and number == wiring.contact and place is not None:
            self.contacts = {**self.contacts, place[0].door: is_on}
        if wiring is None or bool(was_on) == is_on:
            self._levels[terminal, number] = is_on
            return
        self._levels[terminal, number] = is_on
        if number == wiring.contact and place is not None:
            self._contact(place[0], is_on, is_first=was_on is None)
        elif number == wiring.fire:
            self._fire(terminal, is_on)
        elif number == wiring.exit and is_on:
            self._log.write(events.REX, terminal)
            if place is not None:
                self._watch(place[0]).exit_pressed(self._elapsed_ms())
                self._plan()
        elif number == wiring.lockdown and is_on:
            self._button(terminal, wiring)

    def tamper(self, terminal: str, is_open: bool) -> None:
        """A housing was opened or closed."""
        if is_open:
            self._log.write(events.TAMPER, terminal)

    def _contact(self, door: Door, is_open: bool, *, is_first: bool) -> None:
        found, now_ms = self._watch(door), self._elapsed_ms()
        if is_first and is_open:
            found.found_open(now_ms)
            self._plan()
            return
        self._tell(door, found.opened(now_ms) if is_open else found.closed(now_ms))

    def _fire(self, terminal: str, is_on: bool) -> None:
        """Doors are opened by the alarm's own wires: here nothing is forced or held open meanwhile."""
        (self._fires.add if is_on else self._fires.discard)(terminal)
        if is_on:
            self._log.write(events.FIRE, terminal)
        self.free(self._free)
        self._plan()

    # -- what follows --------------------------------------------------------------------------------
    def _tell(self, door: Door, notes: list[Note]) -> None:
        for note in notes:
            self._note(door, note)
        self._plan()

    def _note(self, door: Door, note: Note) -> None:
        passing = self._let.pop(note.uuid, None)
        if note.code == watch.WARN:
            for code in door.sides.values():
                self._show(code, Feedback(AGAIN, self._words("close_door"), WARN_SHOWN_MS))
            return
        if passing is not None:
            entry = self._log.write(note.code, passing.terminal, uuid=note.uuid, card=passing.card)
            if note.code == events.PASSED:
                self._went(passing, entry.at_ms)
            return
        terminal = self._contact_of(door) or next(iter(door.sides.values()), "")
        self._log.write(note.code, terminal)

    def _watch(self, door: Door) -> Watch:
        found = self._watches.get(door.door)
        if found is None:
            wiring = self._wirings.get(self._contact_of(door) or "", Wiring())
            found = self._watches[door.door] = Watch(wiring.held_ms, is_free=self._is_free(door.door))
        return found

    def _is_free(self, door: int) -> bool:
        return bool(self._fires) or door in self._free

    def _contact_of(self, door: Door) -> str | None:
        codes = (code for code in door.sides.values() if code in self._wirings)
        return next((code for code in codes if self._wirings[code].contact != NONE), None)

    def _plan(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        due = [found.due_ms for found in self._watches.values() if found.due_ms is not None]
        if due:
            pause_ms = max(min(due) - self._elapsed_ms(), 0)
            self._timer = self._loop.later(pause_ms, self._on_time)

    def _on_time(self) -> None:
        self._timer = None
        for number, found in list(self._watches.items()):
            notes = found.tick(self._elapsed_ms())
            door = self._door(number)
            if door is not None:
                for note in notes:
                    self._note(door, note)
        self._plan()

    def _door(self, number: int) -> Door | None:
        places = (self._place(terminal) for terminal in self._wirings)
        return next((place[0] for place in places if place and place[0].door == number), None)
