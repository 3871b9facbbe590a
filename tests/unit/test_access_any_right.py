"""What a right is good for beside opening: the person has it by every right that lets the person through."""

from hypothesis import given
from hypothesis import strategies as st

from campus_core.access import told
from campus_core.access.decide import decide
from campus_core.access.types import NOBODY, STAFF, Door, Lockdown, Person, Rule, Site, State, Zone

OUTSIDE, HOUSE = 1, 2
DOOR = Door(11, OUTSIDE, HOUSE, sides={"in": "D01"})


def verdict(*rules, **state):
    site = Site(
        doors={11: DOOR},
        zones={OUTSIDE: Zone(OUTSIDE), HOUSE: Zone(HOUSE, OUTSIDE, needs_first=True)},
        rules={rule.rule: rule for rule in rules},
    )
    person = Person(7, tuple(site.rules))
    return decide(site, DOOR, "in", person, State(**state), 0)


def right(number, **values):
    return Rule(number, doors=frozenset({11}), **values)


def codes(found):
    return [reason.code for reason in found.reasons]


def test_a_right_that_does_not_decide_opens_the_zone_too():
    for rules in (
        (right(1, priority=10), right(2, priority=10, is_first=True)),
        (right(1, priority=20), right(2, priority=10, is_first=True)),
    ):
        found = verdict(*rules)
        assert (found.granted, found.rule, found.is_first) == (True, 1, True)
    assert codes(verdict(right(1))) == ["access_first_missing"]


def test_a_right_that_does_not_decide_passes_in_a_lockdown_of_the_staff_too():
    rules = (right(1, priority=20), right(2, is_staff=True))
    opened = frozenset({HOUSE})
    assert verdict(*rules, opened=opened, lockdowns=(Lockdown(5, HOUSE, STAFF),)).granted
    assert codes(verdict(*rules, opened=opened, lockdowns=(Lockdown(5, HOUSE, NOBODY),))) == [
        "access_lockdown"
    ]
    assert codes(verdict(rules[0], opened=opened, lockdowns=(Lockdown(5, HOUSE, STAFF),))) == [
        "access_lockdown"
    ]


def test_a_right_that_a_denial_outweighs_is_good_for_nothing():
    rules = (right(1, priority=30), right(2, priority=20, allow=False), right(3, priority=10, is_first=True))
    assert codes(verdict(*rules)) == ["access_first_missing"]
    # of the same priority the denial wins
    assert codes(verdict(rules[0], rules[1], right(3, priority=20, is_first=True))) == [
        "access_first_missing"
    ]
    assert verdict(rules[0], rules[1], right(3, priority=21, is_first=True)).granted


RIGHTS = st.builds(
    right, st.integers(1, 6), priority=st.integers(0, 3), allow=st.booleans(), is_first=st.booleans()
)


@given(st.lists(RIGHTS, max_size=6, unique_by=lambda rule: rule.rule))
def test_more_rights_that_allow_never_take_away_the_first(rules):
    rules = [rule if rule.allow else right(rule.rule, priority=rule.priority, allow=False) for rule in rules]
    before = verdict(*rules)
    after = verdict(*rules, right(9, priority=0))
    assert after.is_first or not before.is_first
    denied = max((rule.priority for rule in rules if not rule.allow), default=-1)
    assert before.is_first == any(rule.is_first and rule.priority > denied for rule in rules)


def test_the_note_says_who_has_opened_the_zone():
    found = verdict(right(1, is_first=True))
    note = told.note(found, 12)
    assert note == "door: granted by 1 first, list of 12 s"
    assert told.read(note).is_first and told.read(note).rule == 1
    assert not told.read(told.note(verdict(right(1)), 12)).is_first
    # somebody who is refused has opened nothing
    refused = verdict(right(1, is_first=True), lockdowns=(Lockdown(5, HOUSE, NOBODY),))
    assert not told.read(told.note(refused, 12)).is_first
