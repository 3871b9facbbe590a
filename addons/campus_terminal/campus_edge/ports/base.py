"""What every port has in common: a thread of its own, a queue of events out, feedback in.

A port opens its device, reads it, and after a fault opens it again for as long as it runs. Nothing
here blocks the engine: events are handed over at once, feedback is left for whoever serves the device
(the port's thread, or the loop), and ``stop`` waits no longer than it was told.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Final, NamedTuple, TypeAlias

from ..protocols.base import LOST, OPENING, STOPPED, Event, Feedback, Noise, ReaderState
from .backoff import Backoff

_logger = logging.getLogger(__name__)

#: Events waiting for the engine; more means that the engine stands still.
QUEUE_EVENTS: Final = 1000
#: Feedback waiting for one reader: what is older than this many is of no use to anybody.
QUEUE_FEEDBACK: Final = 8
STOP_TIMEOUT_MS: Final = 3000
#: Noise of one kind is told at most this often, summed up: a line at the wrong speed is all noise.
NOISE_EVERY_MS: Final = 1000
#: A connection that held this long was good: the next pause is a short one again.
GOOD_AFTER_MS: Final = 2000


class PortEvent(NamedTuple):
    """An event, the port it comes from and ``time.monotonic_ns()`` of its arrival."""

    port: str
    event: Event
    at_ns: int


Sink: TypeAlias = Callable[[PortEvent], None]


class PortFault(Exception):
    """The device is not there or does not work; the port tries again. The text is for people."""


class EventQueue:
    """The way from all ports to the engine. Full, it drops what is new and counts it."""

    def __init__(self, limit: int = QUEUE_EVENTS) -> None:
        self._queue: queue.Queue[PortEvent] = queue.Queue(limit)
        self.dropped = 0

    def put(self, event: PortEvent) -> None:
        """Never blocks; use it as the ports' sink."""
        try:
            self._queue.put_nowait(event)
        except queue.Full:
            self.dropped += 1

    def get(self, timeout_ms: int) -> PortEvent | None:
        """Return the next event, or None after ``timeout_ms``."""
        try:
            return self._queue.get(timeout=timeout_ms / 1000) if timeout_ms > 0 else self._queue.get_nowait()
        except queue.Empty:
            return None


class Port(ABC):
    """A reader behind a device; ``name`` is the terminal's code or any other name of it."""

    def __init__(self, name: str, sink: Sink, backoff: Backoff | None = None) -> None:
        self.name = name
        self.state = ReaderState(STOPPED)
        self._sink = sink
        self._backoff = backoff or Backoff()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._feedback: queue.SimpleQueue[Feedback] = queue.SimpleQueue()
        self._noise: dict[str, int] = {}
        self._noise_told_ms: dict[str, int] = {}

    # -- the engine's side ---------------------------------------------------------------
    def start(self) -> None:
        """Start the thread; events begin with a ``ReaderState``."""
        if self._thread is not None and self._thread.is_alive():
            raise RuntimeError(f"port {self.name} runs already")
        self._stopping.clear()
        self._thread = threading.Thread(target=self._run, name=f"port-{self.name}", daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Begin to end; ``stop`` waits for it. Who has many ports ends all before it stops the first."""
        self._stopping.set()
        self._wake()

    def stop(self, timeout_ms: int = STOP_TIMEOUT_MS) -> bool:
        """End the thread; say whether it ended in time. A second call does nothing."""
        thread = self._thread
        if thread is None:
            return True
        self.end()
        thread.join(timeout_ms / 1000)
        return not thread.is_alive()

    def show(self, feedback: Feedback) -> None:
        """Have the reader show ``feedback``; returns at once. Only the latest few are kept."""
        while self._feedback.qsize() >= QUEUE_FEEDBACK:
            self._next_feedback()
        self._feedback.put(feedback)
        self._wake()

    # -- the device's side -----------------------------------------------------------------
    @abstractmethod
    def _serve(self) -> None:
        """Open the device and work until ``self._stopping``; raise ``PortFault`` when it is lost."""

    def _wake(self) -> None:  # noqa: B027 - a port that cannot be woken looks often enough
        """Have the thread look at its feedback and its end now."""

    def _emit(self, *events: Event) -> None:
        for event in events:
            if isinstance(event, Noise):
                self._noise[event.reason] = self._noise.get(event.reason, 0) + event.count
                continue
            if isinstance(event, ReaderState):
                if event == self.state:
                    continue
                self.state = event
                _logger.info("reader %s: %s %s", self.name, event.state, event.detail)
            self._put(event)
        if self._noise:
            self._tell_noise(now_ms())

    def _tell_noise(self, at_ms: int) -> None:
        for reason, count in list(self._noise.items()):
            if at_ms - self._noise_told_ms.get(reason, -NOISE_EVERY_MS) >= NOISE_EVERY_MS:
                del self._noise[reason]
                self._noise_told_ms[reason] = at_ms
                self._put(Noise(reason, count))

    def _put(self, event: Event) -> None:
        self._sink(PortEvent(self.name, event, time.monotonic_ns()))

    def _next_feedback(self) -> Feedback | None:
        try:
            return self._feedback.get_nowait()
        except queue.Empty:
            return None

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._emit(ReaderState(OPENING))
            started_ms = now_ms()
            try:
                self._serve()
            except PortFault as fault:
                self._emit(ReaderState(LOST, str(fault)))
            except Exception as error:
                # a fault of ours must not leave a reader dead until somebody restarts the program
                _logger.exception("reader %s failed", self.name)
                self._emit(ReaderState(LOST, f"{type(error).__name__}: {error}"))
            if now_ms() - started_ms >= GOOD_AFTER_MS:
                self._backoff.reset()
            if not self._stopping.is_set():
                self._stopping.wait(self._backoff.next_ms() / 1000)
        self._emit(ReaderState(STOPPED))


def now_ms() -> int:
    """The clock of all ports: milliseconds that only go forward."""
    return time.monotonic_ns() // 1_000_000
