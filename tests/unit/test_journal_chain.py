"""Where a journal stands: numbers that are missing."""

from hypothesis import given
from hypothesis import strategies as st

from campus_core.taps.journal_chain import Ranges

RANGE = st.tuples(st.integers(1, 60), st.integers(0, 10)).map(lambda pair: (pair[0], sum(pair)))


@given(st.lists(RANGE, max_size=8), st.integers(-5, 80))
def test_a_number_is_in_the_ranges_when_it_is_in_one(ranges, number):
    assert (number in Ranges(ranges)) is any(first <= number <= last for first, last in ranges)


@given(st.lists(RANGE, max_size=8), RANGE)
def test_what_is_missing_of_a_range_is_what_no_range_has(ranges, asked):
    known, (first, last) = Ranges(ranges), asked
    parts = known.missing(first, last)
    numbers = [number for start, end in parts for number in range(start, end + 1)]
    assert numbers == [number for number in range(first, last + 1) if number not in known]
    assert all(start <= end for start, end in parts)
