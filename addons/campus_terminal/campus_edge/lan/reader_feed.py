"""A feed of readers that only bring cards to tills: no server, no journal, no decisions.

That is enough for tills that ask the server themselves.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from ..ports.base import Port, PortEvent, Sink
from ..protocols.base import AGAIN, OPENING, CardSeen, Feedback, ReaderState, mask
from ..subscribers import Subscribers
from .feed import ReaderStatus, Status, Take, TapStatus

TAPS_KEPT: Final = 20
#: Makes the port of a terminal: ``make(name, sink)``.
MakePort = Callable[[str, Sink], Port]


class ReaderFeed:
    """A ``Feed`` over one port for each terminal; ``start`` and ``stop`` run the ports."""

    def __init__(self, name: str, ports: Mapping[str, MakePort]) -> None:
        self._name = name
        self._lock = threading.Lock()
        self._takes: Subscribers[Take] = Subscribers()
        self._states = {terminal: ReaderState(OPENING) for terminal in ports}
        self._taps: deque[TapStatus] = deque(maxlen=TAPS_KEPT)
        self._started_ns = time.monotonic_ns()
        self._ports = {terminal: make(terminal, self._hear) for terminal, make in ports.items()}

    def start(self) -> None:
        """Start all readers."""
        for port in self._ports.values():
            port.start()

    def stop(self) -> None:
        """Stop all readers."""
        for port in self._ports.values():
            port.stop()

    def terminals(self) -> Sequence[str]:
        return tuple(self._states)

    def muster(self) -> None:
        """Return nothing: readers alone know nobody's place."""

    def subscribe(self, take: Take) -> Callable[[], None]:
        return self._takes.add(take)

    def status(self) -> Status:
        with self._lock:
            readers = [
                ReaderStatus(terminal=terminal, state=state.state, detail=state.detail)
                for terminal, state in self._states.items()
            ]
            taps = list(self._taps)
        uptime_s = (time.monotonic_ns() - self._started_ns) // 1_000_000_000
        return Status(name=self._name, uptime_s=uptime_s, readers=readers, taps=taps)

    def _hear(self, heard: PortEvent) -> None:
        """Handle an event in the port's thread, without waiting."""
        event = heard.event
        if isinstance(event, ReaderState):
            with self._lock:
                self._states[heard.port] = event
        elif isinstance(event, CardSeen):
            self._tap(heard.port, event.credential)

    def _tap(self, terminal: str, credential: str) -> None:
        with self._lock:
            tap = TapStatus(
                at_ms=time.time_ns() // 1_000_000,
                terminal=terminal,
                purpose="pay",
                credential=mask(credential),
            )
            self._taps.appendleft(tap)
        # every subscriber gets it, not only the first that has a till
        answers = [take(terminal, credential) for take in self._takes]
        if not any(answers):
            self._ports[terminal].show(Feedback(AGAIN))
