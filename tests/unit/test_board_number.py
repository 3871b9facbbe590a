"""The numbers of cards at controller boards."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campus_core.access import board_number
from campus_core.access.board_number import FORMS, W26_BE, W26_LE, W34_BE, W34_LE

FOUR_BYTES = st.binary(min_size=4, max_size=4).map(lambda raw: raw.hex().upper())


@pytest.mark.parametrize(
    ("form", "number"), [(W26_BE, 16145763), (W26_LE, 17841220), (W34_BE, 77705923), (W34_LE, 3283263748)]
)
def test_a_number_is_what_a_wiegand_reader_sends(form, number):
    assert board_number.number_of("04A1B2C3", form) == number


def test_a_short_number_keeps_its_place_after_the_facility():
    assert board_number.number_of("00010007", W26_BE) == 100007


def test_a_longer_uid_has_no_number():
    assert {board_number.number_of("04A1B2C3D4E5F6", form) for form in FORMS} == {0}


def test_another_form_is_refused():
    with pytest.raises(ValueError):
        board_number.number_of("04A1B2C3", "hex_be")


@given(FOUR_BYTES, st.sampled_from(FORMS))
def test_a_board_can_keep_every_number(uid, form):
    assert 0 <= board_number.number_of(uid, form) < 1 << 32


@given(st.dictionaries(st.integers(1, 50), FOUR_BYTES, max_size=20), st.sampled_from(FORMS))
def test_no_two_cards_have_one_number(cards, form):
    given_numbers = board_number.numbers(cards, form)
    assert given_numbers.keys() == cards.keys()
    real = [number for number in given_numbers.values() if number]
    assert len(real) == len(set(real))
    for card, number in given_numbers.items():
        assert number in (0, board_number.number_of(cards[card], form))


def test_cards_that_share_a_number_get_none():
    cards = {1: "04A1B2C3", 2: "05A1B2C3", 3: "0401B2C3"}
    assert board_number.numbers(cards, W26_BE) == {1: 0, 2: 0, 3: 145763}
