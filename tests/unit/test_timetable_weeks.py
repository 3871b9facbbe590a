"""Weeks and periods as people and timetable programs write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campus_core.timetable import weeks


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1-8, 10", {*range(1, 9), 10}),
        ("1-16周(单)", set(range(1, 17, 2))),
        ("{第2-6周|双周}", {2, 4, 6}),
        ("1-8周,10-16周(双)", {*range(1, 9), 10, 12, 14, 16}),
        ("1－3、5，9", {1, 2, 3, 5, 9}),
        ("weeks 2-6 (even)", {2, 4, 6}),
        ("011101110", {2, 3, 4, 6, 7, 8}),
        ("", None),
        ("9-3", None),
        ("0", None),
        ("1-61", None),
        ("Monday", None),
        ("000000000", None),
    ],
)
def test_weeks_are_read_as_people_and_programs_write_them(text, expected):
    assert weeks.weeks_in(text) == expected


@given(st.frozensets(st.integers(1, weeks.WEEK_MAX), min_size=1))
def test_weeks_that_are_written_are_read_again(wanted):
    assert weeks.weeks_in(weeks.weeks_text(wanted)) == wanted


@given(st.text())
def test_no_text_breaks_the_reading(text):
    found = weeks.weeks_in(text)
    assert found is None or found <= set(range(1, weeks.WEEK_MAX + 1))
    weeks.periods_in(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1-2", (1, 2)),
        ("第3,4节", (3, 4)),
        ("0304", (3, 4)),
        ("050607", (5, 7)),
        ("3", (3, 3)),
        ("1,3", None),
        ("0", None),
        ("noon", None),
    ],
)
def test_periods_are_read_as_people_and_programs_write_them(text, expected):
    assert weeks.periods_in(text) == expected
