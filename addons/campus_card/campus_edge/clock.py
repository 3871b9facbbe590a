"""The edge's clock, corrected by what the server's answers say."""

from __future__ import annotations

import time
import uuid as uuids
from collections.abc import Callable
from datetime import datetime, tzinfo

#: A difference is only believed beyond what the way there and back makes uncertain.
ROUND_TRIP_MAX_MS = 10_000


def _system_ms() -> int:
    return time.time_ns() // 1_000_000


class Clock:
    """Milliseconds since 1970 UTC by the server's clock, as far as it is known."""

    def __init__(self, zone: tzinfo | None = None, system_ms: Callable[[], int] = _system_ms) -> None:
        self._zone = zone
        self._system_ms = system_ms
        #: How far the server's clock is ahead of this machine's.
        self.drift_ms = 0

    def system_ms(self) -> int:
        """Return this machine's time."""
        return self._system_ms()

    def now_ms(self) -> int:
        """Return the corrected time."""
        return self._system_ms() + self.drift_ms

    def learn(self, server_time_ms: int, sent_ms: int, received_ms: int) -> None:
        """Take a server's time that came between two times of this machine.

        It was read at some moment between the two; a drift that fits into that is kept as it is.
        """
        if not 0 <= received_ms - sent_ms <= ROUND_TRIP_MAX_MS:
            return
        low, high = server_time_ms - received_ms, server_time_ms - sent_ms
        if not low <= self.drift_ms <= high:
            self.drift_ms = (low + high) // 2

    def day(self, now_ms: int) -> str:
        """Return the date at the place, ISO."""
        return datetime.fromtimestamp(now_ms / 1000, self._zone).date().isoformat()

    def new_uuid(self) -> str:
        """Return a uuid of version 7 (RFC 9562, 5.7): ids made later sort later."""
        random = uuids.uuid4().int
        value = (self.now_ms() & ((1 << 48) - 1)) << 80 | 7 << 76 | (random & ((1 << 76) - 1))
        value = value & ~(3 << 62) | 2 << 62
        return str(uuids.UUID(int=value))
