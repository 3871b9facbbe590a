"""The doors on the way to a place, and what a host may take a guest along through."""

import datetime as dt

from campus_core.access import types
from campus_core.access.types import Door, Person, Rule, Site, Zone
from campus_core.access.way import can_take_along, way
from campus_core.schedule import Calendar, Schedule, Window

MINUTE = 60_000
DAY_MS = int(dt.datetime(2026, 11, 23, tzinfo=dt.timezone.utc).timestamp() * 1000)
ALL = frozenset(range(7))

#: outside(1) > campus(2) > house(3) > floor(4) > room(5), floor above(6) > room(7)
ZONES = {
    number: Zone(number, parent)
    for number, parent in ((1, None), (2, 1), (3, 2), (4, 3), (5, 4), (6, 3), (7, 6))
}
DOORS = {
    10: Door(10, 1, 2),  # gate
    11: Door(11, 2, 4),  # entrance
    12: Door(12, 2, 4),  # side entrance
    13: Door(13, 4, 5),
    14: Door(14, 4, 6),  # stairs
    15: Door(15, 6, 7),
    16: Door(16, 7, 6),  # back: a circle
}


def site(*rules, **doors):
    return Site(
        doors=DOORS | {door.door: door for door in doors.values()},
        zones=ZONES,
        rules={rule.rule: rule for rule in rules},
        schedules={"day": Schedule((Window(ALL, 8 * 60, 18 * 60),))},
        calendar=Calendar(),
    )


def rule(number, doors=frozenset(DOORS), **values):
    return Rule(number, doors=frozenset(doors), **values)


def open_at(first_hour, last_hour, *rules, **doors):
    at = [DAY_MS + hour * 3_600_000 for hour in (first_hour, last_hour)]
    person = Person(1, tuple(one.rule for one in rules))
    return can_take_along(site(*rules, **doors), sorted(DOORS), person, *at)


def test_a_way_has_the_doors_back_to_where_anybody_may_be():
    assert way(site(), 5) == {10, 11, 12, 13}
    assert way(site(), 7) == {10, 11, 12, 14, 15, 16}
    assert way(site(), 2) == frozenset(DOORS)


def test_a_door_beside_the_way_is_not_on_it():
    assert 13 not in way(site(), 7) and 15 not in way(site(), 5)


def test_a_host_takes_along_through_doors_that_open_all_the_time():
    assert open_at(9, 17, rule(1, {11, 13}, schedule="day")) == {11, 13}
    assert open_at(7, 17, rule(1, schedule="day")) == frozenset()
    assert open_at(9, 18, rule(1, schedule="day")) == frozenset(DOORS)


def test_the_last_minute_counts():
    person, made = Person(1, (1,)), site(rule(1, schedule="day"))
    end = DAY_MS + 18 * 3_600_000
    assert can_take_along(made, [11], person, end - MINUTE, end) == {11}
    assert can_take_along(made, [11], person, end - MINUTE, end + MINUTE) == frozenset()


def test_no_guest_gets_what_the_host_needs_more_for():
    assert open_at(9, 10, rule(1, needs_pin=True)) == frozenset()
    assert open_at(9, 10, rule(1, needs_escort=True)) == frozenset()
    assert open_at(9, 10, rule(1, {11, 12}), one=Door(11, 2, 4, needs_pin=True)) == {12}
    assert open_at(9, 10, rule(1, {11, 12}), one=Door(11, 2, 4, needs_second=True)) == {12}
    assert open_at(9, 10, rule(1, {11, 12}), one=Door(11, 2, 4, mode=types.LOCKED)) == {12}


def test_a_denied_door_is_no_way():
    assert 11 not in open_at(9, 10, rule(1), rule(2, {11}, allow=False, priority=5))
    assert open_at(9, 10) == frozenset()
