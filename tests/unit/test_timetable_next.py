"""The next lesson and the time to it."""

from datetime import date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from campus_core.timetable.next import minutes_to, next_of
from campus_core.timetable.types import Occurrence

DAY = date(2026, 9, 7)

lessons = st.builds(
    lambda number, days, start, length, gone: Occurrence(
        *(
            number,
            DAY,
            0,
            DAY + timedelta(days=days),
            start,
            start + length,
            None,
            frozenset(),
            frozenset(),
            gone,
        )
    ),
    st.integers(1, 99),
    st.integers(0, 3),
    st.integers(0, 1439),
    st.integers(1, 300),
    st.booleans(),
)


def moments(made):
    midnight = datetime(made.day.year, made.day.month, made.day.day)
    return midnight + timedelta(minutes=made.start_min), midnight + timedelta(minutes=made.end_min)


@given(st.lists(lessons, max_size=8), st.integers(0, 5 * 1440))
def test_nothing_that_takes_place_begins_before_the_next_lesson(made, minutes):
    now = datetime(2026, 9, 7) + timedelta(minutes=minutes)
    coming = [one for one in made if not one.is_cancelled and moments(one)[1] > now]
    found = next_of(made, now)
    assert (found is None) == (not coming)
    if found:
        assert found in coming
        assert moments(found)[0] == min(moments(one)[0] for one in coming)
        assert timedelta(minutes=minutes_to(found, now)) == moments(found)[0] - now


def test_a_running_lesson_is_the_next_until_its_last_minute():
    made = Occurrence(1, DAY, 0, DAY, 480, 580, None, frozenset(), frozenset())
    assert next_of([made], datetime(2026, 9, 7, 9, 39, 59)) is made
    assert next_of([made], datetime(2026, 9, 7, 9, 40)) is None
    assert minutes_to(made, datetime(2026, 9, 7, 8, 5)) == -5
