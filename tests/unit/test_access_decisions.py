"""Server, edge and a naive third evaluator decide alike; positions and orders end the same in any order."""

import json
import random
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import access_world
import naive_access
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campus_core import schedule as core
from campus_core.access import types, wire
from campus_core.access.decide import decide
from campus_core.access.lockdown import Orders
from campus_core.access.positions import Passage, Positions

WORLDS, DECISIONS = 20, 10_000
#: Moments where clocks change, a leap day begins or ends, or a year does, in UTC.
EDGES = [
    datetime(*when, tzinfo=timezone.utc)
    for when in (
        (2024, 2, 28, 16), (2024, 2, 29, 16), (2024, 2, 29, 0), (2024, 3, 1, 0), (2024, 3, 10, 7),
        (2024, 11, 3, 6), (2024, 3, 31, 1), (2024, 10, 27, 1), (2024, 4, 6, 15), (2024, 10, 5, 15, 30),
        (2024, 12, 31, 16), (2023, 12, 31, 23), (2024, 3, 2, 4),
    )
]  # fmt: skip


def some_moment(rng):
    """Milliseconds; often near a moment where a fault would show."""
    if rng.random() < 0.4:
        return int(rng.choice(EDGES).timestamp() * 1000) + rng.randrange(-10_800_000, 10_800_000)
    return rng.randrange(1_701_388_800_000, 1_738_281_600_000)


def test_server_edge_and_a_naive_evaluator_decide_alike():
    mismatches, opened = [], 0
    for seed in range(WORLDS):
        rng = random.Random(seed + 1000)
        world = access_world.make(seed)
        on_server = access_world.site(world)
        on_edge = wire.site_from_wire(json.loads(json.dumps(wire.site_to_wire(on_server))))
        for _ in range(DECISIONS // WORLDS):
            holder, door, now_ms = rng.randrange(30), rng.choice(world["doors"]), some_moment(rng)
            wanted = naive_access.judge(world, holder, door, now_ms)
            rules = tuple(right["id"] for right in world["rights"] if holder in right["people"])
            for site in (on_server, on_edge):
                person = types.Person(holder, rules)
                verdict = decide(site, site.doors[door["id"]], types.IN, person, types.State(), now_ms)
                if (verdict.granted, verdict.rule) != wanted:
                    mismatches.append((seed, holder, door, now_ms, wanted, verdict))
            opened += wanted[0]
    assert mismatches == []
    assert DECISIONS * 0.1 < opened < DECISIONS * 0.9, "the decisions are of both kinds"


@pytest.mark.parametrize("number", range(len(access_world.ZONES)))
def test_a_schedule_holds_as_the_naive_evaluator_says_for_a_year(number):
    world = access_world.make(number)
    calendar = access_world.core_calendar(world)
    pairs = [(one, access_world.core_schedule(one)) for one in world["schedules"]]
    start = int(datetime(2023, 12, 31, tzinfo=timezone.utc).timestamp())
    for turn, second in enumerate(range(start, start + 370 * 86_400, 37 * 60)):
        plain, made = pairs[turn % len(pairs)]
        now_ms = second * 1000
        assert core.is_open(made, calendar, now_ms) == naive_access.is_open(world, plain, now_ms), now_ms


def test_spans_are_the_minutes_at_which_the_schedule_holds():
    world = access_world.make(3)
    calendar = core.Calendar(terms=access_world.core_calendar(world).terms)
    first, last = date(2024, 2, 26), date(2024, 3, 10)
    for one in world["schedules"]:
        made = access_world.core_schedule(one)
        spans = core.spans(made, calendar, first, last)
        moment = datetime.combine(first, datetime.min.time())
        while moment.date() <= last:
            now_ms = int(moment.replace(tzinfo=timezone.utc).timestamp() * 1000)
            inside = any(begin <= moment < end for begin, end in spans)
            assert core.is_open(made, calendar, now_ms) == inside, moment
            moment += timedelta(minutes=11)


def test_the_naive_evaluator_is_short_and_shares_no_code():
    text = Path(naive_access.__file__).read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 150 and "campus_core" not in text


ZONES = {1: types.Zone(1), 2: types.Zone(2, 1), 3: types.Zone(3, 2), 4: types.Zone(4, 1)}
passages = st.builds(
    Passage,
    holder=st.integers(1, 3),
    zone=st.sampled_from((None, 1, 2, 3, 4)),
    at_ms=st.integers(0, 5),
    edge=st.integers(1, 3),
    number=st.integers(1, 9),
    left=st.sampled_from((None, 1, 2)),
    door=st.sampled_from((None, 7, 8)),
    side=st.sampled_from((None, "in", "out")),
)
histories = st.lists(passages, max_size=12, unique_by=lambda one: (one.edge, one.number))


@given(histories, st.randoms(use_true_random=False))
@settings(max_examples=300)
def test_positions_are_the_same_whatever_is_heard_first_or_twice(history, rng):
    site = types.Site(zones=ZONES)
    heard, other = Positions(site), Positions(site)
    heard.take(history)
    shuffled = history + history[:4]
    rng.shuffle(shuffled)
    for one in shuffled:
        other.take([one])
    assert heard.all() == other.all()
    assert {k: v for k, v in heard.counts().items() if v} == {k: v for k, v in other.counts().items() if v}
    for holder in range(1, 4):
        assert heard.entered(holder) == other.entered(holder)
        assert [heard.at_door(holder, door) for door in (7, 8)] == [
            other.at_door(holder, door) for door in (7, 8)
        ]
    for zone in ZONES:
        assert len(heard.inside(zone)) == heard.counts().get(zone, 0)


@given(histories, st.lists(st.booleans(), min_size=12, max_size=12))
@settings(max_examples=300)
def test_passages_of_a_card_are_the_holders_once_it_is_known_whose_card_it_is(history, is_nameless):
    site = types.Site(zones=ZONES)
    known, learnt = Positions(site), Positions(site)
    known.take(history)
    for one, nameless in zip(history, is_nameless, strict=False):
        learnt.take([one._replace(holder=-one.holder) if nameless and one.zone is not None else one])
    for number in learnt.nameless():
        learnt.rename(number, -number)
    assert not learnt.nameless()
    assert known.all() == learnt.all()
    assert {k: v for k, v in known.counts().items() if v} == {k: v for k, v in learnt.counts().items() if v}
    for holder in range(1, 4):
        assert known.entered(holder) == learnt.entered(holder)
        assert [known.at_door(holder, door) for door in (7, 8)] == [
            learnt.at_door(holder, door) for door in (7, 8)
        ]


orders = st.builds(
    types.Lockdown,
    number=st.integers(-3, 6),
    zone=st.integers(1, 4),
    level=st.sampled_from((types.STAFF, types.NOBODY)),
    is_drill=st.booleans(),
)


@given(
    st.lists(st.one_of(orders, st.tuples(st.lists(orders, max_size=2), st.lists(st.integers(-3, 6))))),
)
def test_an_order_that_has_ended_comes_back_with_a_signed_list_alone(events):
    known, ended, newest = Orders(), set(), 0
    for event in events:
        if isinstance(event, types.Lockdown):
            known.raise_(event)
        else:
            known.settle(*event)
            ended |= set(event[1])
            # only the server of a restored database says so
            ended -= {order.number for order in event[0]} - set(event[1])
            assert {order.number for order in event[0]} - ended <= {order.number for order in known.orders}
        assert not ended & {order.number for order in known.orders}
        assert known.newest >= newest
        newest = known.newest
        known = Orders(known.orders, known.ended)


@given(st.integers(0, 10_000))
@settings(max_examples=60, deadline=None)
def test_a_site_comes_back_from_the_wire_as_it_was(seed):
    made = access_world.site(access_world.make(seed))
    again = wire.site_from_wire(json.loads(json.dumps(wire.site_to_wire(made))))
    assert again == made
    assert wire.site_to_wire(again) == wire.site_to_wire(made)


@given(st.lists(st.integers(1, 500)))
def test_a_list_of_rules_has_one_name_whatever_its_order(rules):
    assert wire.profile(rules) == wire.profile(reversed(rules)) == wire.profile({*rules})
