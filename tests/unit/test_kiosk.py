"""The session at a kiosk: how long it lasts and what counts as a second proof."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campus_core.credentials import kiosk_rules

TIMES = st.integers(0, 10**6)


@given(TIMES, TIMES, st.integers(1, 10**4))
def test_a_session_never_outlasts_its_bounds(opened, later, wait):
    now = opened + later
    ends = kiosk_rules.ends_at_s(opened, now, wait)
    assert ends <= opened + kiosk_rules.SESSION_MAX_S
    assert ends <= now + wait + kiosk_rules.GRACE_S
    assert ends in (opened + kiosk_rules.SESSION_MAX_S, now + wait + kiosk_rules.GRACE_S)


def test_a_session_that_waits_no_time_is_a_mistake():
    for wait in (0, -1):
        with pytest.raises(ValueError, match="more than 0 seconds"):
            kiosk_rules.ends_at_s(0, 0, wait)


@pytest.mark.parametrize(
    ("first", "second", "counts"),
    [
        ("physical", "phone", True),
        ("phone", "physical", True),
        ("temporary", "phone", True),
        ("phone", "temporary", True),
        ("physical", "physical", False),
        ("physical", "temporary", False),
        ("phone", "phone", False),
    ],
)
def test_a_second_key_is_one_that_is_not_lost_with_the_first(first, second, counts):
    assert kiosk_rules.is_second_proof(first, second) is counts
