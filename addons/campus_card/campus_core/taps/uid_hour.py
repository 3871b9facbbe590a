"""How much an edge may charge in an hour to cards that prove nothing.

A serial number can be copied and a printed number read: whoever has an edge's key can ask the server for
the money of every card that he knows. What one edge may take that way within an hour of the clock is
capped, also while the server decides each tap itself.

Pure: the time and what was charged before come in as arguments; all sums are cents.
"""

from __future__ import annotations

from typing import Final

HOUR_MS: Final = 3_600_000


class UidHour:
    """What bare UIDs and numbers have paid at one edge within the hour; a ``limit_minor`` of 0 is none.

    ``hour`` is counted from 1970. ``hit_hour``: the last hour in which a tap was refused for the cap.
    """

    __slots__ = ("hit_hour", "hour", "limit_minor", "minor")

    def __init__(
        self, limit_minor: int = 0, now_ms: int = 0, hour: int = 0, minor: int = 0, hit_hour: int = 0
    ) -> None:
        now_hour = now_ms // HOUR_MS
        # another server's clock may be a moment ahead: its hour is not begun a second time
        if hour not in (now_hour, now_hour + 1):
            hour, minor = now_hour, 0
        self.limit_minor, self.hour, self.minor, self.hit_hour = limit_minor, hour, minor, hit_hour

    def refuses(self, amount_minor: int) -> bool:
        """Say whether one more charge exceeds the cap, and remember that it did."""
        is_over = 0 < self.limit_minor < self.minor + amount_minor
        if is_over:
            self.hit_hour = self.hour
        return is_over

    def charge(self, amount_minor: int) -> None:
        """A charge was booked."""
        self.minor += amount_minor
