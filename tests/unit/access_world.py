"""A random campus, once as plain dicts for the naive evaluator, once as the core's types."""

import random
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from campus_core import schedule as core
from campus_core.access import types, wire

ZONES = ("Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca")
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
FIRST, LAST = date(2023, 12, 1), date(2025, 1, 31)


def some_day(rng):
    return FIRST + timedelta(days=rng.randrange((LAST - FIRST).days))


def make(seed):
    """Return a world of plain dicts; its year has a 29 February."""
    rng = random.Random(seed)
    schedules = [_schedule(rng) for _ in range(8)]
    zones = {0: None, **{number: rng.randrange(number) for number in range(1, 12)}}
    doors = [_door(rng, number, zones) for number in range(1, 21)]
    return {
        "zone": ZONES[seed % len(ZONES)],
        "terms": [
            {"from": date(2023, 12, 6), "to": date(2024, 1, 20)},
            {"from": date(2024, 2, 22), "to": date(2024, 7, 5)},
            {"from": date(2024, 9, 1), "to": date(2025, 1, 12)},
        ],
        "free": {some_day(rng) for _ in range(40)} | {date(2024, 2, 29)} - {date(2024, 3, 2)},
        "worked": {some_day(rng): some_day(rng) for _ in range(12)} | {date(2024, 3, 2): date(2024, 2, 29)},
        "schedules": schedules,
        "inside_of": zones,
        "doors": doors,
        "rights": [_right(rng, number, zones, doors) for number in range(1, 41)],
    }


def _schedule(rng):
    windows = []
    for _ in range(rng.randrange(1, 4)):
        start = rng.choice((0, 1, 119, 120, 150, 480, 1320, 1439, rng.randrange(1440)))
        windows.append(
            {
                "days": set(rng.sample(DAYS, rng.randrange(1, 8))),
                "start": start,
                "end": start + rng.choice((1, 60, 480, 1440, rng.randrange(1, 1441))),
                "weeks": rng.choice(("all", "all", "odd", "even", "list")),
                "listed": set(rng.sample(range(1, 21), 6)),
            }
        )
    return {
        "from": rng.choice((None, None, some_day(rng))),
        "to": rng.choice((None, None, some_day(rng))),
        "holidays": rng.choice(("closed", "closed", "usual", "only")),
        "windows": windows,
        "instead": {
            some_day(rng): rng.choice(([], [(600, 1500)], [(0, 60), (1400, 1441)])) for _ in range(8)
        },
    }


def _door(rng, number, zones):
    into = rng.randrange(1, len(zones))
    mode = rng.choice(("normal", "normal", "normal", "unlocked", "locked"))
    return {"id": number, "into": into, "from": zones[into], "mode": mode, "open": rng.randrange(8)}


def _right(rng, number, zones, doors):
    begin = rng.randrange(1_701_388_800_000, 1_735_689_600_000)
    spans = [(begin + day * 86_400_000, begin + day * 86_400_000 + 7_200_000) for day in range(0, 60, 2)]
    return {
        "id": number,
        "people": set(rng.sample(range(30), rng.randrange(1, 20))),
        "zones": set(rng.sample(sorted(zones), rng.randrange(0, 3))),
        "doors": {door["id"] for door in rng.sample(doors, rng.randrange(0, 3))},
        "schedule": rng.choice((None, *range(8), *range(8))),
        "from_ms": rng.choice((None, None, begin)),
        "until_ms": rng.choice((None, None, begin + 5_000_000_000)),
        "spans": rng.choice(([], [], [], spans)),
        "priority": rng.randrange(3),
        "allow": rng.random() < 0.75,
    }


def core_schedule(one):
    windows = tuple(
        core.Window(
            frozenset(DAYS.index(day) for day in window["days"]),
            window["start"],
            window["end"],
            window["weeks"],
            frozenset(window["listed"]),
        )
        for window in one["windows"]
    )
    instead = {day: tuple(spans) for day, spans in one["instead"].items()}
    return core.Schedule(windows, one["from"], one["to"], one["holidays"], instead)


def core_calendar(world):
    return core.Calendar(
        ZoneInfo(world["zone"]),
        tuple(core.Term(term["from"], term["to"]) for term in world["terms"]),
        frozenset(world["free"]),
        world["worked"],
    )


def site(world):
    """Return the world as a server hands it to the decision."""
    made = [core_schedule(one) for one in world["schedules"]]
    names = [wire.schedule_name(one) for one in made]
    zones = {number + 1: types.Zone(number + 1, _up(parent)) for number, parent in world["inside_of"].items()}
    whole = types.Site(zones=zones)
    return types.Site(
        doors={
            door["id"]: types.Door(
                door["id"],
                _up(door["from"]),
                door["into"] + 1,
                mode=door["mode"],
                unlocked=names[door["open"]],
            )
            for door in world["doors"]
        },
        zones=zones,
        rules={right["id"]: _rule(right, world, whole, names) for right in world["rights"]},
        schedules=dict(zip(names, made, strict=True)),
        calendar=core_calendar(world),
    )


def _up(number):
    return None if number is None else number + 1


def _rule(right, world, whole, names):
    covered = {
        door["id"]
        for door in world["doors"]
        if door["id"] in right["doors"] or {z - 1 for z in whole.inside(door["into"] + 1)} & right["zones"]
    }
    return types.Rule(
        right["id"],
        allow=right["allow"],
        priority=right["priority"],
        doors=frozenset(covered),
        schedule=None if right["schedule"] is None else names[right["schedule"]],
        from_ms=right["from_ms"],
        until_ms=right["until_ms"],
        spans=tuple(right["spans"]),
    )
