"""Keys at a terminal: amounts and emergency codes, as somebody at a fruit stall keys them."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campus_edge.protocols.key_pads import KeyboardPad, SerialPad
from campus_edge.readers import keypad
from campus_edge.readers.keypad import Keypad, Said

KEYS = "0123456789#*C<.?"
ARMED = keypad.ARMED


def said(keys, pad=None, now_ms=1_000, is_keyed=True):
    return (pad or Keypad(50_000)).press(keys, now_ms, is_keyed)


def last(keys, pad=None, now_ms=1_000, is_keyed=True):
    found = said(keys, pad, now_ms, is_keyed)
    return found[-1] if found else None


@pytest.mark.parametrize(
    ("keys", "amount_minor"),
    [
        ("350#", 350), ("1#", 1), ("50000#", 50_000), ("3.5#", 350), ("3.50#", 350), (".5#", 50), ("12.#", 1200),
        ("0350#", 350), ("35<50#", 350), ("99*350#", 350), ("99C350#", 350), ("3.4<5#", 350),
    ],
)  # fmt: skip
def test_an_amount_is_keyed(keys, amount_minor):
    pad = Keypad(50_000)
    assert last(keys, pad) == Said(ARMED, amount_minor)
    assert pad.armed_minor(1_001) == amount_minor and not pad.is_typing(1_001)


@pytest.mark.parametrize("keys", ["#", "0#", "00#", ".#", "3.501#", "3..5#", "?", "35?0", "3.5.0#"])
def test_what_is_no_amount_arms_nothing(keys):
    pad = Keypad(50_000)
    assert Said(keypad.UNCLEAR) in said(keys, pad)
    assert pad.armed_minor(1_001) is None


def test_the_display_follows_the_keys():
    assert said("350#") == [
        Said(keypad.TYPING, 3), Said(keypad.TYPING, 35), Said(keypad.TYPING, 350), Said(ARMED, 350)
    ]  # fmt: skip
    assert last("350<") == Said(keypad.TYPING, 35)
    assert said("5", is_keyed=False) == []


def test_the_maximum_holds_and_is_told():
    for keys in ("50001", "500.01", "9999999"):
        pad = Keypad(50_000)
        assert Said(keypad.TOO_MUCH, 50_000) in said(keys, pad)
        assert Said(keypad.TOO_MUCH, 50_000) == last("2#", pad), "the rest is no amount"
        assert pad.armed_minor(1_001) is None and not pad.is_typing(1_001)
    pad = Keypad(50_000)
    said("350#", pad)
    assert last("60000#", pad) == Said(keypad.TOO_MUCH, 50_000)
    assert pad.armed_minor(1_001) == 350
    for wrong in (0, -1, keypad.MAXIMUM_MINOR + 1):
        with pytest.raises(ValueError):
            Keypad(wrong)


def test_clearing_takes_first_what_is_typed_and_then_the_amount():
    for clear in "*C":
        pad = Keypad(50_000)
        said("350#", pad)
        said("9.", pad)
        assert last(clear, pad) == Said(keypad.CLEARED, 350)
        assert pad.armed_minor(1_001) == 350
        assert last(clear, pad) == Said(keypad.CLEARED)
        assert pad.armed_minor(1_001) is None


def test_an_amount_and_a_half_typed_one_are_forgotten_in_time():
    pad = Keypad(50_000, wait_ms=60_000)
    said("12", pad, now_ms=1_000)
    assert pad.is_typing(1_000 + keypad.PAUSE_MS) and not pad.is_typing(1_001 + keypad.PAUSE_MS)
    assert last("350#", pad, now_ms=1_001 + keypad.PAUSE_MS) == Said(ARMED, 350)
    at_ms = 1_001 + keypad.PAUSE_MS
    assert pad.armed_minor(at_ms + 59_999) == 350 and pad.left_ms(at_ms + 59_999) == 1
    assert pad.armed_minor(at_ms + 60_000) is None
    assert last("#", pad, now_ms=at_ms + 60_000) == Said(keypad.UNCLEAR)


def test_what_is_paid_is_forgotten():
    pad = Keypad(50_000)
    said("350#", pad)
    pad.paid()
    assert pad.armed_minor(1_001) is None and pad.left_ms(1_001) == 0


def test_an_emergency_code_is_keyed_after_the_amount_or_where_none_is_keyed():
    shown = Said(keypad.SHOWN, credential="emergency:2025001#48152637")
    assert last("2025001*48152637#", is_keyed=False) == shown
    pad = Keypad(50_000)
    said("350#", pad)
    assert last("2025001*4815", pad) == Said(keypad.CODE, digits=4)
    assert pad.is_typing(1_001)
    assert last("2637#", pad) == shown
    assert pad.armed_minor(1_001) == 350, "a refused code leaves the amount for a card"
    assert "48152637" not in repr(shown)


@pytest.mark.parametrize(
    "keys", ["2025001#", "1*123#", "*12345678#", "12345678#", "1*1234567*8#", "1*123456789", "1" * 21]
)
def test_what_is_no_emergency_code_is_none(keys):
    found = said(keys, is_keyed=False)
    assert not any(each.credential for each in found) and Said(keypad.UNCLEAR) in found


def test_a_code_that_takes_too_long_is_begun_anew():
    pad = Keypad()
    said("2025001*4815", pad, now_ms=0, is_keyed=False)
    assert last("2637#", pad, now_ms=1 + keypad.PAUSE_MS, is_keyed=False) == Said(keypad.UNCLEAR)


@given(st.integers(1, 50_000), st.text("?.*C<#0123456789", max_size=12))
def test_whatever_was_keyed_before_an_amount_after_a_clear_is_that_amount(amount_minor, before):
    pad = Keypad(50_000)
    said(before, pad)
    said("CC", pad)
    assert last(f"{amount_minor}#", pad) == Said(ARMED, amount_minor)
    said("CC", pad)
    assert last(f"{amount_minor // 100}.{amount_minor % 100:02d}#", pad) == Said(ARMED, amount_minor)


@given(st.text(KEYS, max_size=80), st.booleans(), st.integers(1, keypad.MAXIMUM_MINOR))
def test_no_keys_arm_more_than_the_maximum_or_keep_more_than_a_few_digits(keys, is_keyed, maximum_minor):
    pad = Keypad(maximum_minor)
    for each in said(keys, pad, is_keyed=is_keyed):
        if each.what == ARMED:
            assert is_keyed and 0 < each.amount_minor <= maximum_minor
    assert len(pad._typed) <= keypad.NUMBER_DIGITS_MAX + 1
    assert (pad.armed_minor(1_001) or 1) <= maximum_minor
    assert is_keyed or pad.armed_minor(1_001) is None


@given(st.text(KEYS, max_size=40), st.lists(st.integers(0, 40), max_size=4), st.booleans())
def test_keys_mean_the_same_in_any_pieces(keys, cuts, is_keyed):
    places = sorted({min(cut, len(keys)) for cut in cuts} | {0, len(keys)})
    pad = Keypad(50_000)
    pieces = [keys[start:end] for start, end in itertools.pairwise(places)]
    assert [each for piece in pieces for each in said(piece, pad, is_keyed=is_keyed)] == said(
        keys, is_keyed=is_keyed
    )


@pytest.mark.parametrize("make", [SerialPad, KeyboardPad])
@given(data=st.binary(max_size=300))
def test_noise_at_a_keypad_raises_nothing(make, data):
    decoder = make()
    for event in decoder.feed(data):
        assert set(getattr(event, "keys", "")) <= set(KEYS)
