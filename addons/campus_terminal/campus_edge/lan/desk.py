"""Matches scans with waiting tills. Each scan goes to exactly one till.

Two tills that ask for the same terminal must not both charge a card. So a scan goes to the till that
asked last, because the page that was opened last is the one in use. A scan that no till fetched within
a few seconds is dropped, because it must not pay for the next customer.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

KEEP_MS: Final = 5_000
#: A till that has got a scan asks again within this time.
ATTENDED_MS: Final = 3_000
#: The most scans that wait here; a new one then replaces the oldest.
KEPT_MAX: Final = 8

#: Called in the thread that puts the scan; must not block.
Deliver: TypeAlias = Callable[[str], None]


@dataclass(eq=False)
class Ticket:
    """A waiting till."""

    deliver: Deliver


class Desk:
    """The scans of one terminal. Safe from any thread; times are milliseconds, given by the caller."""

    def __init__(self, keep_ms: int = KEEP_MS) -> None:
        self._keep_ms = keep_ms
        self._lock = threading.Lock()
        self._waiting: list[Ticket] = []
        self._kept: deque[tuple[str, int]] = deque(maxlen=KEPT_MAX)
        self._asked_ms: int | None = None
        #: Scans given to a till since the start, and scans that no till fetched.
        self.delivered = 0
        self.dropped = 0

    def put(self, text: str, now_ms: int) -> bool:
        """Give ``text`` to a waiting till or keep it for the next one; say whether a till is there."""
        with self._lock:
            self._drop_stale(now_ms)
            ticket = self._waiting.pop() if self._waiting else None
            if ticket is None:
                self.dropped += len(self._kept) == KEPT_MAX
                self._kept.append((text, now_ms + self._keep_ms))
                return self._is_attended(now_ms)
            self.delivered += 1
            self._asked_ms = now_ms
        ticket.deliver(text)
        return True

    def wait(self, deliver: Deliver, now_ms: int) -> Ticket:
        """Call ``deliver`` with one scan, at once if one is kept here; ``leave`` ends the wait."""
        ticket = Ticket(deliver)
        with self._lock:
            self._drop_stale(now_ms)
            self._asked_ms = now_ms
            if not self._kept:
                self._waiting.append(ticket)
                return ticket
            text, _until_ms = self._kept.popleft()
            self.delivered += 1
        deliver(text)
        return ticket

    def leave(self, ticket: Ticket, now_ms: int) -> bool:
        """Stop waiting. False if it is too late: the ticket's ``deliver`` has been called."""
        with self._lock:
            if ticket not in self._waiting:
                return False
            self._waiting.remove(ticket)
            self._asked_ms = now_ms
            return True

    def give_back(self, text: str, now_ms: int) -> None:
        """Take back a scan that a till did not receive; another till may get it."""
        with self._lock:
            self.delivered -= 1
        self.put(text, now_ms)

    def waiting(self) -> int:
        """Return how many tills wait now."""
        with self._lock:
            return len(self._waiting)

    def is_attended(self, now_ms: int) -> bool:
        """Say whether a till waits now or asked within ``ATTENDED_MS``."""
        with self._lock:
            return self._is_attended(now_ms)

    def _is_attended(self, now_ms: int) -> bool:
        asked_ms = self._asked_ms
        return bool(self._waiting) or (asked_ms is not None and now_ms - asked_ms <= ATTENDED_MS)

    def _drop_stale(self, now_ms: int) -> None:
        while self._kept and self._kept[0][1] < now_ms:
            self._kept.popleft()
            self.dropped += 1
