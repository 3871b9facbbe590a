"""The edge's clock: the server's time, continued with the monotonic clock, which nobody can set.

A machine beside a reader often has no battery for its clock, and people may set that clock. So the time
comes from the best of these sources: first the server's answers; then the machine's clock while the
kernel says that NTP synchronises it; else the machine's clock. The monotonic clock counts on from there
until a better source gives the time. Changes of the machine's clock do not affect it.

Without the server and without NTP the clock is *doubtful*. It is then never earlier than the newest time
that is known for certain (``begin``), and entries state that it was doubtful (``wire.DOUBTFUL_CLOCK``).
"""

from __future__ import annotations

import logging
import threading
import time
import uuid as uuids
from collections.abc import Callable
from datetime import datetime, tzinfo
from typing import Final

from . import kernel

_logger = logging.getLogger(__name__)
#: A server's time is ignored when the request took longer than this.
ROUND_TRIP_MAX_MS: Final = 10_000
#: A machine's clock that differs by more has been set; smaller differences are normal.
STEP_MS: Final = 2_000
#: A change of the time is reported as a jump from this size on: servers behind one address may differ
#: by some seconds.
JUMP_MS: Final = 10_000
#: Sources of the time, the least credible first.
MACHINE, NTP, SERVER = range(3)
#: A monotonic clock that also counts while the machine sleeps, if the system has one.
_COUNTER: Final = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


def _system_ms() -> int:
    return time.time_ns() // 1_000_000


def _elapsed_ms() -> int:
    return time.clock_gettime_ns(_COUNTER) // 1_000_000


class Clock:
    """The time in milliseconds since 1970 UTC. Safe from any thread."""

    def __init__(
        self,
        zone: tzinfo | None = None,
        system_ms: Callable[[], int] = _system_ms,
        elapsed_ms: Callable[[], int] = _elapsed_ms,
        is_synchronised: Callable[[], bool] = kernel.is_synchronised,
    ) -> None:
        self._zone = zone
        self._system_ms, self._is_synchronised = system_ms, is_synchronised
        #: Milliseconds of the monotonic clock; measure intervals with it.
        self.elapsed_ms = elapsed_ms
        self._lock = threading.Lock()
        self._source = MACHINE
        # the time and its lower bound, both as of ``elapsed_ms`` 0
        self._base_ms = system_ms() - elapsed_ms()
        self._earliest_ms = -elapsed_ms()
        #: Called after the time has jumped, in the thread that noticed it.
        self.on_step: list[Callable[[], None]] = []

    # -- reading -------------------------------------------------------------------------
    def now_ms(self) -> int:
        """Return the time."""
        return self._base_ms + self.elapsed_ms()

    @property
    def is_sure(self) -> bool:
        """Say whether the server or NTP has given the time since the program started."""
        return self._source != MACHINE

    @property
    def drift_ms(self) -> int:
        """Return by how much this machine's clock is behind the time, now."""
        return self.now_ms() - self._system_ms()

    def known_ms(self) -> int:
        """Return the newest time that has certainly passed: the present time is this or later."""
        base_ms = self._base_ms if self.is_sure else self._earliest_ms
        return base_ms + self.elapsed_ms()

    def system_ms(self) -> int:
        """Return this machine's time."""
        return self._system_ms()

    def day(self, now_ms: int) -> str:
        """Return the local date in ISO format."""
        return datetime.fromtimestamp(now_ms / 1000, self._zone).date().isoformat()

    def new_uuid(self) -> str:
        """Return a uuid of version 7 (RFC 9562, 5.7): ids made later sort later."""
        random = uuids.uuid4().int
        value = (self.now_ms() & ((1 << 48) - 1)) << 80 | 7 << 76 | (random & ((1 << 76) - 1))
        value = value & ~(3 << 62) | 2 << 62
        return str(uuids.UUID(int=value))

    # -- learning ------------------------------------------------------------------------
    def begin(self, known_ms: int) -> None:
        """Set the lower bound kept from the last run: the time is ``known_ms`` or later."""
        with self._lock:
            self._earliest_ms = max(self._earliest_ms, known_ms - self.elapsed_ms())
        self.tick()

    def tick(self) -> None:
        """Check the machine's clock; call this every second. It may have been set, or synchronised by NTP."""
        with self._lock:
            if self._source == SERVER:
                return
            system_ms, elapsed_ms = self._system_ms(), self.elapsed_ms()
            base_ms = max(system_ms - elapsed_ms, self._earliest_ms)
            if self._is_synchronised() and system_ms - elapsed_ms >= self._earliest_ms - STEP_MS:
                self._source = NTP
            elif self._source == NTP:
                # keep the time that NTP gave, counted on by the monotonic clock
                return
            step_ms = self._set(base_ms)
        self._tell(step_ms)

    def learn(self, server_time_ms: int, sent_ms: int, received_ms: int) -> None:
        """Take a server's time; request and answer were at these two times of ``elapsed_ms``.

        The server read its clock between the two. If the present time fits, it is not changed.
        """
        if not 0 <= received_ms - sent_ms <= ROUND_TRIP_MAX_MS:
            return
        low, high = server_time_ms - received_ms, server_time_ms - sent_ms
        with self._lock:
            fits = low <= self._base_ms <= high
            step_ms = 0 if fits else self._set((low + high) // 2, least_ms=0)
            self._source = SERVER
        self._tell(step_ms)

    def accepted(self) -> None:
        """The server has accepted a signed request: the time is right within the contract's window."""
        if self._source == MACHINE:
            self._source = SERVER

    def _set(self, base_ms: int, least_ms: int = STEP_MS) -> int:
        """Set the time if the change is at least ``least_ms``; return by how much it has jumped."""
        step_ms = base_ms - self._base_ms
        if abs(step_ms) > least_ms:
            self._base_ms = base_ms
        return step_ms if abs(step_ms) > JUMP_MS else 0

    def _tell(self, step_ms: int) -> None:
        if step_ms:
            _logger.warning("the clock jumps by %s ms", step_ms, extra={"sure": self.is_sure})
            for call in self.on_step:
                call()
