"""Who may pass a door, written a second time and naively: it shares no code with the product.

The world is plain dicts and texts. Local time comes from pytz, days are walked one by one, terms are counted
by walking from Monday to Monday, and zones are climbed with a loop. It is slow, and meant to be read.
"""

from datetime import date, datetime, timedelta

import pytz

ONE_DAY = timedelta(days=1)
NAMES = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]


def local_time(world, moment_ms):
    """Return the date and the minute that the campus's clock shows."""
    utc = datetime(1970, 1, 1, tzinfo=pytz.utc) + timedelta(seconds=moment_ms // 1000)
    there = utc.astimezone(pytz.timezone(world["zone"]))
    return date(there.year, there.month, there.day), there.hour * 60 + there.minute


def week_of_term(world, day):
    for term in world["terms"]:
        if term["from"] <= day <= term["to"]:
            monday = term["from"]
            while NAMES[monday.weekday()] != "Mon":
                monday -= ONE_DAY
            number = 1
            while monday + timedelta(days=6) < day:
                monday += timedelta(days=7)
                number += 1
            return number
    return None


def begins_on(world, schedule, window, day):
    """Say whether a window of a schedule begins on a day."""
    if schedule["from"] is not None and day < schedule["from"]:
        return False
    if schedule["to"] is not None and day > schedule["to"]:
        return False
    free = day in world["free"] and day not in world["worked"]
    if schedule["holidays"] == "closed" and free:
        return False
    if schedule["holidays"] == "only" and not free:
        return False
    like = world["worked"].get(day, day)
    if NAMES[like.weekday()] not in window["days"]:
        return False
    week = week_of_term(world, like)
    if window["weeks"] == "all":
        return True
    if week is None:
        return False
    if window["weeks"] == "odd":
        return week in range(1, 100, 2)
    if window["weeks"] == "even":
        return week in range(2, 100, 2)
    return week in window["listed"]


def is_open(world, schedule, moment_ms):
    today, minute = local_time(world, moment_ms)
    for day, since_midnight in ((today, minute), (today - ONE_DAY, minute + 1440)):
        if day in schedule["instead"]:
            spans = schedule["instead"][day]
        else:
            spans = [
                (one["start"], one["end"])
                for one in schedule["windows"]
                if begins_on(world, schedule, one, day)
            ]
        for start, end in spans:
            if since_midnight in range(start, end):
                return True
    return False


def covers(world, right, door):
    """Say whether a right is at a zone around the door's inner zone, or at the door itself."""
    if door["id"] in right["doors"]:
        return True
    zone = door["into"]
    while zone is not None:
        if zone in right["zones"]:
            return True
        zone = world["inside_of"][zone]
    return False


def holds(world, right, moment_ms):
    if right["from_ms"] is not None and not right["from_ms"] <= moment_ms:
        return False
    if right["until_ms"] is not None and not moment_ms < right["until_ms"]:
        return False
    if right["spans"] and not [1 for start, end in right["spans"] if start <= moment_ms < end]:
        return False
    return right["schedule"] is None or is_open(world, world["schedules"][right["schedule"]], moment_ms)


def judge(world, holder, door, moment_ms):
    """Return ``(opens, number of the deciding right)`` for somebody on the way in."""
    if door["mode"] == "locked":
        return False, _winner(world, holder, door, moment_ms)[0]
    number, allows = _winner(world, holder, door, moment_ms)
    if door["mode"] == "unlocked" and is_open(world, world["schedules"][door["open"]], moment_ms):
        return True, number
    return allows, number


def _winner(world, holder, door, moment_ms):
    mine = [right for right in world["rights"] if holder in right["people"] and covers(world, right, door)]
    now = [right for right in mine if holds(world, right, moment_ms)]
    best = None
    for right in now:
        if best is None or right["priority"] > best["priority"]:
            best = right
        elif right["priority"] < best["priority"]:
            continue
        elif best["allow"] != right["allow"]:
            best = best if right["allow"] else right
        elif right["id"] < best["id"]:
            best = right
    if best is not None:
        return best["id"], best["allow"]
    # nothing holds: what would allow at another time is named, and does not open
    for right in sorted(mine, key=lambda right: (-right["priority"], right["id"])):
        if right["allow"]:
            return right["id"], False
    return None, False
