"""The readers of an edge: a port each, and a thread each that waits for the engine's answer."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Final

from campus_core import errors

from .config import KEYPAD, TILL, ReaderConfig
from .engine import Answer
from .feed import ReaderStatus
from .keying import Keying
from .ports.base import Port, PortEvent, Sink
from .protocols.base import (
    AGAIN,
    ASKING,
    GRANTED,
    OPENING,
    READY,
    CardSeen,
    Feedback,
    KeysPressed,
    Noise,
    ReaderState,
    Tamper,
)

_logger = logging.getLogger(__name__)
#: A card seen longer ago has been taken away: nobody would see the answer.
STALE_MS: Final = 3_000
EVENTS_MAX: Final = 16
FEEDBACK_MS: Final = 1_500
_AGAIN_CODES: Final = frozenset({errors.CREDENTIAL_MALFORMED})

Present = Callable[[str, str], Answer]
#: Hands a credential to a till; says whether one is there.
Offer = Callable[[str, str], bool]
MakePort = Callable[[ReaderConfig, Sink], Port]


class Reader:
    """One reader or keypad: events of its port in, answers of the engine out.

    A keypad shows nothing itself: ``screens`` are the readers of its terminal.
    """

    def __init__(
        self, config: ReaderConfig, make_port: MakePort, present: Present, offer: Offer, keying: Keying
    ) -> None:
        self.config = config
        self.screens: tuple[Reader, ...] = (self,)
        self._present, self._offer, self._keying = present, offer, keying
        #: What is to be shown when the last answer was seen, and when (monotonic seconds).
        self._next: tuple[float, Feedback] | None = None
        self._events: queue.Queue[PortEvent | None] = queue.Queue(EVENTS_MAX)
        self._state = ReaderState(OPENING)
        self._tamper = False
        self._thread = threading.Thread(target=self._run, name=f"reader-{config.terminal}", daemon=True)
        self.dropped = 0
        self._port = make_port(config, self._take)

    @property
    def status(self) -> ReaderStatus:
        """How the reader is."""
        return ReaderStatus(self.config.terminal, self._state.state, self._state.detail[:200], self._tamper)

    def start(self) -> None:
        self._thread.start()
        self._port.start()

    def stop(self) -> None:
        """End the port, then the thread; an answer that is under way is still shown or dropped."""
        self._port.stop()
        try:
            self._events.put(None, timeout=2)
        except queue.Full:
            _logger.warning("reader %s does not end", self.config.terminal)
        self._thread.join(timeout=3)

    def _take(self, heard: PortEvent) -> None:
        """Called in the port's thread: states at once, cards one after the other."""
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
            try:
                self._events.put_nowait(heard)
            except queue.Full:
                self.dropped += 1

    def show(self, feedback: Feedback) -> None:
        """Show something; from any thread."""
        self._port.show(feedback)

    def _show(self, feedback: Feedback) -> None:
        for screen in self.screens:
            screen.show(feedback)

    def _run(self) -> None:
        while True:
            try:
                heard = self._events.get(timeout=self._pause_s())
            except queue.Empty:
                self._show_next()
                continue
            if heard is None:
                return
            age_ms = (time.monotonic_ns() - heard.at_ns) // 1_000_000
            if age_ms <= STALE_MS:
                self._next = None
                self._take_one(heard.event)

    def _pause_s(self) -> float | None:
        return None if self._next is None else max(self._next[0] - time.monotonic(), 0.0)

    def _show_next(self) -> None:
        found, self._next = self._next, None
        if found is not None:
            self._show(found[1])

    def _take_one(self, event: object) -> None:
        try:
            if isinstance(event, CardSeen):
                self._card(event.credential)
            elif isinstance(event, KeysPressed):
                self._keys(event.keys)
        except Exception:
            # one tap may fail, the reader goes on
            _logger.exception("a tap failed", extra={"terminal": self.config.terminal})
            self._show(Feedback(AGAIN))

    def _keys(self, keys: str) -> None:
        feedback, credentials = self._keying.press(self.config.terminal, keys)
        if feedback is not None:
            self._show(feedback)
        for credential in credentials:
            self._present_one(credential)

    def _card(self, credential: str) -> None:
        not_now = self._keying.not_now(self.config.terminal)
        if not_now is not None:
            self._show(not_now)
        else:
            self._present_one(credential)

    def _present_one(self, credential: str) -> None:
        answer = self._answer(credential)
        self._show(answer)
        waiting = self._keying.answered(self.config.terminal, answer.outcome == GRANTED)
        if waiting is not None:
            self._next = (time.monotonic() + answer.duration_ms / 1000, waiting)

    def _answer(self, credential: str) -> Feedback:
        if self.config.use == TILL:
            return Feedback(ASKING if self._offer(self.config.terminal, credential) else AGAIN)
        answer = self._present(self.config.terminal, credential)
        outcome = AGAIN if answer.code in _AGAIN_CODES else answer.outcome
        return Feedback(outcome, answer.text, FEEDBACK_MS)


class Readers:
    """All readers of the edge."""

    def __init__(
        self,
        configs: Iterable[ReaderConfig],
        make_port: MakePort,
        present: Present,
        offer: Offer,
        keying: Keying,
    ) -> None:
        self._readers = [Reader(config, make_port, present, offer, keying) for config in configs]
        for pad in self._readers:
            if pad.config.use == KEYPAD:
                same = (r for r in self._readers if r.config.terminal == pad.config.terminal)
                pad.screens = tuple(reader for reader in same if reader is not pad)

    @property
    def status(self) -> tuple[ReaderStatus, ...]:
        """How each terminal's reader is; a keypad is told of when it is not ready."""
        found = {r.config.terminal: r.status for r in self._readers if r.config.use != KEYPAD}
        for pad in (reader.status for reader in self._readers if reader.config.use == KEYPAD):
            reader = found[pad.terminal]
            if pad.state != READY and reader.state == READY:
                found[pad.terminal] = replace(reader, state=pad.state, detail=f"keypad: {pad.detail}"[:200])
        return tuple(found.values())

    @property
    def tills(self) -> tuple[str, ...]:
        """Codes of the terminals that read for a till."""
        return tuple(r.config.terminal for r in self._readers if r.config.use == TILL)

    def start(self) -> None:
        for reader in self._readers:
            reader.start()

    def stop(self) -> None:
        for reader in self._readers:
            reader.stop()
