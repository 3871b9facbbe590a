"""Who is inside gets out, unless the door says that leaving needs a right too."""

from dataclasses import replace

import pytest

from campus_core import errors
from campus_core.access import types
from campus_core.access.decide import decide
from campus_core.access.types import Door, Person, Rule, Site, State, Zone
from campus_core.errors import Refusal

YARD, HALL = 1, 2
DOOR = Door(1, YARD, HALL, needs_pin=True, needs_second=True)
RULES = {
    1: Rule(1, "Staff", doors=frozenset({1}), needs_escort=True),
    2: Rule(2, "Barred", allow=False, priority=9, doors=frozenset({1})),
}
ZONES = {YARD: Zone(YARD), HALL: Zone(HALL, YARD)}


def codes(door, side, rules=(), **person):
    site = Site({1: door}, ZONES, RULES)
    verdict = decide(site, door, side, Person(7, rules, **person), State(zone=HALL), 0)
    return [one.code for one in verdict.reasons]


@pytest.mark.parametrize("rules", [(), (1,), (2,), (1, 2)])
def test_nobody_needs_a_right_a_pin_or_company_to_leave(rules):
    assert codes(DOOR, types.OUT, rules) == []


def test_a_bad_card_opens_nothing():
    lost = Refusal(errors.CARD_LOST)
    assert codes(DOOR, types.OUT, (1,), refusal=lost) == [errors.CARD_LOST]


def test_a_door_that_asks_on_leaving_asks_for_all_that_it_asks_for_on_entering():
    asking = replace(DOOR, asks_on_leaving=True)
    for side in (types.IN, types.OUT):
        assert codes(asking, side) == [errors.ACCESS_NO_RIGHT]
        assert codes(asking, side, (1, 2)) == [errors.ACCESS_DENIED]
        assert codes(asking, side, (1,)) == [errors.ACCESS_PIN_NEEDED, errors.ACCESS_ESCORT_MISSING]
