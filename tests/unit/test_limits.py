"""Limits: the refusal comes exactly above the limit and explains itself."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campus_core import errors
from campus_core.ledger import limits
from campus_core.ledger.limits import Limits

SUMS = st.integers(0, 1000)


def test_zero_is_no_limit():
    assert limits.refusal(Limits(), 2_147_483_647, 2_147_483_647) is None
    assert limits.most_minor(Limits(), 5) is None


@pytest.mark.parametrize(
    ("given_limits", "asked", "spent", "expected"),
    [
        (Limits(purchase_minor=100), 100, 500, None),
        (Limits(purchase_minor=100), 101, 0, ("limit_purchase", 100, 0, 101, 100)),
        (Limits(day_minor=300), 100, 200, None),
        (Limits(day_minor=300), 101, 200, ("limit_day", 300, 200, 101, 100)),
        (Limits(day_minor=300), 1, 400, ("limit_day", 300, 400, 1, 0)),
        (Limits(pin_above_minor=50), 50, 0, None),
        (Limits(pin_above_minor=50), 1, 50, ("pin_needed", 50, 50, 1, 0)),
    ],
)
def test_a_refusal_carries_its_numbers(given_limits, asked, spent, expected):
    answer = limits.refusal(given_limits, asked, spent)
    if expected is None:
        assert answer is None
        return
    names = ("limit_minor", "spent_minor", "asked_minor", "left_minor")
    assert answer == errors.Refusal(expected[0], dict(zip(names, expected[1:], strict=True)))


def test_a_pin_lifts_the_pin_sum_and_nothing_else():
    both = Limits(day_minor=100, pin_above_minor=50)
    assert limits.refusal(both, 60, 0).code == errors.PIN_NEEDED
    assert limits.refusal(both, 60, 0, pin_given=True) is None
    assert limits.refusal(both, 101, 0, pin_given=True).code == errors.LIMIT_DAY


def test_a_limit_that_no_pin_lifts_is_named_first():
    assert limits.refusal(Limits(10, 10, 10), 11, 0).code == errors.LIMIT_PURCHASE
    assert limits.refusal(Limits(0, 10, 10), 11, 0).code == errors.LIMIT_DAY


@given(SUMS, SUMS, SUMS, SUMS, st.booleans())
def test_the_most_is_what_is_not_refused(purchase, day, pin, spent, pin_given):
    some = Limits(purchase, day, pin)
    most = limits.most_minor(some, spent, pin_given=pin_given)
    if most is None:
        assert limits.refusal(some, 10**9, spent, pin_given=pin_given) is None
        return
    assert most == 0 or limits.refusal(some, most, spent, pin_given=pin_given) is None
    assert limits.refusal(some, most + 1, spent, pin_given=pin_given) is not None


def test_senseless_sums_are_programming_errors():
    with pytest.raises(ValueError, match="day_minor"):
        Limits(day_minor=-1)
    for asked, spent in ((0, 0), (-1, 0), (1, -1)):
        with pytest.raises(ValueError, match="positive"):
            limits.refusal(Limits(), asked, spent)


@given(SUMS, SUMS)
def test_the_tighter_of_two_limits_counts(school, own):
    tighter = limits.tighter_minor(school, own)
    assert tighter in (school, own)
    assert all(not limit or 0 < tighter <= limit for limit in (school, own))
    assert limits.loosens(school, own) == (school > 0 and own > school)
