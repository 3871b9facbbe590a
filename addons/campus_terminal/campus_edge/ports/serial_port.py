"""The port of a reader on a serial line: device, pty, ``socket://host:port``, ``rfc2217://host:port``."""

from __future__ import annotations

import contextlib
import importlib
import socket
from typing import Any, Final

from ..loop import Loop, shared
from ..protocols.base import READY, Decoder, ReaderState
from .backoff import Backoff
from .base import Port, PortFault, Sink, now_ms
from .open_line import READ_BYTES, WRITE_TIMEOUT_MS, OpenLine

#: How long a read waits on a line without a file descriptor; the decoder is polled after each read.
READ_TIMEOUT_MS: Final = 10
#: TCP keepalive: a silent network link is probed, and given up without an answer.
KEEPALIVE_S: Final = (10, 5, 3)  # idle, between probes, probes


class SerialPort(Port):
    """Drives ``decoder`` over the line at ``url``; ``baud`` matters for real lines only.

    ``announces``: the decoder itself reports when the reader is ready (it asks the device).
    The thread opens the line and passes it to the loop; a line without a file descriptor
    (``rfc2217://``) is served by the thread itself.
    """

    def __init__(
        self,
        name: str,
        sink: Sink,
        decoder: Decoder,
        url: str,
        baud: int = 9600,
        announces: bool = False,
        backoff: Backoff | None = None,
        loop: Loop | None = None,
    ) -> None:
        super().__init__(name, sink, backoff)
        self._decoder, self._url, self._baud, self._announces = decoder, url, baud, announces
        self._loop = loop or shared()
        self._serial: Any = None
        self._open_line: OpenLine | None = None

    def _serve(self) -> None:
        pyserial = importlib.import_module("serial")
        faults = (pyserial.SerialException, OSError, ValueError)
        try:
            line = open_line(pyserial, self._url, self._baud, READ_TIMEOUT_MS)
        except faults as error:
            raise PortFault(_text(error)) from error
        self._serial = line
        try:
            self._decoder.reset()
            if not self._announces:
                self._emit(ReaderState(READY))
            self._serve_line(line)
        except (*faults, TypeError) as error:
            # pyserial raises a TypeError when the line is closed during a read
            raise PortFault(_text(error)) from error
        finally:
            self._serial = None
            self._decoder.reset()
            self._emit(*self._decoder.feed(b""))
            with contextlib.suppress(*faults):
                line.close()

    def _serve_line(self, line: Any) -> None:
        fd = _file_of(line)
        if fd is None:
            while not self._stopping.is_set():
                self._turn(line)
            return
        self._open_line = OpenLine(self._loop, fd, self._decoder, self._emit, self._next_feedback)
        try:
            if not self._stopping.is_set():
                self._open_line.serve()
        finally:
            self._open_line = None

    def _turn(self, line: Any) -> None:
        out = self._decoder.poll(now_ms())
        while (feedback := self._next_feedback()) is not None:
            out += self._decoder.answer(feedback)
        if out:
            line.write(out)
        data = line.read(1)
        while data and len(data) < READ_BYTES and (more := line.in_waiting):
            data += line.read(min(more, READ_BYTES))
        if data:
            # use the time after the read, not before it
            late = self._decoder.poll(now_ms())
            if late:
                line.write(late)
        self._emit(*self._decoder.feed(data))

    def _wake(self) -> None:
        served = self._open_line
        if served is not None:
            served.end() if self._stopping.is_set() else served.wake()
            return
        line = self._serial
        if hasattr(line, "cancel_read"):
            # the line may be closed at this moment; then its thread is awake anyway
            with contextlib.suppress(OSError, TypeError, AttributeError):
                line.cancel_read()


def _file_of(line: Any) -> int | None:
    """Return the line's file descriptor, None when it has none that can be watched."""
    try:
        return int(line.fileno())
    except (OSError, ValueError, AttributeError):
        return None


def open_line(pyserial: Any, url: str, baud: int, read_ms: int) -> Any:
    """Open a line with the module ``pyserial``, exclusively; reads wait for ``read_ms``."""
    options: dict[str, Any] = {
        "baudrate": baud,
        "timeout": read_ms / 1000,
        "write_timeout": WRITE_TIMEOUT_MS / 1000,
    }
    if "://" not in url:
        # two programs on one line would each get a part of the bytes
        options["exclusive"] = True
    line = pyserial.serial_for_url(url, **options)
    _keep_alive(getattr(line, "_socket", None))
    return line


def _keep_alive(link: socket.socket | None) -> None:
    if link is None:
        return
    idle_s, pause_s, probes = KEEPALIVE_S
    link.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    link.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, idle_s)
    link.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, pause_s)
    link.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT, probes)


def _text(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"[:200]
