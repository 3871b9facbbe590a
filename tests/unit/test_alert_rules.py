"""The pure rules of alerts: windows, odd hours, distances, quiet hours."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campus_core.alerts import distance, odd_hour, quiet_hours, windows
from campus_core.alerts.quiet_hours import NIGHT, QuietHours
from campus_core.alerts.types import Event, Place
from campus_core.alerts.windows import Window

MORNING = datetime(2026, 3, 2, 8)
DAY, WEEK, MONTH = (Window(unit) for unit in ("day", "week", "month"))

EVENTS = st.lists(
    st.builds(
        Event,
        id=st.integers(1, 10**6),
        at=st.integers(0, 60 * 24 * 40).map(lambda minutes: MORNING + timedelta(minutes=minutes)),
        amount_minor=st.integers(-5000, 20000),
        fresh=st.booleans(),
    ),
    max_size=40,
    unique_by=lambda event: event.id,
)
WINDOWS = st.sampled_from([DAY, WEEK, MONTH, Window("hours", 1), Window("hours", 36)])


def buy(number, hours, minor, **values):
    return Event(number, MORNING + timedelta(hours=hours), minor, **values)


def test_a_day_goes_over_its_threshold_once_and_says_by_how_much():
    events = [buy(1, 0, 30000), buy(2, 1, 20000), buy(3, 2, 2340), buy(4, 3, 9900)]
    (hit,) = windows.crossings(events, 50000, DAY)
    assert (hit.period, hit.event_id, dict(hit.facts)) == (
        "2026-03-02",
        3,
        {"total": 52340, "threshold": 50000},
    )


def test_the_threshold_itself_is_not_over_it():
    assert not windows.crossings([buy(1, 0, 50000)], 50000, DAY)


def test_a_new_day_starts_from_nothing():
    events = [buy(1, 0, 40000), buy(2, 16, 20000)]
    assert not windows.crossings(events, 50000, DAY)
    assert len(windows.crossings(events, 50000, WEEK)) == 1


def test_a_refund_is_taken_off_again():
    assert not windows.crossings([buy(1, 0, 40000), buy(2, 1, -40000), buy(3, 2, 20000)], 50000, DAY)


def test_a_late_event_of_yesterday_is_the_one_that_crosses():
    events = [buy(1, 0, 40000, fresh=False), buy(2, 2, 5000, fresh=False), buy(3, 1, 20000)]
    (hit,) = windows.crossings(events, 50000, DAY)
    assert (hit.event_id, hit.facts["total"]) == (3, 65000)


def test_a_sliding_window_forgets_what_is_older_than_its_hours():
    pair = [buy(1, 0, 300), buy(2, 3, 300)]
    assert not windows.crossings(pair, 500, Window("hours", 3))
    assert len(windows.crossings(pair, 500, Window("hours", 4))) == 1


def test_counting_leaves_the_amounts_alone():
    events = [buy(number, number, 1) for number in range(1, 5)]
    assert not windows.crossings(events, 4, DAY, counting=True)
    assert len(windows.crossings(events, 3, DAY, counting=True)) == 1


def test_periods_are_named_by_the_calendar():
    newyear = datetime(2027, 1, 1).date()
    names = [windows.period(unit, newyear) for unit in ("day", "week", "month", "hours")]
    assert names == ["2027-01-01", "2026-W53", "2027-01", "2027-01-01"]


@pytest.mark.parametrize("wrong", [{"unit": "year"}, {"unit": "hours"}, {"unit": "hours", "hours": -1}])
def test_a_window_that_makes_no_sense_is_refused(wrong):
    with pytest.raises(ValueError, match="window"):
        Window(**wrong)


@given(EVENTS, st.integers(0, 30000), WINDOWS, st.booleans())
def test_every_hit_is_over_the_threshold_and_alone_in_its_period(events, threshold, window, counting):
    hits = windows.crossings(events, threshold, window, counting=counting)
    assert len({hit.period for hit in hits}) == len(hits)
    assert all(hit.facts["total"] > threshold for hit in hits)


@given(EVENTS, st.integers(0, 30000), st.sampled_from([DAY, WEEK, MONTH]))
def test_reading_in_two_steps_finds_what_reading_at_once_finds(events, threshold, window):
    """Each step sees all events of the windows that it touches, and judges only the new ones."""
    events = sorted(events, key=lambda event: event.id)
    fresh = [Event(e.id, e.at, e.amount_minor) for e in events]
    stale = [Event(e.id, e.at, e.amount_minor, fresh=False) for e in events]
    half = len(events) // 2
    at_once = {hit.period for hit in windows.crossings(fresh, threshold, window)}
    first = windows.crossings(fresh[:half], threshold, window)
    then = windows.crossings(stale[:half] + fresh[half:], threshold, window)
    assert {hit.period for hit in first + then} == at_once


@given(EVENTS, WINDOWS)
def test_what_counts_together_lies_between_the_start_of_the_window_and_the_event(events, window):
    for event in events:
        start = windows.starts_at(window, event.at)
        assert start <= event.at
        if window.unit != "hours":
            assert windows.period(window.unit, start.date()) == windows.period(window.unit, event.at.date())


def habit(days=25, hours=(12,)):
    return [
        Event(day * 10 + number, datetime(2026, 3, 1) + timedelta(days=day, hours=hour), fresh=False)
        for day in range(days)
        for number, hour in enumerate(hours)
    ]


def at_night(hour, day=25, number=900):
    return Event(number, datetime(2026, 3, 1, hour, 30) + timedelta(days=day))


def test_the_first_use_at_three_in_the_night_is_odd_for_somebody_who_eats_at_noon():
    (hit,) = odd_hour.first_uses([*habit(), at_night(3), at_night(3, number=901)])
    assert (hit.event_id, hit.facts["hour"], hit.facts["uses"]) == (900, 3, 25)


def test_the_second_night_is_a_habit_already():
    hits = odd_hour.first_uses([*habit(), at_night(3), at_night(3, day=26, number=901)])
    assert [hit.event_id for hit in hits] == [900]


@pytest.mark.parametrize("hour", [11, 12, 13])
def test_the_neighbouring_hours_are_not_odd(hour):
    assert not odd_hour.first_uses([*habit(), at_night(hour)])


def test_the_clock_goes_on_around_midnight():
    assert not odd_hour.first_uses([*habit(hours=(23,)), at_night(0)])


def test_nobody_with_few_uses_has_habits():
    assert not odd_hour.first_uses([*habit(days=19), at_night(3, day=20)])


def test_what_is_older_than_the_history_is_forgotten():
    old = [Event(1, datetime(2026, 3, 1, 3), fresh=False)]
    assert not odd_hour.first_uses([*old, *habit(), at_night(3)])
    assert odd_hour.first_uses([*old, *habit(), at_night(3)], history_days=20, uses_min=10)


@given(EVENTS, st.integers(0, 12))
def test_an_odd_hour_has_no_use_near_it_in_the_history(events, uses_min):
    for hit in odd_hour.first_uses(events, uses_min=uses_min, history_days=10):
        for event in events:
            earlier = event.at < hit.at and hit.at - event.at <= timedelta(days=10)
            gap = abs(event.at.hour - hit.at.hour)
            assert not (earlier and min(gap, 24 - gap) <= 1)


NORTH, SOUTH = Place(31.3100, 120.6000), Place(31.2600, 120.6000)


def seen(number, minutes, place, name="", fresh=True):
    return Event(number, MORNING + timedelta(minutes=minutes), place=place, place_name=name, fresh=fresh)


def test_a_twentieth_of_a_degree_of_latitude_is_five_and_a_half_kilometres():
    assert distance.metres(NORTH, SOUTH) == 5560


def test_a_card_that_is_in_both_campuses_within_two_minutes_is_reported():
    (hit,) = distance.too_far([seen(1, 0, NORTH, "North gate"), seen(2, 2, SOUTH, "South canteen")])
    assert dict(hit.facts) == {
        "metres": 5560,
        "seconds": 120,
        "needed": 668,
        "from": "North gate",
        "to": "South canteen",
    }


def test_somebody_who_takes_the_bus_is_not_reported():
    assert not distance.too_far([seen(1, 0, NORTH), seen(2, 12, SOUTH)])


def test_places_that_are_not_known_say_nothing():
    assert not distance.too_far([seen(1, 0, NORTH), seen(2, 1, None), seen(3, 90, SOUTH)])


def test_two_tills_in_one_building_are_near_enough():
    assert not distance.too_far([seen(1, 0, NORTH), seen(2, 0, Place(31.3101, 120.6001))])


def test_a_pair_of_the_past_is_not_reported_again():
    assert not distance.too_far([seen(1, 0, NORTH, fresh=False), seen(2, 1, SOUTH, fresh=False)])


@given(st.floats(-90, 90), st.floats(-180, 180), st.floats(-90, 90), st.floats(-180, 180))
def test_a_distance_is_the_same_both_ways_and_never_more_than_half_the_globe(north, east, south, west):
    one, other = Place(north, east), Place(south, west)
    assert distance.metres(one, other) == distance.metres(other, one)
    assert 0 <= distance.metres(one, other) <= 20_015_115
    assert distance.metres(one, one) == 0


@pytest.mark.parametrize("degrees", [(91, 0), (0, 181), (-90.5, 0)])
def test_a_place_off_the_globe_is_refused(degrees):
    with pytest.raises(ValueError, match="range"):
        Place(*degrees)


@pytest.mark.parametrize(
    ("local", "expected"),
    [
        (datetime(2026, 3, 2, 21, 59), datetime(2026, 3, 2, 21, 59)),
        (datetime(2026, 3, 2, 22), datetime(2026, 3, 3, 7)),
        (datetime(2026, 3, 3, 3, 15), datetime(2026, 3, 3, 7)),
        (datetime(2026, 3, 3, 7), datetime(2026, 3, 3, 7)),
    ],
)
def test_what_falls_into_the_night_waits_until_the_morning(local, expected):
    assert quiet_hours.not_before(NIGHT, local) == expected


MINUTES = st.integers(0, 1439)


@given(MINUTES, MINUTES, st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)))
def test_waiting_ends_within_a_day_and_outside_the_quiet_hours(start, end, local):
    quiet = QuietHours(start, end)
    moment = quiet_hours.not_before(quiet, local)
    assert local <= moment <= local + timedelta(days=1)
    assert not quiet_hours.is_quiet(quiet, moment)
    assert (moment == local) is not quiet_hours.is_quiet(quiet, local)


@pytest.mark.parametrize("minutes", [(-1, 0), (0, 1440)])
def test_a_minute_beyond_the_day_is_refused(minutes):
    with pytest.raises(ValueError, match="1439"):
        QuietHours(*minutes)
