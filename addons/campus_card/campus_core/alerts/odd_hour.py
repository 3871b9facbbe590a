"""The first use at an hour at which the holder never used the card before.

"Never" means within ``history_days`` before the event, and not in the neighbouring hours
either (23 and 0 are neighbours). A holder with fewer than ``uses_min`` uses has no habits yet.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

from .types import Event, Hit, first_per_period

HISTORY_DAYS = 60
USES_MIN = 20
SPREAD_HOURS = 1


def first_uses(
    events: Sequence[Event],
    *,
    history_days: int = HISTORY_DAYS,
    uses_min: int = USES_MIN,
    spread_hours: int = SPREAD_HOURS,
) -> list[Hit]:
    """Find fresh events at an odd hour, at most one a day. ``facts``: ``hour`` and ``uses`` before."""
    ordered = sorted(events, key=lambda one: (one.at, one.id))
    length = timedelta(days=history_days)
    hours: Counter[int] = Counter()
    oldest = 0
    hits = []
    for position, event in enumerate(ordered):
        while event.at - ordered[oldest].at > length:
            hours[ordered[oldest].at.hour] -= 1
            oldest += 1
        uses = position - oldest
        near = sum(hours[(event.at.hour + step) % 24] for step in range(-spread_hours, spread_hours + 1))
        if event.fresh and uses >= uses_min and not near:
            facts: dict[str, int | str] = {
                "hour": event.at.hour,
                "uses": uses,
                "place": event.place_name,
            }
            hits.append(Hit(event.at.date().isoformat(), event.at, event.id, facts))
        hours[event.at.hour] += 1
    return first_per_period(hits)
