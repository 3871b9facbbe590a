"""The readers of an edge: a port each, and a thread each that waits for the engine's answer."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable, Iterable
from typing import Final

from campus_core import errors

from .config import TILL, ReaderConfig
from .engine import Answer
from .feed import ReaderStatus
from .ports.base import Port, PortEvent, Sink
from .protocols.base import AGAIN, ASKING, OPENING, CardSeen, Feedback, Noise, ReaderState, Tamper

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
    """One reader: events of its port in, answers of the engine out."""

    def __init__(self, config: ReaderConfig, make_port: MakePort, present: Present, offer: Offer) -> None:
        self.config = config
        self._present, self._offer = present, offer
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
        elif isinstance(heard.event, CardSeen):
            try:
                self._events.put_nowait(heard)
            except queue.Full:
                self.dropped += 1

    def _run(self) -> None:
        for heard in iter(self._events.get, None):
            age_ms = (time.monotonic_ns() - heard.at_ns) // 1_000_000
            if not isinstance(heard.event, CardSeen) or age_ms > STALE_MS:
                continue
            try:
                self._port.show(self._answer(heard.event.credential))
            except Exception:
                # one tap may fail, the reader goes on
                _logger.exception("a tap failed", extra={"terminal": self.config.terminal})
                self._port.show(Feedback(AGAIN))

    def _answer(self, credential: str) -> Feedback:
        if self.config.use == TILL:
            return Feedback(ASKING if self._offer(self.config.terminal, credential) else AGAIN)
        answer = self._present(self.config.terminal, credential)
        outcome = AGAIN if answer.code in _AGAIN_CODES else answer.outcome
        return Feedback(outcome, answer.text, FEEDBACK_MS)


class Readers:
    """All readers of the edge."""

    def __init__(
        self, configs: Iterable[ReaderConfig], make_port: MakePort, present: Present, offer: Offer
    ) -> None:
        self._readers = [Reader(config, make_port, present, offer) for config in configs]

    @property
    def status(self) -> tuple[ReaderStatus, ...]:
        """How each reader is."""
        return tuple(reader.status for reader in self._readers)

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
