"""What rights mean to a board that decides by itself: it never opens where the rules do not."""

import dataclasses
from datetime import date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from campus_core.access import board
from campus_core.access.board import ALWAYS, NEVER, Member, plan
from campus_core.access.decide import decide
from campus_core.access.types import HARD, Door, Passback, Person, Rule, Site, State, Zone
from campus_core.schedule import Calendar, Schedule, Window
from campus_edge.simulators.uhppote import UhppoteBoard

ZONE = ZoneInfo("Asia/Shanghai")
DOOR = Door(11, 1, 2, sides={"in": "D01"})
ZONES = {1: Zone(1), 2: Zone(2, 1)}
NOON = datetime(2026, 3, 4, 12, tzinfo=ZONE)


def ms(moment):
    return int(moment.timestamp() * 1000)


def site(*rules, door=DOOR, zones=ZONES, **schedules):
    return Site({door.door: door}, zones, {rule.rule: rule for rule in rules}, schedules, Calendar(ZONE))


def made(found, *rules, now=NOON):
    return plan(found, (11, 0), [Member(77, tuple(rules))], ms(now))


def opens(found, access, moment):
    """Ask the simulated board, which has the plan."""
    device = UhppoteBoard(1, lambda: moment.replace(tzinfo=None))

    def bcd(value, form):
        return bytes.fromhex(value.strftime(form))

    for number, one in found.profiles.items():
        times = [minute for pair in one.times for minute in pair] + [0] * (6 - 2 * len(one.times))
        clock = b"".join(bcd(time(*divmod(min(m, 1439), 60)), "%H%M") for m in times)
        days = bytes(day in one.weekdays for day in range(7))
        device.profiles[number] = (
            bcd(one.first, "%Y%m%d") + bcd(one.last, "%Y%m%d") + days + clock + bytes([one.linked])
        )
    for number, card in found.cards.items():
        device.cards[number] = (
            bcd(card.first, "%Y%m%d") + bcd(card.last, "%Y%m%d") + bytes(card.doors) + bytes(4)
        )
    return device.swipe(77, 1)


def test_a_right_without_a_time_is_always_and_a_person_without_one_has_no_card():
    rule = Rule(1, doors=frozenset({11}))
    assert made(site(rule), 1).cards[77].doors == (ALWAYS, NEVER, NEVER, NEVER)
    assert made(site(rule)).cards == {}
    assert made(site(dataclasses.replace(rule, until_ms=0)), 1).cards == {}


def test_a_right_with_days_becomes_a_profile_and_hours_are_named():
    rule = Rule(1, doors=frozenset({11}), from_ms=ms(datetime(2026, 3, 1, tzinfo=ZONE)))
    found = made(site(rule), 1)
    (profile,) = found.profiles.values()
    assert (profile.first, profile.last, profile.times) == (date(2026, 3, 1), board.LAST, ((0, 1440),))
    assert found.cannot == ()
    later = dataclasses.replace(rule, from_ms=ms(NOON))
    assert made(site(later), 1).cannot == ("hours_of_validity",)


def test_conditions_that_a_board_cannot_keep_keep_the_door_shut_and_are_named():
    doors = frozenset({11})
    for more, name in (
        ({"needs_pin": True}, "pin"), ({"needs_escort": True}, "companion"), ({"spans": ((0, 1),)}, "spans"),
    ):  # fmt: skip
        found = made(site(Rule(1, doors=doors, **more)), 1)
        assert (found.cards, found.cannot) == ({}, (name,))
    for more, name in (({"needs_pin": True}, "pin"), ({"needs_second": True}, "companion")):
        found = made(site(Rule(1, doors=doors), door=dataclasses.replace(DOOR, **more)), 1)
        assert (found.cards, found.cannot) == ({}, (name,))
    odd = Schedule((Window(frozenset({0}), 0, 60, "odd"),))
    found = made(site(Rule(1, doors=doors, schedule="s"), s=odd), 1)
    assert (found.cards, found.cannot) == ({}, ("holidays", "term_weeks"))


def test_what_a_board_lets_through_is_named():
    zones = {1: Zone(1), 2: Zone(2, 1, passback=Passback(HARD), limit=5, needs_first=True)}
    found = made(site(Rule(1, doors=frozenset({11})), zones=zones), 1)
    assert found.cannot == ("first_person", "limit", "passback")


def test_a_denying_right_shuts_unless_a_higher_one_allows():
    allow, deny = Rule(1, doors=frozenset({11})), Rule(2, doors=frozenset({11}), allow=False)
    assert made(site(allow, deny), 1, 2).cards == {}
    first = dataclasses.replace(allow, priority=1)
    assert made(site(first, deny), 1, 2).cards[77].doors[0] == ALWAYS


def test_more_profiles_than_a_board_has_keep_the_door_shut():
    rules = [
        Rule(n, doors=frozenset({11}), from_ms=ms(NOON.replace(hour=0) + timedelta(days=n)))
        for n in range(1, 300)
    ]
    found = plan(site(*rules), (11,), [Member(n, (n,)) for n in range(1, 300)], ms(NOON))
    assert len(found.profiles) == len(board.PROFILES) == len(found.cards)
    assert found.cannot == ("too_many_profiles",)


windows = st.builds(
    lambda days, start, length: Window(frozenset(days), start, min(start + length, start + 1440)),
    st.sets(st.integers(0, 6), min_size=1),
    st.integers(0, 95).map(lambda quarter: quarter * 15),
    st.integers(1, 96).map(lambda quarter: quarter * 15),
)
rules = st.builds(
    lambda number, allow, priority, schedule: Rule(number, allow=allow, priority=priority, doors=frozenset({11}), schedule=schedule),
    st.integers(1, 5), st.sampled_from([True, True, True, False]), st.integers(0, 2),
    st.sampled_from([None, "a", "b"]),
)  # fmt: skip
schedules = st.lists(windows, max_size=5).map(lambda found: Schedule(tuple(found), holidays="usual"))


@given(
    st.lists(rules, min_size=1, max_size=5, unique_by=lambda rule: rule.rule), schedules, schedules,
    st.integers(0, 14 * 24 * 4),
)  # fmt: skip
def test_the_board_opens_only_where_the_rules_do_and_without_denials_wherever(found, one, other, quarter):
    # not at the last minute of a window: a board's end belongs to it
    moment = datetime(2026, 3, 2, tzinfo=ZONE) + timedelta(minutes=15 * quarter + 7)
    here = site(*found, a=one, b=other)
    numbers = tuple(rule.rule for rule in found)
    verdict = decide(here, DOOR, "in", Person(1, numbers), State(), ms(moment))
    board_opens = opens(made(here, *numbers, now=moment), 11, moment)
    if all(rule.allow for rule in found):
        assert board_opens is verdict.granted
    else:
        assert not board_opens or verdict.granted


def test_a_board_s_clock_is_the_campus_s():
    found = board.moment_ms(datetime(2026, 7, 1, 8, 30), site())
    assert found == ms(datetime(2026, 7, 1, 0, 30, tzinfo=timezone.utc))
