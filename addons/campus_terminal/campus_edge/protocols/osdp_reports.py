"""Turns the reports of one OSDP reader (cards, keys, tamper, state) into events, each once."""

from __future__ import annotations

from typing import Final

from . import osdp_codes as codes
from .base import (
    OPENING,
    READY,
    CardSeen,
    Event,
    Input,
    Noise,
    ReaderState,
    Rekeyed,
    Tamper,
)
from .osdp_card import card_event, key_event
from .presence import Presence

#: OSDP readers report a card when it comes; some report it again every second while it stays.
CARD_HOLD_MS: Final = 1_200
#: A reader that was not polled has stored its reports. After that, for at most this time, its cards and
#: keys are ignored until it has nothing more to report: these people may have left, and no door may open.
STALE_MS: Final = 500
#: The most events that wait for ``fetch``; then the oldest are dropped.
EVENTS_MAX: Final = 256


class Reports:
    """Events of one reader. The same state is not reported twice in a row."""

    def __init__(self, *, uid_reversed: bool = False) -> None:
        self._events: list[Event] = []
        self._uid_reversed = uid_reversed
        self._presence = Presence(CARD_HOLD_MS)
        self._tampered: dict[str, bool] = {}
        self._inputs: dict[int, bool] = {}
        self._power = ""
        self._state = ReaderState("")
        #: Until when reports of cards and keys may be old; None once the reader is ready.
        self._stale_until_ms: int | None = None

    @property
    def state(self) -> str:
        """The state reported last, one of ``base``."""
        return self._state.state or OPENING

    def fetch(self) -> list[Event]:
        """Return the events since the last call."""
        events, self._events = self._events[-EVENTS_MAX:], []
        return events

    def set_state(self, state: str, detail: str = "") -> None:
        """Report a state if it has changed."""
        self._stale_until_ms = None
        found = ReaderState(state, detail)
        if found != self._state:
            self._state = found
            self._events.append(found)

    def noise(self, reason: str) -> None:
        """Report noise."""
        self._events.append(Noise(reason))

    def begin(self, now_ms: int, *, is_planned: bool = False) -> None:
        """Note that the session works; the reader becomes ready when its old reports are read.

        ``is_planned``: it was interrupted for a moment to change the key, and no report is old.
        """
        if is_planned:
            self.set_state(READY, self._power)
            return
        self._stale_until_ms = now_ms + STALE_MS
        self._inputs.clear()

    def rekeyed(self) -> None:
        """Report that the reader has its next key."""
        self._events.append(Rekeyed())

    def take(self, code: int, data: bytes, now_ms: int) -> None:
        """Take a reply to POLL, LSTAT or a command for lamp, buzzer, display or relay."""
        self.tick(now_ms)
        if code in (codes.RAW, codes.KEYPAD) and self._stale_until_ms is not None:
            self.noise("stale")
        elif code == codes.RAW:
            self._person(card_event(data, uid_reversed=self._uid_reversed), now_ms)
        elif code == codes.KEYPAD and len(data) >= 2 and len(data) == 2 + data[1]:
            self._events.append(key_event(data))
        elif code == codes.LSTATR and len(data) == 2:
            self._tamper(data[0] == 1, "case")
            self._power = "power failure" if data[1] == 1 else ""
            if self.state == READY:
                self.set_state(READY, self._power)
        elif code == codes.RSTATR and data:
            # 1: the head is not connected, 2: its tamper contact is open
            self._tamper(any(data), "reader head")
        elif code == codes.ISTATR:
            self._take_inputs(data)
        elif code == codes.ACK:
            self._settle()
        elif code != codes.OSTATR:
            self.noise("reply")

    def tick(self, now_ms: int) -> None:
        """Check for timeouts: a card that is no longer reported has left."""
        self._events += self._presence.expire(now_ms)
        if self._stale_until_ms is not None and now_ms >= self._stale_until_ms:
            self._settle()

    def _settle(self) -> None:
        if self._stale_until_ms is not None:
            self.set_state(READY, self._power)

    def _person(self, event: CardSeen | Noise, now_ms: int) -> None:
        if isinstance(event, CardSeen):
            self._events += self._presence.seen(event.credential, now_ms)
        else:
            self._events.append(event)

    def _take_inputs(self, levels: bytes) -> None:
        """Report inputs that have changed; after a new session all of them, as nobody knows what was missed."""
        for number, level in enumerate(levels):
            if self._inputs.get(number) != bool(level):
                self._inputs[number] = bool(level)
                self._events.append(Input(number, bool(level)))

    def _tamper(self, on: bool, detail: str) -> None:
        if on != self._tampered.get(detail, False):
            self._tampered[detail] = on
            self._events.append(Tamper(on, detail))
