"""Who is where, for the list that guards use in an emergency; works without the server."""

from __future__ import annotations

from typing import Any

from campus_core.access.types import Site, Zone

from ..snapshot.access import Access
from .places import Places


def muster(
    access: Access, places: Places, now_ms: int, heard_ms: int, is_connected: bool
) -> dict[str, Any] | None:
    """Return the list by zone; None at an edge that is no muster point: it knows no names.

    ``heard_ms``: when the server last said that the list of cards is as it is here.
    """
    if not access.names:
        return None
    site, counts = access.site, places.positions.counts()
    by_zone: dict[int, list[dict[str, Any]]] = {}
    for passage in places.positions.all():
        if passage.zone is not None and passage.zone in site.zones:
            name = access.names.get(passage.holder) or f"#{abs(passage.holder)}"
            person = {"holder": passage.holder, "name": name, "since_ms": passage.at_ms}
            by_zone.setdefault(passage.zone, []).append(person)
    zones = [
        {
            "zone": zone.zone,
            "name": zone.name or f"#{zone.zone}",
            "depth": depth,
            "count": counts.get(zone.zone, 0),
            "people": sorted(by_zone.get(zone.zone, ()), key=lambda one: (one["since_ms"], one["holder"])),
        }
        for zone, depth in _tree(site)
        # outside nobody is looked for
        if zone.parent is not None
    ]
    return {
        "at_ms": now_ms,
        "age_s": max(now_ms - heard_ms, 0) // 1000,
        "is_connected": is_connected,
        "zones": zones,
    }


def _tree(site: Site) -> list[tuple[Zone, int]]:
    """Return the zones with their depth, each after the zone that it is in."""
    paths = {number: site.inside(number)[::-1] for number in site.zones}
    return [(site.zones[number], len(paths[number]) - 1) for number in sorted(paths, key=lambda n: paths[n])]
