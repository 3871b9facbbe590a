"""The edge's clock: the server's time, counted on by a clock that nobody can set.

A machine beside a reader often has no battery for its clock, and whoever has its keyboard may set it.
So the time comes from whom the edge can believe, best first: the server's answers; the machine's own
clock while the kernel says that NTP keeps it right; the machine's own clock. From then on it is counted
by the monotonic clock, which no step of the machine's clock disturbs, until somebody better is heard.

Without the server and without NTP the clock is *doubtful*. It is then never earlier than the newest time
that is known for certain (``begin``), and what is decided by it is marked (``wire.DOUBTFUL_CLOCK``).
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
#: A difference is only believed beyond what the way there and back makes uncertain.
ROUND_TRIP_MAX_MS: Final = 10_000
#: A machine's clock that differs by more has been set; less is how clocks are.
STEP_MS: Final = 2_000
#: What is told as a jump: less disturbs nobody, and the servers behind one address differ by some seconds.
JUMP_MS: Final = 10_000
#: Who says what time it is, the less credible first.
MACHINE, NTP, SERVER = range(3)
#: Counts on while the machine sleeps, where the system has such a clock.
_COUNTER: Final = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


def _system_ms() -> int:
    return time.time_ns() // 1_000_000


def _elapsed_ms() -> int:
    return time.clock_gettime_ns(_COUNTER) // 1_000_000


class Clock:
    """Milliseconds since 1970 UTC, as far as they are known. Safe from any thread."""

    def __init__(
        self,
        zone: tzinfo | None = None,
        system_ms: Callable[[], int] = _system_ms,
        elapsed_ms: Callable[[], int] = _elapsed_ms,
        is_synchronised: Callable[[], bool] = kernel.is_synchronised,
    ) -> None:
        self._zone = zone
        self._system_ms, self._is_synchronised = system_ms, is_synchronised
        #: Milliseconds of a clock that only goes forward: what intervals are measured by.
        self.elapsed_ms = elapsed_ms
        self._lock = threading.Lock()
        self._source = MACHINE
        # the time, and the earliest that it can be, when ``elapsed_ms`` was 0
        self._base_ms = system_ms() - elapsed_ms()
        self._earliest_ms = -elapsed_ms()
        #: Called after the time has jumped, in whatever thread noticed.
        self.on_step: list[Callable[[], None]] = []

    # -- reading -------------------------------------------------------------------------
    def now_ms(self) -> int:
        """Return the time."""
        return self._base_ms + self.elapsed_ms()

    @property
    def is_sure(self) -> bool:
        """Say whether the server or NTP has told the time since the program started."""
        return self._source != MACHINE

    @property
    def drift_ms(self) -> int:
        """How far this machine's clock is behind the time, now."""
        return self.now_ms() - self._system_ms()

    def known_ms(self) -> int:
        """Return the newest time that is known for certain: it is this or later."""
        base_ms = self._base_ms if self.is_sure else self._earliest_ms
        return base_ms + self.elapsed_ms()

    def system_ms(self) -> int:
        """Return this machine's time."""
        return self._system_ms()

    def day(self, now_ms: int) -> str:
        """Return the date at the place, ISO."""
        return datetime.fromtimestamp(now_ms / 1000, self._zone).date().isoformat()

    def new_uuid(self) -> str:
        """Return a uuid of version 7 (RFC 9562, 5.7): ids made later sort later."""
        random = uuids.uuid4().int
        value = (self.now_ms() & ((1 << 48) - 1)) << 80 | 7 << 76 | (random & ((1 << 76) - 1))
        value = value & ~(3 << 62) | 2 << 62
        return str(uuids.UUID(int=value))

    # -- learning ------------------------------------------------------------------------
    def begin(self, known_ms: int) -> None:
        """Take up where the last run ended: it is ``known_ms`` or later, whatever the machine says."""
        with self._lock:
            self._earliest_ms = max(self._earliest_ms, known_ms - self.elapsed_ms())
        self.tick()

    def tick(self) -> None:
        """Look at the machine's clock, which may have been set, or be kept right by now; every second."""
        with self._lock:
            if self._source == SERVER:
                return
            system_ms, elapsed_ms = self._system_ms(), self.elapsed_ms()
            base_ms = max(system_ms - elapsed_ms, self._earliest_ms)
            if self._is_synchronised() and system_ms - elapsed_ms >= self._earliest_ms - STEP_MS:
                self._source = NTP
            elif self._source == NTP:
                # what NTP has said is counted on
                return
            step_ms = self._set(base_ms)
        self._tell(step_ms)

    def learn(self, server_time_ms: int, sent_ms: int, received_ms: int) -> None:
        """Take a server's time that came between two times of ``elapsed_ms``.

        It was read at some moment between the two; a time that fits into that is kept as it is.
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
        """The server has taken a signed request: the time is right within the contract's window."""
        if self._source == MACHINE:
            self._source = SERVER

    def _set(self, base_ms: int, least_ms: int = STEP_MS) -> int:
        """Set the time unless that changes less than ``least_ms``; return by how much it has jumped."""
        step_ms = base_ms - self._base_ms
        if abs(step_ms) > least_ms:
            self._base_ms = base_ms
        return step_ms if abs(step_ms) > JUMP_MS else 0

    def _tell(self, step_ms: int) -> None:
        if step_ms:
            _logger.warning("the clock jumps by %s ms", step_ms, extra={"sure": self.is_sure})
            for call in self.on_step:
                call()
