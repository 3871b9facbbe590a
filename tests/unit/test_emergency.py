"""The emergency code: once a day, capped, five tries."""

import datetime
import secrets

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campus_core import errors
from campus_core.credentials import emergency

TODAY = datetime.date(2026, 9, 1)
TOMORROW = TODAY + datetime.timedelta(days=1)
CODE = "48152637"
STORED = emergency.hash_code(CODE, bytes(range(16)))
FRESH = emergency.EmergencyState()


def decide(state, code=CODE, amount_minor=1000, today=TODAY):
    state, refusal = emergency.decide(state, STORED, code, amount_minor, 2000, today)
    return state, refusal.code if refusal else "ok"


def test_the_right_code_pays_once_a_day():
    state, code = decide(FRESH)
    assert (state, code) == (emergency.EmergencyState(used_on=TODAY), "ok")
    assert decide(state) == (state, "emergency_used")
    assert decide(state, today=TOMORROW)[1] == "ok"


def test_a_clock_set_back_gives_no_second_use():
    assert decide(emergency.EmergencyState(used_on=TOMORROW))[1] == "emergency_used"


def test_five_wrong_codes_lock_it_until_tomorrow():
    state, left = FRESH, []
    for _ in range(5):
        state, refusal = emergency.decide(state, STORED, "00000000", 1000, 2000, TODAY)
        assert refusal.code == "emergency_wrong"
        left.append(refusal.numbers["tries_left"])
    assert left == [4, 3, 2, 1, 0]
    assert decide(state) == (state, "emergency_locked")
    assert decide(state, today=TOMORROW)[1] == "ok"
    assert decide(state, code="00000000", today=TOMORROW)[0].wrong == 1


def test_what_looks_at_no_code_costs_no_try():
    assert decide(FRESH, code="00000000", amount_minor=2001) == (FRESH, "emergency_cap")
    assert decide(FRESH, amount_minor=2000)[1] == "ok"
    used = emergency.EmergencyState(used_on=TODAY)
    assert decide(used, code="00000000") == (used, "emergency_used")


@settings(max_examples=10, deadline=None)
@given(st.lists(st.sampled_from([CODE, "00000000"]), max_size=8))
def test_whatever_is_tried_in_a_day_pays_at_most_once(codes):
    state, answers = FRESH, []
    for code in codes:
        state, answer = decide(state, code)
        answers.append(answer)
    assert answers.count("ok") <= 1
    assert answers.count("emergency_wrong") <= 5
    assert state.wrong <= 5


def test_a_code_is_eight_digits_and_its_hash_is_salted():
    code = emergency.make_code(secrets.randbelow)
    assert len(code) == 8 and code.isdigit()
    assert emergency.make_code(lambda below: 7) == "00000007"
    assert code not in emergency.hash_code(code, bytes(16))
    assert emergency.hash_code(code, bytes(16)) != emergency.hash_code(code, bytes([1] * 16))
    assert STORED.startswith("scrypt$14$-$")
    with pytest.raises(ValueError, match="16 bytes"):
        emergency.hash_code(code, b"")


@pytest.mark.parametrize(
    "stored", ["", "scrypt$99$-$" + "0" * 32 + "$" + "0" * 64, "plain$48152637", STORED[:-1]]
)
def test_a_broken_hash_is_no_codes(stored):
    assert not emergency.is_code(CODE, stored)


@pytest.mark.parametrize("text", ["2025001#48152637", " 2025001#4815 2637 ", "2025001 #48-15-26-37"])
def test_a_code_is_read_as_people_write_it(text):
    assert emergency.parse(text) == ("2025001", CODE)


@pytest.mark.parametrize(
    "text", ["", "#48152637", "2025001#4815263", "2025001#481526377", "2025001", "a#b#12345678"]
)
def test_a_mistyped_code_is_malformed(text):
    with pytest.raises(errors.CredentialError) as caught:
        emergency.parse(text)
    assert caught.value.code == "credential_malformed"
