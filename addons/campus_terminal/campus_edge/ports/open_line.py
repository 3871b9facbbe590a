"""Serves an open line in the loop: passes bytes read to the decoder and writes the decoder's bytes."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from ..loop import Loop, Timer
from ..protocols.base import Decoder, Feedback
from .base import PortFault, now_ms

READ_BYTES: Final = 4096
WRITE_TIMEOUT_MS: Final = 1000
#: How often the write deadline is checked while a device takes no bytes.
STUCK_POLL_MS: Final = 50


class OpenLine:
    """Serves ``fd``, which must be non-blocking, until a fault or ``end``.

    ``serve`` waits in the port's thread; the work is done in the loop.
    """

    def __init__(
        self,
        loop: Loop,
        fd: int,
        decoder: Decoder,
        emit: Callable[..., None],
        next_feedback: Callable[[], Feedback | None],
    ) -> None:
        self._loop, self._fd, self._decoder = loop, fd, decoder
        self._emit, self._next_feedback = emit, next_feedback
        self._ended = threading.Event()
        self._fault: Exception | None = None
        self._unsent = bytearray()
        self._stuck_ms: int | None = None
        self._timer: Timer | None = None
        self._due_ms = 0

    # -- any thread --------------------------------------------------------------------------
    def serve(self) -> None:
        """Wait until ``end``; raise the error if an error ended the line."""
        self._loop.post(self._begin)
        self._ended.wait()
        if self._fault is not None:
            raise self._fault

    def wake(self) -> None:
        """Have the loop look for feedback."""
        self._loop.post(self._turn)

    def end(self) -> None:
        """Stop serving the line."""
        self._loop.post(self._end)

    # -- the loop's thread ---------------------------------------------------------------------
    def _begin(self) -> None:
        if self._ended.is_set():
            return
        try:
            self._loop.watch(self._fd, self._readable)
        except OSError as fault:
            self._end(fault)
        self._turn()

    def _readable(self) -> None:
        self._turn(is_readable=True)

    def _on_time(self) -> None:
        self._timer = None
        self._turn()

    def _turn(self, is_readable: bool = False) -> None:
        if self._ended.is_set():
            return
        try:
            at_ms = now_ms()
            self._flush(at_ms)
            if not self._unsent:
                self._move(at_ms, is_readable)
            self._plan(at_ms)
        except Exception as fault:
            # the port's thread reports and logs it
            self._end(fault)

    def _move(self, at_ms: int, is_readable: bool) -> None:
        out = self._decoder.poll(at_ms)
        while (feedback := self._next_feedback()) is not None:
            out += self._decoder.answer(feedback)
        data: bytes = self._read() if is_readable else b""
        self._emit(*self._decoder.feed(data))
        if data:
            # the bytes read may need an answer now
            out += self._decoder.poll(at_ms)
            self._emit(*self._decoder.feed(b""))
        if out:
            self._unsent += out
            self._flush(at_ms)

    def _read(self) -> bytes:
        try:
            data = os.read(self._fd, READ_BYTES)
        except BlockingIOError:
            return b""
        if not data:
            raise PortFault("the line was closed at its other end")
        return data

    def _flush(self, at_ms: int) -> None:
        """Write what the device takes; raise ``PortFault`` if it does not take all in time."""
        if not self._unsent:
            return
        with suppress(BlockingIOError):
            del self._unsent[: os.write(self._fd, self._unsent)]
        if not self._unsent:
            if self._stuck_ms is not None:
                self._stuck_ms = None
                self._loop.unwatch_writing(self._fd)
        elif self._stuck_ms is None:
            self._stuck_ms = at_ms
            self._loop.watch_writing(self._fd, self._turn)
        elif at_ms - self._stuck_ms >= WRITE_TIMEOUT_MS:
            raise PortFault("write timeout")

    def _plan(self, at_ms: int) -> None:
        """Plan the decoder's next ``poll``; an early one is harmless."""
        due_ms = at_ms + (STUCK_POLL_MS if self._unsent else max(self._decoder.poll_ms, 1))
        if self._timer is not None:
            if self._due_ms <= due_ms:
                return
            self._timer.cancel()
        self._due_ms = due_ms
        self._timer = self._loop.later(due_ms - at_ms, self._on_time)

    def _end(self, fault: Exception | None = None) -> None:
        if self._ended.is_set():
            return
        with suppress(OSError):
            self._loop.unwatch(self._fd)
        if self._timer is not None:
            self._timer.cancel()
        self._fault = fault
        self._ended.set()
