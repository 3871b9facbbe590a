"""Hours in which no message is sent: a message that falls into them waits until they end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

MINUTES_PER_DAY = 24 * 60


@dataclass(frozen=True)
class QuietHours:
    """From ``start_min`` until ``end_min``, minutes since midnight.

    An end before the start lies on the next day. The same start and end means no quiet hours.
    """

    start_min: int
    end_min: int

    def __post_init__(self) -> None:
        for minute in (self.start_min, self.end_min):
            if not 0 <= minute < MINUTES_PER_DAY:
                raise ValueError("a minute of the day must be from 0 to 1439")


NONE = QuietHours(0, 0)
NIGHT = QuietHours(22 * 60, 7 * 60)


def is_quiet(quiet: QuietHours, local: datetime) -> bool:
    """Say whether ``local`` lies in the quiet hours; the end is not part of them."""
    minute = local.hour * 60 + local.minute
    if quiet.start_min <= quiet.end_min:
        return quiet.start_min <= minute < quiet.end_min
    return minute >= quiet.start_min or minute < quiet.end_min


def not_before(quiet: QuietHours, local: datetime) -> datetime:
    """Return ``local``, or the next end of the quiet hours when it lies in them."""
    if not is_quiet(quiet, local):
        return local
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    end = midnight + timedelta(minutes=quiet.end_min)
    return end if end > local else end + timedelta(days=1)
