"""What takes place, written a second time and naively: it shares no code with the product.

Lessons and changes are plain dicts. Days are walked one by one, each thing that a change may name is looked for by
itself, from the newest change back, and UTC comes from pytz. It is slow, and meant to be read.
"""

from datetime import date, datetime, timedelta

import pytz

ONE_DAY = timedelta(days=1)
NAMES = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
FAR = timedelta(days=400)


def week_number(term, day):
    if day < term["from"] or day > term["to"]:
        return None
    monday = term["from"]
    while NAMES[monday.weekday()] != "Mon":
        monday -= ONE_DAY
    number = 1
    while day >= monday + timedelta(days=7):
        monday += timedelta(days=7)
        number += 1
    return number


def in_pattern(world, lesson, day):
    like = world["worked"].get(day)
    if like is None:
        if day in world["free"]:
            return False
        like = day
    week = week_number(lesson["term"], like)
    if week is None or NAMES[like.weekday()] != lesson["weekday"]:
        return False
    return {
        "all": True,
        "odd": week % 2 == 1,
        "even": week % 2 == 0,
        "list": week in lesson["listed"],
    }[lesson["weeks"]]


def newest(changes, name, otherwise):
    for change in reversed(changes):
        if change.get(name) is not None:
            return change[name]
    return otherwise


def since_restored(changes):
    """The changes that count: what came before the last RESTORE is forgotten, the adding of an extra lesson is not."""
    kept = []
    for change in changes:
        if change["kind"] == "restore":
            kept = [one for one in kept if one["kind"] == "extra"]
        else:
            kept.append(change)
    return kept


def one_date(world, lesson, day, extra):
    about = [
        change
        for change in sorted(world["changes"], key=lambda one: one["number"])
        if change["lesson"] == lesson["number"]
        and change["planned"] == day
        and (change["number"] if change["kind"] == "extra" else change["extra"]) == extra
    ]
    changes = since_restored(about)
    if extra and not [change for change in changes if change["kind"] == "extra"]:
        return None
    made = {
        "lesson": lesson["number"],
        "planned": day,
        "extra": extra,
        "day": newest(changes, "day", day),
        "start": newest(changes, "start", lesson["start"]),
        "end": newest(changes, "end", lesson["end"]),
        "room": newest(changes, "room", lesson["room"]),
        "teachers": newest(changes, "teachers", lesson["teachers"]),
        "cancelled": any(change["kind"] == "cancel" for change in changes),
        "changes": len(about),
    }
    was_moved = made["day"] != day or made["start"] != lesson["start"]
    if not extra and not in_pattern(world, lesson, day) and not was_moved:
        return None
    return made


def everything(world, first, last):
    """All lessons whose day is between two days, as dicts, in no order."""
    found = []
    for lesson in world["lessons"]:
        day = first - FAR
        while day <= last + FAR:
            extras = {0} | {one["number"] for one in world["changes"] if one["kind"] == "extra"}
            for extra in extras:
                made = one_date(world, lesson, day, extra)
                if made and first <= made["day"] <= last:
                    found.append(made)
            day += ONE_DAY
    return found


def in_utc(world, day, minute):
    local = datetime(day.year, day.month, day.day) + timedelta(minutes=minute)
    return pytz.timezone(world["zone"]).localize(local).astimezone(pytz.utc)


def pairs(lessons):
    """Every pair of lessons (by their places in the list) that share something at one time."""
    found = set()
    for at, one in enumerate(lessons):
        for other_at, other in enumerate(lessons[:at]):
            if one["cancelled"] or other["cancelled"]:
                continue
            days = (one["day"] - date(2000, 1, 1)).days, (other["day"] - date(2000, 1, 1)).days
            begins = days[0] * 1440 + one["start"], days[1] * 1440 + other["start"]
            ends = days[0] * 1440 + one["end"], days[1] * 1440 + other["end"]
            if begins[0] < ends[1] and begins[1] < ends[0]:
                if one["room"] is not None and one["room"] == other["room"]:
                    found.add(("room", one["room"], frozenset((at, other_at))))
                for kind in ("teachers", "groups"):
                    for number in set(one[kind]) & set(other[kind]):
                        found.add((kind.rstrip("s"), number, frozenset((at, other_at))))
    return found
