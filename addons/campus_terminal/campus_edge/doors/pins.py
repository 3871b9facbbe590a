"""The second factor: after the card, the PIN at the door's keypad. Checked by this edge alone."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Final

from campus_core import errors
from campus_core.access import door_pin, types
from campus_core.access.door_pin import TRIES_DOOR, TRIES_PERSON, Tries

from ..loop import Loop, Timer
from ..protocols.base import ASKING, KEYING, Feedback
from ..readers import keypad
from ..snapshot.access import Access
from ..taps.answer import Tap
from .judge import Passing

#: The time for the PIN after the card.
WAIT_MS: Final = 15_000


@dataclass
class _Entry:
    """A card that waits for its PIN at one terminal."""

    tap: Tap
    passing: Passing
    timer: Timer
    typed: str = ""


class PinPads:
    """The PINs that are keyed at this edge; only the loop's thread uses it.

    ``decided(tap, factor)`` is called with what was keyed: ``types.PIN``, or the code of a refusal. ``alarm``
    is called for a PIN under duress. A slow hash is computed in a thread of its own.
    """

    def __init__(
        self,
        loop: Loop,
        access: Access,
        words: Callable[[str], str],
        elapsed_ms: Callable[[], int],
        decided: Callable[[Tap, str], None],
        alarm: Callable[[Tap, Passing], None],
    ) -> None:
        self._loop, self._access, self._words = loop, access, words
        self._elapsed_ms, self._decided, self._alarm = elapsed_ms, decided, alarm
        self._waiting: dict[str, _Entry] = {}
        self._persons, self._doors = Tries(TRIES_PERSON), Tries(TRIES_DOOR)
        self._work: SimpleQueue[tuple[_Entry, str] | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._check_on, name="pins", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """End the thread."""
        self._work.put(None)
        if self._thread.is_alive():
            self._thread.join(timeout=5)

    # -- before the PIN --------------------------------------------------------------------
    def code(self, door: str, holder: int, card: int) -> str:
        """Return what somebody is told who needs a PIN here: to key it, or why that is no use."""
        now_ms = self._elapsed_ms()
        if self._persons.is_locked(holder, now_ms) or self._doors.is_locked(door, now_ms):
            return errors.ACCESS_PIN_LOCKED
        return errors.ACCESS_PIN_NEEDED if self._access.pin(card) else errors.ACCESS_PIN_UNSET

    def wrong_before(self, door: str, holder: int, ago_ms: int) -> None:
        """Count a wrong PIN from before a restart, which the journal tells."""
        at_ms = self._elapsed_ms() - ago_ms
        self._persons.wrong(holder, at_ms)
        self._doors.wrong(door, at_ms)

    def ask(self, tap: Tap, passing: Passing) -> None:
        """Wait for the PIN to a card; another card that waits there is given up."""
        terminal = passing.terminal
        self.displace(terminal)
        timer = self._loop.later(WAIT_MS, self.give_up, terminal)
        self._waiting[terminal] = _Entry(tap, passing, timer)

    def asking(self) -> Feedback:
        """Return what the reader shows while it waits."""
        return Feedback(ASKING, self._words(errors.ACCESS_PIN_NEEDED), WAIT_MS)

    def is_waiting(self, terminal: str) -> bool:
        """Say whether a card waits for its PIN."""
        return terminal in self._waiting

    def give_up(self, terminal: str) -> None:
        """End the wait: the tap is refused, for it was not said who it is."""
        entry = self._waiting.pop(terminal, None)
        if entry is not None:
            entry.timer.cancel()
            self._decided(entry.tap, errors.ACCESS_PIN_NEEDED)

    def displace(self, terminal: str) -> None:
        """End the wait because of another card, to which the reader is about to answer."""
        entry = self._waiting.get(terminal)
        if entry is not None:
            entry.tap = entry.tap._replace(answered=lambda answer: None)
            self.give_up(terminal)

    # -- keys ----------------------------------------------------------------------------------
    def press(self, terminal: str, keys: str) -> Feedback | None:
        """Take keys; return what the display shows."""
        for key in keys:
            entry = self._waiting.get(terminal)
            if entry is None:
                return None
            if key in keypad.DIGITS:
                # more digits than a PIN can have stay wrong
                entry.typed = (entry.typed + key)[: door_pin.LENGTH_MAX + 1]
            elif key == keypad.BACK:
                entry.typed = entry.typed[:-1]
            elif key == keypad.ENTER and entry.typed:
                self._enter(terminal, entry)
                return None
            elif key in (keypad.STAR, keypad.CLEAR):
                self.give_up(terminal)
                return None
        entry = self._waiting.get(terminal)
        return Feedback(KEYING, "*" * len(entry.typed), WAIT_MS) if entry and entry.typed else None

    def _enter(self, terminal: str, entry: _Entry) -> None:
        del self._waiting[terminal]
        entry.timer.cancel()
        self._work.put((entry, self._access.pin(entry.passing.card)))

    def _check_on(self) -> None:
        while (work := self._work.get()) is not None:
            entry, sealed = work
            self._loop.post(self._said, entry, door_pin.said(entry.typed, sealed))

    def _said(self, entry: _Entry, said: str) -> None:
        door, holder, now_ms = str(entry.passing.door.door), entry.passing.holder, self._elapsed_ms()
        if self.code(door, holder, entry.passing.card) != errors.ACCESS_PIN_NEEDED:
            # locked while this one was being checked
            self._decided(entry.tap, errors.ACCESS_PIN_LOCKED)
            return
        if said == door_pin.WRONG:
            self._persons.wrong(holder, now_ms)
            self._doors.wrong(door, now_ms)
            self._decided(entry.tap, errors.ACCESS_PIN_WRONG)
            return
        self._persons.right(holder)
        self._decided(entry.tap, types.PIN)
        if said == door_pin.DURESS:
            self._alarm(entry.tap, entry.passing)
