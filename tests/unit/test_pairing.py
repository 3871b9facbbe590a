"""Pairing codes: readable, guessed by nobody, stored as a digest."""

import secrets

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campus_core.devices import pairing

codes = st.text(alphabet=pairing.ALPHABET, min_size=pairing.LENGTH, max_size=pairing.LENGTH)


def test_no_letter_looks_like_another():
    assert not set(pairing.ALPHABET) & set("01OILU")
    assert len(pairing.ALPHABET) ** pairing.LENGTH > 2**48


@given(codes)
def test_a_code_is_read_back_however_it_is_typed(code):
    typed = f"  {pairing.shown(code).lower().replace('-', ' - ')} "
    assert pairing.normalise(pairing.shown(code)) == pairing.normalise(typed) == code


@given(st.text(max_size=30))
def test_what_is_read_is_always_a_code(text):
    code = pairing.normalise(text)
    assert code is None or (len(code) == pairing.LENGTH and set(code) <= set(pairing.ALPHABET))


@pytest.mark.parametrize("wrong", [None, 7, "", "ABCDE-FGHJ", "ABCDE-FGHJK2", "ABCDE-FGHJ0", "A" * 5000])
def test_what_is_no_code_is_none(wrong):
    assert pairing.normalise(wrong) is None


def test_codes_differ_and_so_do_their_digests():
    many = {pairing.new_code(secrets.choice) for _ in range(200)}
    assert len(many) == len({pairing.digest(code) for code in many}) == 200
    assert not any(code in pairing.digest(code) for code in many)
