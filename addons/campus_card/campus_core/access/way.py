"""Which doors lead to a place, and whether somebody may pass them all during some time."""

from __future__ import annotations

from collections.abc import Iterable

from .decide import right_at
from .types import IN, LOCKED, Person, Site

#: How often a span of time is looked at; schedules begin and end at whole minutes.
STEP_MS = 60_000
#: A longer span is refused by the caller: a guest comes for a day.
SPAN_MAX_MS = 24 * 3_600_000


def way(site: Site, goal: int) -> frozenset[int]:
    """Return the doors on the way into the zone ``goal``, and all doors into the zones in it.

    Gone back from the goal, door by door, to the zones that no door leads into: there anybody may be.
    """
    inside = {zone for zone in site.zones if goal in site.inside(zone)}
    found = {number for number, door in site.doors.items() if door.inner in inside}
    todo, seen = [goal], {goal}
    while todo:
        zone = todo.pop()
        for number, door in site.doors.items():
            if door.inner == zone:
                found.add(number)
                if door.outer not in seen:
                    seen.add(door.outer)
                    todo.append(door.outer)
    return frozenset(found)


def can_take_along(
    site: Site, doors: Iterable[int], person: Person, from_ms: int, until_ms: int
) -> frozenset[int]:
    """Return those of ``doors`` that the person may open at every minute of a span, with the card alone.

    Who needs a PIN or company at a door cannot hand on what others would then need not show.
    """
    times = range(from_ms, until_ms, STEP_MS)
    return frozenset(
        number for number in doors if all(_is_open(site, number, person, now_ms) for now_ms in times)
    )


def _is_open(site: Site, number: int, person: Person, now_ms: int) -> bool:
    door = site.doors[number]
    if door.mode == LOCKED or door.needs_pin or door.needs_second:
        return False
    right = right_at(site, door, IN, person, now_ms)
    if right.rule is None or right.reasons:
        return False
    return not (right.rule.needs_pin or right.rule.needs_escort)
