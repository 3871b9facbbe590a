"""The readers of an edge: pass cards and keys from ports to the engine, and show the answers."""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any, Final

from campus_core import errors

from ..config import KEYPAD, TILL, ConfigError, ReaderConfig
from ..feed import ReaderStatus
from ..loop import Loop, Timer
from ..ports.base import Port, PortEvent, Sink
from ..ports.osdp_line import OsdpPort
from ..protocols.base import (
    AGAIN,
    ASKING,
    GRANTED,
    OPENING,
    READY,
    CardSeen,
    Feedback,
    Input,
    KeysPressed,
    Noise,
    ReaderState,
    Rekeyed,
    Tamper,
)
from ..taps.answer import Answer, Answered
from . import drivers
from .keying import Keying

_logger = logging.getLogger(__name__)
#: A card seen longer ago is ignored: the person has left and would not see the answer.
STALE_MS: Final = 3_000
EVENTS_MAX: Final = 16
FEEDBACK_MS: Final = 1_500
#: How long ``stop`` waits for outstanding answers.
STOP_TIMEOUT_S: Final = 3
_AGAIN_CODES: Final = frozenset({errors.CREDENTIAL_MALFORMED})

#: Begins a tap at a terminal; the answer comes later, in the loop's thread.
Present = Callable[[str, str, Answered], None]
#: Gives a credential to a till; says whether a till is there.
Offer = Callable[[str, str], bool]
#: Called with what else a terminal's reader reports: inputs, housings, states, a new key; in the loop's thread.
Heard = Callable[[ReaderConfig, Input | Tamper | ReaderState | Rekeyed], None]
MakePort = Callable[[ReaderConfig, Sink], Port]


class Reader:
    """One reader or keypad: takes the events of its port and shows the engine's answers.

    A keypad shows nothing itself; ``screens`` are the readers of its terminal.
    """

    def __init__(
        self,
        config: ReaderConfig,
        make_port: MakePort,
        present: Present,
        offer: Offer,
        keying: Keying,
        loop: Loop,
    ) -> None:
        self.config = config
        self.screens: tuple[Reader, ...] = (self,)
        #: A card waits for its answer; other feedback is shown after it.
        self.is_busy = False
        self.dropped = 0
        self._present, self._offer, self._keying, self._loop = present, offer, keying, loop
        #: Shows the next feedback when the last answer was shown long enough.
        self._next: Timer | None = None
        self._events: deque[PortEvent] = deque()
        #: Keyed emergency codes that wait for the reader to be free.
        self._codes: deque[str] = deque()
        self._state = ReaderState(OPENING)
        self._tamper = False
        self._key_given: bytes | None = None
        #: Takes what is no tap.
        self.on_heard: Heard = lambda config, event: None
        self._port = make_port(config, self._take)

    @property
    def status(self) -> ReaderStatus:
        """The status of the reader."""
        return ReaderStatus(self.config.terminal, self._state.state, self._state.detail[:200], self._tamper)

    def start(self) -> None:
        self._port.start()

    def end(self) -> None:
        """Ask the port to end."""
        self._port.end()

    def stop(self) -> None:
        """Stop the port; an outstanding answer is still shown, or dropped."""
        self._port.stop()

    def _take(self, heard: PortEvent) -> None:
        """Handle an event in the port's thread or the loop's: states at once, cards in the loop."""
        if isinstance(heard.event, Input | Tamper | ReaderState | Rekeyed):
            self._loop.post(self._hear, heard.event)
        if isinstance(heard.event, ReaderState):
            self._state = heard.event
        elif isinstance(heard.event, Tamper):
            self._tamper = heard.event.on
            _logger.warning("tamper", extra={"terminal": self.config.terminal, "open": heard.event.on})
        elif isinstance(heard.event, Noise):
            _logger.info(
                "noise",
                extra={
                    "terminal": self.config.terminal, "reason": heard.event.reason, "count": heard.event.count,
                },
            )  # fmt: skip
        elif isinstance(heard.event, CardSeen | KeysPressed):
            self._loop.post(self._arrive, heard)

    def renew_key(self) -> None:
        """Give an OSDP reader the key that was put beside its present one, once."""
        if isinstance(self._port, OsdpPort):
            key = drivers.next_key(self.config)
            if key is not None and key != self._key_given:
                self._port.rekey(key)
            self._key_given = key

    def _hear(self, event: Input | Tamper | ReaderState | Rekeyed) -> None:
        self.on_heard(self.config, event)

    def show(self, feedback: Feedback) -> None:
        """Show ``feedback``. Safe from any thread."""
        self._port.show(feedback)

    def _show(self, feedback: Feedback) -> None:
        for screen in self.screens:
            screen.show(feedback)

    # -- the loop's thread ---------------------------------------------------------------------
    def _arrive(self, heard: PortEvent) -> None:
        if len(self._events) >= EVENTS_MAX:
            self.dropped += 1
            return
        self._events.append(heard)
        self._go_on()

    def _go_on(self) -> None:
        while not self.is_busy and (self._codes or self._events):
            if self._codes:
                self._guard(self._begin, self._codes.popleft())
                continue
            heard = self._events.popleft()
            age_ms = (time.monotonic_ns() - heard.at_ns) // 1_000_000
            if age_ms <= STALE_MS:
                self._cancel_next()
                self._guard(self._take_one, heard.event)

    def _guard(self, step: Callable[[Any], None], value: object) -> None:
        """Run a step; log an error in it, so that the reader goes on."""
        try:
            step(value)
        except Exception:
            _logger.exception("a tap failed", extra={"terminal": self.config.terminal})
            self.is_busy = False
            self._show(Feedback(AGAIN))

    def _take_one(self, event: object) -> None:
        if isinstance(event, KeysPressed):
            self._keys(event.keys)
        elif isinstance(event, CardSeen):
            not_now = self._keying.not_now(self.config.terminal)
            if not_now is not None:
                self._show(not_now)
            else:
                self._begin(event.credential)

    def _keys(self, keys: str) -> None:
        feedback, credentials = self._keying.press(self.config.terminal, keys)
        if feedback is not None:
            self._show(feedback)
        self._codes.extend(credentials)

    def _begin(self, credential: str) -> None:
        if self.config.use == TILL:
            is_taken = self._offer(self.config.terminal, credential)
            self._end(Feedback(ASKING if is_taken else AGAIN))
            return
        self.is_busy = True
        self._present(self.config.terminal, credential, self._answered)

    def _answered(self, answer: Answer) -> None:
        outcome = AGAIN if answer.code in _AGAIN_CODES else answer.outcome
        self.is_busy = False
        self._guard(self._end, Feedback(outcome, answer.text, FEEDBACK_MS))
        self._go_on()

    def _end(self, answer: Feedback) -> None:
        self._show(answer)
        waiting = self._keying.answered(self.config.terminal, answer.outcome == GRANTED)
        self._cancel_next()
        if waiting is not None:
            self._next = self._loop.later(answer.duration_ms, self._show, waiting)

    def _cancel_next(self) -> None:
        if self._next is not None:
            self._next.cancel()
            self._next = None


class Readers:
    """All readers of the edge."""

    def __init__(
        self,
        configs: Iterable[ReaderConfig],
        make_port: MakePort,
        present: Present,
        offer: Offer,
        keying: Keying,
        loop: Loop,
    ) -> None:
        self._readers = [Reader(config, make_port, present, offer, keying, loop) for config in configs]
        for pad in self._readers:
            if pad.config.use == KEYPAD:
                same = (r for r in self._readers if r.config.terminal == pad.config.terminal)
                pad.screens = tuple(reader for reader in same if reader is not pad)

    @property
    def status(self) -> tuple[ReaderStatus, ...]:
        """Return the status of each terminal's reader, and of keypads that are not ready."""
        found = {r.config.terminal: r.status for r in self._readers if r.config.use != KEYPAD}
        for pad in (reader.status for reader in self._readers if reader.config.use == KEYPAD):
            reader = found[pad.terminal]
            if pad.state != READY and reader.state == READY:
                found[pad.terminal] = replace(reader, state=pad.state, detail=f"keypad: {pad.detail}"[:200])
        return tuple(found.values())

    def listen(self, heard: Heard) -> None:
        """Have ``heard`` called with what is no tap; before ``start``."""
        for reader in self._readers:
            reader.on_heard = heard

    def show(self, terminal: str, feedback: Feedback) -> None:
        """Show ``feedback`` at the reader of a terminal, if it has one here."""
        for reader in self._readers:
            if reader.config.terminal == terminal and reader.config.use != KEYPAD:
                reader.show(feedback)

    def renew_keys(self) -> None:
        """Give readers the next keys that have been put beside their present ones."""
        for reader in self._readers:
            try:
                reader.renew_key()
            except ConfigError as error:
                _logger.error("a next key cannot be used: %s", error)

    @property
    def tills(self) -> tuple[str, ...]:
        """The codes of the terminals that read for a till."""
        return tuple(r.config.terminal for r in self._readers if r.config.use == TILL)

    def start(self) -> None:
        for reader in self._readers:
            reader.start()

    def stop(self) -> None:
        """Stop all ports, then wait shortly for outstanding answers."""
        for reader in self._readers:
            reader.end()
        for reader in self._readers:
            reader.stop()
        end = time.monotonic() + STOP_TIMEOUT_S
        while any(reader.is_busy for reader in self._readers) and time.monotonic() < end:
            time.sleep(0.02)
