"""The demo's week at the doors: plausible hours, nobody in two places, the same again for the same seed."""

import datetime as dt
import sys
from collections import Counter
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "addons" / "campus_demo"))

from generator import cards, doors, walks  # noqa: E402
from generator.people import people  # noqa: E402
from generator.term import Term  # noqa: E402

NOW = dt.datetime(2026, 11, 23, 13, 40)
DAYS = [NOW, dt.datetime(2026, 2, 20, 9, 0), dt.datetime(2027, 1, 1, 23, 59), dt.datetime(2028, 9, 1, 1, 0)]


def week(now=NOW, share=0.3):
    persons = people(Random("s/people"), now.date(), share)
    plans = cards.cards(Random("s/cards"), persons, now.date())
    return walks.Walks("s", persons, plans, now, Term.ending(now.date()))


@pytest.mark.parametrize("now", DAYS, ids=str)
def test_a_week_ends_now_and_nobody_is_in_two_places(now):
    planned = week(now)
    steps = planned.steps()
    assert steps == sorted(steps)
    assert planned.first_day <= steps[0].at.date() and steps[-1].at <= now
    place = {}
    for step in steps:
        where = place.get(step.person, "outside")
        if step.side == "out":
            expected = "dormitory" if step.door == doors.DORM_DOOR else "house"
            # where somebody was before the week began is not known
            assert where in (expected, "outside"), step
            place[step.person] = "yard"
        elif step.door == doors.DORM_DOOR:
            assert where != "house", step
            place[step.person] = "dormitory"
        else:
            assert where != "dormitory", step
            place[step.person] = "house" if step.door in (doors.MAIN, doors.SIDE) else where


def test_hours_are_those_of_a_campus():
    hours = Counter(step.at.hour for step in week().steps() if step.door == doors.MAIN)
    assert not any(hours[hour] for hour in range(5))
    assert hours[8] + hours[7] > hours[10]
    assert 0 < hours[22] < hours[13]


def test_something_goes_wrong_each_week():
    planned = week(share=1.0)
    steps = planned.steps()
    assert {step.pin for step in steps} == {"", "right", "wrong"}
    assert any(step.mate is not None for step in steps)
    assert {step.person for step in steps} & set(planned.bad)
    assert [event.code for event in planned.events()] == ["forced", "closed", "held_open", "closed"]
    assert all(event.at < NOW for event in planned.events())
    at_home = [step for step in steps if step.door == doors.DORM_DOOR]
    by_person = sorted(at_home, key=lambda step: (step.person, step.at))
    again = [
        one
        for one, two in pairwise(by_person)
        if (one.person, one.side) == (two.person, two.side) and two.at - one.at < dt.timedelta(minutes=1)
    ]
    late = [step for step in steps if step.door == doors.DORM_DOOR and step.at.time() > dt.time(23, 30)]
    assert again and late


def test_the_same_seed_makes_the_same_week():
    assert week().steps() == week().steps()


def test_the_house_is_a_tree_with_twelve_doors_between_its_zones():
    keys = [zone.key for zone in doors.ZONES]
    assert len(set(keys)) == len(keys)
    for place, zone in enumerate(doors.ZONES):
        assert not zone.parent or zone.parent in keys[:place]
    assert len(doors.DOORS) == 12
    assert all({door.outer, door.inner} <= set(keys) for door in doors.DOORS)
    schedules = {schedule.key for schedule in doors.SCHEDULES} | {""}
    codes = {door.code for door in doors.DOORS}
    for right in doors.RIGHTS:
        assert set(right.zones) <= set(keys) and set(right.doors) <= codes and right.schedule in schedules
        assert bool(right.who) != bool(right.people)
    assert {door.unlocked for door in doors.DOORS} <= schedules


def test_every_door_is_on_a_plan_whose_picture_is_there():
    assert {code for plan in doors.PLANS for code in plan.spots} == {door.code for door in doors.DOORS}
    for plan in doors.PLANS:
        assert (ROOT / "addons/campus_demo/static/img" / plan.picture).exists()
        assert all(0 <= number <= 1000 for spot in plan.spots.values() for number in spot)


def test_the_manual_names_every_door():
    manual = (ROOT / "docs" / "demo.md").read_text(encoding="utf-8")
    for door in doors.DOORS:
        assert door.code in manual and door.name in manual
        assert not door.out or door.out_code in manual
