"""The PIN of doors: right, under duress, wrong, and how often it may be wrong."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campus_core.access import door_pin
from campus_core.access.door_pin import DURESS, RIGHT, WRONG, Tries

SALT = bytes(16)
COST = 10


@settings(max_examples=30)
@given(st.from_regex(r"[0-9]{4,8}", fullmatch=True), st.from_regex(r"[0-9]{4,8}", fullmatch=True))
def test_a_pin_is_right_one_higher_is_duress_and_all_else_is_wrong(pin, other):
    sealed = door_pin.seal(pin, SALT, COST)
    assert door_pin.said(pin, sealed) == RIGHT
    assert door_pin.said(door_pin.under_duress(pin), sealed) == DURESS
    if other not in (pin, door_pin.under_duress(pin)):
        assert door_pin.said(other, sealed) == WRONG


def test_nine_becomes_nought_under_duress():
    assert door_pin.under_duress("1239") == "1230"


@pytest.mark.parametrize("typed", ["", "1", "123", "123456789", "12a4", "１２３４"])
def test_what_has_not_the_form_of_a_pin_is_wrong(typed):
    assert door_pin.said(typed, door_pin.seal("0000", SALT, COST)) == WRONG
    with pytest.raises(ValueError):
        door_pin.seal(typed, SALT, COST)


def test_a_hash_that_cannot_be_read_takes_no_pin():
    assert door_pin.said("1234", "") == WRONG


def test_tries_are_limited_within_the_window_and_forgotten_after_a_right_one():
    tries = Tries(3, 1_000)
    for now_ms in (0, 10, 20):
        assert not tries.is_locked("a", now_ms)
        tries.wrong("a", now_ms)
    assert tries.is_locked("a", 999)
    assert not tries.is_locked("b", 999)
    assert not tries.is_locked("a", 1_000)
    tries.right("a")
    assert not tries.is_locked("a", 30)
