"""The event loop: one thread reads lines, decides taps and shows answers.

With a thread for each reader, a small computer would spend more time on switching threads than on taps.
Nothing in the loop may wait. Code that waits (disk, network, devices without a file descriptor) has a
thread of its own and passes results to the loop with ``post``.
"""

from __future__ import annotations

import asyncio
import functools
import logging
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final, TypeAlias

_logger = logging.getLogger(__name__)
STOP_TIMEOUT_S: Final = 5
Timer: TypeAlias = asyncio.TimerHandle


class Loop:
    """Runs from its creation until ``stop``. Other threads may call only ``post`` and ``stop``."""

    def __init__(self, name: str = "taps") -> None:
        self._loop = asyncio.new_event_loop()
        self._posted: deque[tuple[Callable[..., object], tuple[Any, ...]]] = deque()
        self._is_woken = False
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def post(self, call: Callable[..., object], *args: object) -> None:
        """Have the loop call this soon, after what was posted before. Never waits; safe from any thread.

        A loop that has stopped calls nothing any more.
        """
        self._posted.append((call, args))
        if not self._is_woken:
            # set before the loop is woken, cleared before it reads the queue: no call is missed
            self._is_woken = True
            with suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._take_posted)

    def stop(self) -> None:
        """End the thread after the calls that were posted before."""
        self.post(self._loop.stop)
        self._thread.join(STOP_TIMEOUT_S)

    # -- for what runs in the loop -----------------------------------------------------------
    def soon(self, call: Callable[[], object]) -> None:
        """Call this in the next turn, after everything that is ready now."""
        self._loop.call_soon(call)

    def later(self, pause_ms: int, call: Callable[..., object], *args: object) -> Timer:
        """Call this after ``pause_ms``, unless the timer is cancelled."""
        return self._loop.call_later(pause_ms / 1000, call, *args)

    def watch(self, fd: int, readable: Callable[[], object]) -> None:
        """Call this whenever the file can be read, has ended or is broken."""
        self._loop.add_reader(fd, readable)

    def watch_writing(self, fd: int, writable: Callable[[], object]) -> None:
        """Call this whenever bytes can be written to the file again."""
        self._loop.add_writer(fd, writable)

    def unwatch_writing(self, fd: int) -> None:
        """Stop watching for writing: all bytes are written."""
        self._loop.remove_writer(fd)

    def unwatch(self, fd: int) -> None:
        """Stop watching the file; call this before closing it."""
        self._loop.remove_reader(fd)
        self._loop.remove_writer(fd)

    # -- the thread --------------------------------------------------------------------------
    def _run(self) -> None:
        self._loop.run_forever()
        self._loop.close()

    def _take_posted(self) -> None:
        self._is_woken = False
        for _ in range(len(self._posted)):
            call, args = self._posted.popleft()
            try:
                call(*args)
            except Exception:
                # an error in one call must not stop the others
                _logger.exception("a turn failed")


@functools.cache
def shared() -> Loop:
    """Return the common loop of a program that has readers but no edge (tests, Odoo's IoT service)."""
    return Loop("readers")
