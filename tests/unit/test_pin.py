"""The PIN: its form, its seal, and the lock that ends guessing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campus_core.credentials import pin

PINS = st.from_regex(r"\A[0-9]{4,6}\Z")
SALT = bytes(range(16))
QUICK = 10


@pytest.mark.parametrize("text", ["", "123", "1234567", "12a4", "１２３４", " 1234", "1234\n", None, 1234])
def test_what_is_not_four_to_six_ascii_digits_is_no_pin(text):
    assert not pin.is_pin(text)


@given(PINS)
def test_a_sealed_pin_matches_itself_and_hides_itself(text):
    sealed = pin.seal(text, SALT, (), QUICK)
    assert pin.matches(text, sealed)
    assert sealed != pin.seal(text, bytes(16), (), QUICK)


@given(PINS, PINS)
def test_another_pin_does_not_match(one, other):
    assert pin.matches(other, pin.seal(one, SALT, (), QUICK)) == (one == other)


@given(st.text())
def test_rubbish_in_the_column_matches_nothing(stored):
    assert not pin.matches("1234", stored)


def test_the_first_guesses_of_everybody_are_weak():
    assert all(map(pin.is_weak, ["0000", "1234", "9876", "1212", "123123", "55555"]))
    assert not any(map(pin.is_weak, ["2580", "1235", "8064", "40719"]))


@given(st.integers(0, 40), st.floats(0, 10**6), st.floats(0, 10**6))
def test_a_lock_ends_unless_it_is_for_good(wrong, last, now):
    wait = pin.locked_for_s(wrong, last, now)
    if wrong >= pin.TRIES_FOR_GOOD:
        assert wait == pin.FOR_GOOD
    else:
        assert wait >= 0
        assert pin.locked_for_s(wrong, last, last + pin.LOCK_S) == 0
        assert wrong % pin.TRIES == 0 or wait == 0


def test_no_more_than_fifteen_guesses_are_ever_answered():
    now, wrong, answered = 0.0, 0, 0
    last = 0.0
    for _try in range(1000):
        wait = pin.locked_for_s(wrong, last, now)
        if wait == pin.FOR_GOOD:
            break
        now += wait
        wrong, last, answered = wrong + 1, now, answered + 1
    assert answered == pin.TRIES_FOR_GOOD
    assert now == 2 * pin.LOCK_S
