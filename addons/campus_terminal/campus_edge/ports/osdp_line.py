"""OSDP readers that share one serial line: each has a port, the line has one thread.

``OsdpLines`` keeps the lines by url. All ports of a line must be made before the first one is started.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import Final

from ..loop import Loop
from ..protocols.base import Event, Feedback
from ..protocols.osdp import POLL_MS, OsdpBus
from ..protocols.osdp_config import ReaderConfig
from .backoff import Backoff
from .base import STOP_TIMEOUT_MS, Port, Sink
from .serial_port import SerialPort


class OsdpPort(Port):
    """One reader of a line, with the interface of a ``Port``."""

    def __init__(self, name: str, sink: Sink, line: OsdpLine, config: ReaderConfig) -> None:
        super().__init__(name, sink)
        self.config: Final = config
        self._line = line
        self._keys: SimpleQueue[bytes] = SimpleQueue()

    def rekey(self, key: bytes) -> None:
        """Give the reader another key while it runs. Safe from any thread."""
        self._keys.put(key)

    def next_key(self) -> bytes | None:
        """Return a key that the reader is to get; called in the line's thread."""
        return None if self._keys.empty() else self._keys.get()

    def start(self) -> None:
        """Start the line if it is not running."""
        self._line.start(self)

    def stop(self, timeout_ms: int = STOP_TIMEOUT_MS) -> bool:
        """Stop this reader; the line stops with its last reader."""
        return self._line.stop(self, timeout_ms)

    def emit(self, *events: Event) -> None:
        """Pass events to the engine; called in the line's thread."""
        self._emit(*events)

    def next_feedback(self) -> Feedback | None:
        """Return the next feedback for the reader; called in the line's thread."""
        return self._next_feedback()

    def _serve(self) -> None:
        raise NotImplementedError("the line has the thread")


class OsdpLine:
    """The readers at one url, and the serial port that speaks to them."""

    def __init__(self, url: str, baud: int, make_backoff: Callable[[], Backoff], loop: Loop | None) -> None:
        self._url, self._baud, self._make_backoff, self._loop = url, baud, make_backoff, loop
        self._ports: dict[int, OsdpPort] = {}
        self._running: set[int] = set()
        self._serial: SerialPort | None = None
        self._lock = threading.Lock()

    def add(self, name: str, sink: Sink, config: ReaderConfig) -> OsdpPort:
        """Add a reader and return its port. ``ValueError``: the address is taken, or the line is running."""
        if config.address in self._ports or self._serial is not None:
            raise ValueError(
                f"the line {self._url} has a reader at address {config.address}, or is running already"
            )
        return self._ports.setdefault(config.address, OsdpPort(name, sink, self, config))

    def start(self, port: OsdpPort) -> None:
        """Start the thread with the first reader."""
        with self._lock:
            self._running.add(port.config.address)
            if self._serial is None:
                ports = list(self._ports.values())
                self._serial = _Wire(ports, self._url, self._baud, self._make_backoff(), self._loop)
                self._serial.start()

    def stop(self, port: OsdpPort, timeout_ms: int) -> bool:
        """End the thread with the last reader; say whether it ended in time."""
        with self._lock:
            self._running.discard(port.config.address)
            if self._running or self._serial is None:
                return True
            serial, self._serial = self._serial, None
        return serial.stop(timeout_ms)


class OsdpLines:
    """All lines of an edge, by url."""

    def __init__(self, make_backoff: Callable[[], Backoff] = Backoff, loop: Loop | None = None) -> None:
        self._lines: dict[str, OsdpLine] = {}
        self._make_backoff, self._loop = make_backoff, loop

    def port(self, name: str, sink: Sink, url: str, baud: int, config: ReaderConfig) -> OsdpPort:
        """Return the port of a reader on the line at ``url``; the first reader makes the line."""
        line = self._lines.setdefault(url, OsdpLine(url, baud, self._make_backoff, self._loop))
        return line.add(name, sink, config)


class _Decoder:
    """The line as a ``base.Decoder``: passes events to the ports, and their feedback to the bus."""

    poll_ms = POLL_MS

    def __init__(self, ports: list[OsdpPort]) -> None:
        self._ports = {port.config.address: port for port in ports}
        self._bus = OsdpBus(port.config for port in ports)

    def reset(self) -> None:
        self._bus.reset()

    def poll(self, now_ms: int) -> bytes:
        for address, port in self._ports.items():
            if (key := port.next_key()) is not None:
                self._bus.rekey(address, key)
            while (feedback := port.next_feedback()) is not None:
                self._bus.answer(address, feedback)
        return self._bus.poll(now_ms)

    def feed(self, data: bytes) -> list[Event]:
        for address, event in self._bus.feed(data):
            self._ports[address].emit(event)
        return []

    def answer(self, feedback: Feedback) -> bytes:
        return b""


class _Wire(SerialPort):
    """The port with the line's thread; it reports the state of the line to each reader."""

    def __init__(
        self, ports: list[OsdpPort], url: str, baud: int, backoff: Backoff, loop: Loop | None
    ) -> None:
        super().__init__(url, lambda event: None, _Decoder(ports), url, baud, True, backoff, loop)
        self._readers = ports

    def _emit(self, *events: Event) -> None:
        for port in self._readers:
            port.emit(*events)
