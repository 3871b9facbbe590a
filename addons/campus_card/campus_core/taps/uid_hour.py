"""How much an edge may charge per hour to cards that are not proven.

A UID can be copied and a printed number can be read. So somebody with an edge's key can ask the server
to charge every card whose number he knows. A cap limits what one edge charges that way within one
hour of the clock, also when the server decides each tap itself.

Time and earlier charges are arguments; all sums are cents.
"""

from __future__ import annotations

from typing import Final

HOUR_MS: Final = 3_600_000


class UidHour:
    """What bare UIDs and numbers have paid at one edge within the hour; ``limit_minor`` 0 means no cap.

    ``hour`` is counted from 1970. ``hit_hour``: the last hour in which a tap was refused for the cap.
    """

    __slots__ = ("hit_hour", "hour", "limit_minor", "minor")

    def __init__(
        self, limit_minor: int = 0, now_ms: int = 0, hour: int = 0, minor: int = 0, hit_hour: int = 0
    ) -> None:
        now_hour = now_ms // HOUR_MS
        # the clock of another server may be ahead: the hour that it began is kept
        if hour not in (now_hour, now_hour + 1):
            hour, minor = now_hour, 0
        self.limit_minor, self.hour, self.minor, self.hit_hour = limit_minor, hour, minor, hit_hour

    def refuses(self, amount_minor: int) -> bool:
        """Say whether one more charge exceeds the cap; if so, set ``hit_hour``."""
        is_over = 0 < self.limit_minor < self.minor + amount_minor
        if is_over:
            self.hit_hour = self.hour
        return is_over

    def charge(self, amount_minor: int) -> None:
        """Count a charge that was booked."""
        self.minor += amount_minor
