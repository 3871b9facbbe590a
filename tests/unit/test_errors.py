"""Codes are a contract: each has a description, errors and refusals carry them."""

import pickle

import pytest

from campus_core import errors

WIRE_CODES = [
    "unknown_card",
    "card_not_active",
    "card_frozen",
    "card_lost",
    "card_expired",
    "card_replaced",
    "card_returned",
    "wallet_frozen",
    "wallet_closed",
    "insufficient",
    "limit_purchase",
    "limit_day",
    "pin_needed",
    "plan_not_usable",
    "conflict",
    "not_found",
    "not_reversible",
    "reversal_exceeds",
    "reservation_closed",
    "capture_exceeds",
    "amount_invalid",
    "day_closed",
]


def test_codes_on_the_wire_never_disappear():
    assert set(WIRE_CODES) <= set(errors.CODES)


def test_every_constant_has_a_description_and_the_other_way_round():
    constants = {value for name, value in vars(errors).items() if name.isupper() and isinstance(value, str)}
    assert constants == set(errors.CODES)
    assert all(text and text.endswith(".") for text in errors.CODES.values())


def test_an_error_carries_code_and_numbers():
    error = errors.MoneyError(errors.MONEY_OUT_OF_RANGE, asked=5, limit=3)
    assert isinstance(error, errors.CampusError)
    assert error.code == "money_out_of_range"
    assert dict(error.numbers) == {"asked": 5, "limit": 3}
    assert str(error) == "The amount is too large. (asked=5, limit=3)"


def test_an_error_survives_pickling():
    error = pickle.loads(pickle.dumps(errors.UidError(errors.UID_LENGTH, length=5)))
    assert type(error) is errors.UidError
    assert (error.code, dict(error.numbers)) == ("uid_length", {"length": 5})


def test_unknown_codes_are_programming_errors():
    with pytest.raises(ValueError, match="unknown error code"):
        errors.CampusError("no_such_code")
    with pytest.raises(ValueError, match="unknown refusal code"):
        errors.Refusal("no_such_code")


def test_a_refusal_is_a_frozen_value():
    numbers = {"asked": 500, "left": 200}
    refusal = errors.Refusal(errors.INSUFFICIENT, numbers)
    numbers["asked"] = 0
    assert refusal.numbers["asked"] == 500
    assert refusal == errors.Refusal(errors.INSUFFICIENT, {"left": 200, "asked": 500})
    assert len({refusal, errors.Refusal(errors.INSUFFICIENT, {"left": 200, "asked": 500})}) == 1
    assert str(refusal) == "Not enough money. (asked=500, left=200)"
    with pytest.raises(AttributeError):
        refusal.code = "conflict"
    with pytest.raises(TypeError):
        refusal.numbers["asked"] = 1
    assert str(errors.Refusal(errors.CARD_LOST)) == "The card is reported lost."
