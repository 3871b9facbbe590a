"""The base of all ports: a thread of its own, events out, feedback in.

A port opens its device and reads it; after a fault it opens the device again, until it is stopped.
Nothing here blocks the engine: events are passed on at once, feedback is queued for the thread that
serves the device (the port's thread, or the loop), and ``stop`` waits at most the given time.
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

#: The most events that wait for the engine; more means that the engine hangs.
QUEUE_EVENTS: Final = 1000
#: The most feedback that waits for one reader; older feedback is useless and dropped.
QUEUE_FEEDBACK: Final = 8
STOP_TIMEOUT_MS: Final = 3000
#: Noise of one kind is summed up and reported at most this often, because a line at the wrong speed
#: gives nothing but noise.
NOISE_EVERY_MS: Final = 1000
#: After a connection of this length the next pause is the shortest again.
GOOD_AFTER_MS: Final = 2000


class PortEvent(NamedTuple):
    """An event, the port it comes from and ``time.monotonic_ns()`` of its arrival."""

    port: str
    event: Event
    at_ns: int


Sink: TypeAlias = Callable[[PortEvent], None]


class PortFault(Exception):
    """The device is absent or does not work; the port tries again. The text is for people."""


class EventQueue:
    """A queue of events from all ports. When it is full, it drops new events and counts them."""

    def __init__(self, limit: int = QUEUE_EVENTS) -> None:
        self._queue: queue.Queue[PortEvent] = queue.Queue(limit)
        self.dropped = 0

    def put(self, event: PortEvent) -> None:
        """Add an event without blocking; use it as the ports' sink."""
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
    """A reader behind a device; ``name`` is the terminal's code or another name."""

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
        """Start the thread; the first event is a ``ReaderState``."""
        if self._thread is not None and self._thread.is_alive():
            raise RuntimeError(f"port {self.name} is already running")
        self._stopping.clear()
        self._thread = threading.Thread(target=self._run, name=f"port-{self.name}", daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Ask the thread to end; ``stop`` waits for it. With many ports, first end all, then stop each."""
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
        """Queue ``feedback`` for the reader and return at once. Only the latest few are kept."""
        while self._feedback.qsize() >= QUEUE_FEEDBACK:
            self._next_feedback()
        self._feedback.put(feedback)
        self._wake()

    # -- the device's side -----------------------------------------------------------------
    @abstractmethod
    def _serve(self) -> None:
        """Open the device and work until ``self._stopping``; raise ``PortFault`` when it is lost."""

    def _wake(self) -> None:  # noqa: B027 - the default is for ports that check often enough
        """Wake the thread, to look for feedback and for the end."""

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
                # an error in our code must not stop the reader until the program is restarted
                _logger.exception("reader %s failed", self.name)
                self._emit(ReaderState(LOST, f"{type(error).__name__}: {error}"))
            if now_ms() - started_ms >= GOOD_AFTER_MS:
                self._backoff.reset()
            if not self._stopping.is_set():
                self._stopping.wait(self._backoff.next_ms() / 1000)
        self._emit(ReaderState(STOPPED))


def now_ms() -> int:
    """Return milliseconds of the monotonic clock that all ports use."""
    return time.monotonic_ns() // 1_000_000
