"""Days that are worked in exchange for free ones: which timetable each of them follows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date


def pair(worked: Mapping[date, str], free: Mapping[date, str]) -> dict[date, date | None]:
    """Return for each worked day the free day that it is exchanged for; both come with their festival.

    Within one festival the first worked day stands for the first free one, as schools do it unless they say
    otherwise. A worked day that is left over has None: it follows its own weekday.
    """
    open_days: dict[str, list[date]] = defaultdict(list)
    for day in sorted(free):
        open_days[free[day]].append(day)
    found: dict[date, date | None] = {}
    for day in sorted(worked):
        left = open_days[worked[day]]
        found[day] = left.pop(0) if left else None
    return found
