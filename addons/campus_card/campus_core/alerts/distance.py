"""Finds uses of one card at two places that are too far apart for the time between them."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

from .types import Event, Hit, Place, first_per_period

EARTH_RADIUS_M = 6_371_009
SPEED_KMH = 30
SLACK_S = 120
METRES_MIN = 200


def metres(one: Place, other: Place) -> int:
    """Distance on the great circle (haversine), rounded to the metre."""
    north = math.radians(other.latitude - one.latitude)
    east = math.radians(other.longitude - one.longitude)
    parallels = math.cos(math.radians(one.latitude)) * math.cos(math.radians(other.latitude))
    chord = math.sin(north / 2) ** 2 + parallels * math.sin(east / 2) ** 2
    return round(2 * EARTH_RADIUS_M * math.asin(min(1.0, math.sqrt(chord))))


def seconds_needed(distance_m: int, speed_kmh: int) -> int:
    """Seconds that the distance takes at this speed, rounded up."""
    if speed_kmh <= 0:
        raise ValueError("a speed must be above zero")
    return -(-distance_m * 36 // (speed_kmh * 10))


def too_far(
    events: Sequence[Event],
    *,
    speed_kmh: int = SPEED_KMH,
    slack_s: int = SLACK_S,
    metres_min: int = METRES_MIN,
) -> list[Hit]:
    """Find consecutive events that one person cannot both have done, at most one pair a day.

    ``slack_s`` is added to the time between, because clocks differ. ``facts``: ``metres``,
    ``seconds`` between, ``needed`` seconds, and the names of the places.
    """
    placed = sorted((one for one in events if one.place), key=lambda one: (one.at, one.id))
    hits = []
    for before, after in itertools.pairwise(placed):
        if not (before.fresh or after.fresh) or before.place is None or after.place is None:
            continue
        apart_m = metres(before.place, after.place)
        between_s = int((after.at - before.at).total_seconds())
        needed_s = seconds_needed(apart_m, speed_kmh)
        if apart_m >= metres_min and between_s + slack_s < needed_s:
            facts: dict[str, int | str] = {
                "metres": apart_m,
                "seconds": between_s,
                "needed": needed_s,
                "from": before.place_name,
                "to": after.place_name,
            }
            hits.append(Hit(after.at.date().isoformat(), after.at, after.id, facts))
    return first_per_period(hits)
