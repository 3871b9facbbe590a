"""The low balance forecast, against a table made by hand and against its own promises."""

import json
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campus_core.alerts import forecast
from campus_core.alerts.forecast import Movement

TABLE = json.loads((Path(__file__).parents[1] / "vectors" / "forecast.json").read_text(encoding="utf-8"))
NOON = datetime(2026, 3, 2, 12)


def spends(case):
    return [
        (datetime.combine(date.fromisoformat(day), time(7 + number)), minor)
        for day, minors in case["days"]
        for number, minor in enumerate(minors)
    ]


def movements(case):
    """The purchases of a case, with balances counted back from the last one."""
    left, made = case["balance_minor"], []
    for number, (at, minor) in reversed(list(enumerate(spends(case), 1))):
        made.insert(0, Movement(number, at, left, minor))
        left += minor
    return made


@pytest.mark.parametrize("case", TABLE["cases"], ids=lambda case: case["name"])
def test_the_table_made_by_hand_holds(case):
    last = movements(case)[-1]
    hits = forecast.announcements(movements(case))
    told = [hit for hit in hits if hit.event_id == last.id]
    assert bool(told) is case["announced"]
    if told:
        assert told[0].facts["average"] == case["average_minor"]
        assert told[0].facts["balance"] == case["balance_minor"]


@pytest.mark.parametrize("case", TABLE["cases"], ids=lambda case: case["name"])
def test_the_average_of_the_table_holds(case):
    first = datetime.combine(spends(case)[-1][0], time()) - timedelta(days=29)
    recent = [(at.date(), minor) for at, minor in spends(case) if at >= first]
    assert forecast.daily_average_minor(recent) == case["average_minor"]


def daily(count, balance, *, start=1, spent=1000, fresh=True):
    return [
        Movement(start + number, NOON + timedelta(days=number), balance, spent, fresh=fresh)
        for number in range(count)
    ]


def test_a_low_balance_is_announced_once_until_the_next_top_up():
    low = daily(14, 500)
    assert [hit.period for hit in forecast.announcements(low, last_top_up_id=7)] == ["top-up-7"]
    topped_up = [*low, Movement(50, low[-1].at, 400, top_up=True), *daily(2, 300, start=60)]
    assert [hit.period for hit in forecast.announcements(topped_up)] == ["top-up-0", "top-up-50"]


def test_a_refund_does_not_announce_the_same_low_balance_again():
    low = daily(12, 500)
    again = [*low, Movement(50, low[-1].at, 600), Movement(51, low[-1].at, 500, 100)]
    assert len(forecast.announcements(again)) == 1


def test_the_past_announces_nothing():
    assert not forecast.announcements(daily(20, 0, fresh=False))


@given(
    st.lists(st.tuples(st.integers(0, 40), st.integers(1, 5000), st.integers(0, 9000)), max_size=40),
    st.integers(1, 15),
)
def test_an_announcement_always_stands_on_enough_taps_and_a_balance_within_the_average(rows, taps_min):
    made = [
        Movement(number, NOON + timedelta(days=day), balance, spent)
        for number, (day, spent, balance) in enumerate(sorted(rows), 1)
    ]
    hits = forecast.announcements(made, taps_min=taps_min)
    assert len(hits) <= 1
    for hit in hits:
        assert hit.facts["taps"] >= taps_min
        assert hit.facts["balance"] <= hit.facts["average"]


@given(st.lists(st.tuples(st.integers(1, 28), st.integers(1, 10**7)), min_size=1, max_size=60))
def test_the_average_covers_what_was_spent_and_not_a_cent_per_day_more(rows):
    spent = [(date(2026, 3, day), minor) for day, minor in rows]
    average = forecast.daily_average_minor(spent, taps_min=1)
    days = len({day for day, _minor in spent})
    total = sum(minor for _day, minor in spent)
    assert (average - 1) * days < total <= average * days
