"""Predicts when a holder's money will be used up, from the holder's own habits.

The average is per day of use: somebody who eats on weekdays needs a weekday's money on
Monday, not a seventh of the week's. A balance that is not more than one such day is announced,
so that one day is left to top up. Fewer than ``TAPS_MIN`` purchases give no average.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from .types import Hit, first_per_period

TAPS_MIN = 10
HISTORY_DAYS = 30


@dataclass(frozen=True)
class Movement:
    """A change of a holder's money. ``spent_minor`` is above zero for a purchase, 0 for the rest.

    ``top_up`` is money that came in (not a refund): a new announcement is possible after it.
    """

    id: int
    at: datetime
    balance_minor: int
    spent_minor: int = 0
    top_up: bool = False
    fresh: bool = True


def daily_average_minor(spent: Sequence[tuple[date, int]], *, taps_min: int = TAPS_MIN) -> int | None:
    """Average cents per day of use, rounded to the cent above; None when there are too few taps."""
    if len(spent) < max(taps_min, 1):
        return None
    days = len({day for day, _minor in spent})
    return -(-sum(minor for _day, minor in spent) // days)


def announcements(
    movements: Sequence[Movement],
    *,
    last_top_up_id: int = 0,
    taps_min: int = TAPS_MIN,
    history_days: int = HISTORY_DAYS,
) -> list[Hit]:
    """Find the purchases after which one average day would empty the wallet, once per top-up.

    ``movements`` are in order; ``last_top_up_id`` is the last top-up before them. ``facts``:
    ``balance``, ``average`` (cents) and ``taps``.
    """
    recent: deque[tuple[date, int]] = deque()
    cycle = last_top_up_id
    hits = []
    for movement in movements:
        if movement.top_up:
            cycle = movement.id
        if movement.spent_minor <= 0:
            continue
        recent.append((movement.at.date(), movement.spent_minor))
        first_day = movement.at.date() - timedelta(days=history_days)
        while recent[0][0] <= first_day:
            recent.popleft()
        average = daily_average_minor(recent, taps_min=taps_min)
        if movement.fresh and average is not None and movement.balance_minor <= average:
            facts = {"balance": movement.balance_minor, "average": average, "taps": len(recent)}
            hits.append(Hit(f"top-up-{cycle}", movement.at, movement.id, facts))
    return first_per_period(hits)
