"""Rules at the very value where they turn: what mutation testing has shown that no other test notices."""

import datetime as dt
from types import SimpleNamespace

import pytest
from ledger_world import CHANNEL, DAY, MERCHANT, book
from phone import Phone

from campus_core import errors
from campus_core.credentials import qr_code, uids
from campus_core.ledger import limits, spend
from campus_core.ledger import types as lt
from campus_core.ledger.decide import decide
from campus_core.taps import resolved, told
from campus_core.taps.uid_hour import UidHour

CENT = 1


def funded(cash=1000):
    made = book()
    made.wallets[1].limit_purchase_minor = made.wallets[1].limit_day_minor = 0
    assert decide(made, lt.Post("in", "opening", 1, CHANNEL, cash, "cash")).ok
    return made


# -- cards ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({}, None),
        ({"valid_until": DAY}, None),
        ({"valid_until": DAY - dt.timedelta(days=1)}, errors.CARD_EXPIRED),
        ({"valid_from": DAY}, None),
        ({"valid_from": DAY + dt.timedelta(days=1)}, errors.CARD_NOT_ACTIVE),
        ({"holder_until": DAY - dt.timedelta(days=1)}, errors.CARD_EXPIRED),
        ({"holder_from": DAY + dt.timedelta(days=1)}, errors.CARD_NOT_ACTIVE),
    ],
)
def test_a_card_pays_on_its_first_and_its_last_day_and_on_no_other(values, code):
    refusal = resolved.ResolvedCard(1, 1, "active", **values).refusal(DAY)
    assert (refusal and refusal.code) == code


# -- ledger --------------------------------------------------------------------------


def test_the_refusal_of_a_closed_reservation_names_wallet_state_and_money():
    made = funded()
    assert decide(made, lt.Reserve("r", 1, MERCHANT, 400)).ok
    assert decide(made, lt.Release("r")).ok
    outcome = decide(made, lt.Capture("r", 100))
    assert (outcome.wallet_id, outcome.before_minor, outcome.after_minor) == (1, 1000, 1000)
    other = decide(made, lt.Capture("never", 100))
    assert (other.code, other.wallet_id, other.before_minor) == (errors.NOT_FOUND, 0, 0)


def test_a_reservation_of_one_pocket_that_was_captured_is_closed():
    made = funded()
    assert decide(made, lt.Reserve("r", 1, MERCHANT, 400)).ok
    assert decide(made, lt.Capture("r", 400)).ok
    again = decide(made, lt.Release("r"))
    assert (
        not again.ok and dict(again.numbers).get("state", lt.RESERVATION_CAPTURED) == lt.RESERVATION_CAPTURED
    )


def test_money_that_is_exactly_the_debt_repays_it_and_leaves_no_empty_part():
    wallet = lt.Wallet(1, debt_account_id=9, debt_minor=500)
    pocket = lt.Pocket(2, "cash", 1)
    assert spend.receive(wallet, pocket, lt.KINDS["topup"], 500) == (lt.Part(9, lt.DEBT, 500),)
    more = spend.receive(wallet, pocket, lt.KINDS["topup"], 501)
    assert more == (lt.Part(9, lt.DEBT, 500), lt.Part(2, "cash", 1))


def test_a_debt_is_settled_from_money_that_may_be_paid_out_only():
    assert {kind.code for kind in lt.KINDS.values() if kind.refundable_only} == {
        "fee",
        "payout",
        "debt_settle",
    }


@pytest.mark.parametrize(
    ("limit", "asked", "refused"), [(0, 9, False), (1, 1, False), (1, 2, True), (9, 10, True)]
)
def test_a_limit_allows_itself_and_not_a_cent_more(limit, asked, refused):
    found = limits.purchase_refusal(limit, asked)
    assert bool(found) is refused
    day = limits.refusal(limits.Limits(day_minor=limit), asked, 0)
    assert bool(day) is refused
    pin = limits.refusal(limits.Limits(pin_above_minor=limit), asked, 0)
    assert bool(pin) is refused


def test_an_own_limit_that_is_the_schools_loosens_nothing():
    assert not limits.loosens(500, 500)
    assert limits.loosens(500, 501)
    assert not limits.loosens(0, 501)


# -- told taps -----------------------------------------------------------------------


def test_what_an_edge_has_charged_is_counted_to_the_cent():
    risk = told.Risk({}, {7: 300})
    risk.charge(7, 300)
    assert (risk.card_minor(7), risk.edge_minor) == (0, 0)
    risk.charge(7, CENT)
    assert (risk.card_minor(7), risk.edge_minor) == (1, 1)


def test_a_pocket_below_zero_takes_nothing_from_the_others():
    made = funded(1000)
    made.wallets[1].pockets[0].reserved_minor = 1001
    assert told.usable_minor(made, lt.Post("p", "purchase", 1, MERCHANT, 1)) == 0


def test_a_late_tap_is_held_with_its_age_and_the_limit_in_hours():
    caps = told.Caps(0, None, 5000, 10_000, 50_000, 86_400, 0)
    entry = SimpleNamespace(at_ms=0)
    assert told.held_by_time(entry, caps, 86_400_999) is None
    held = told.held_by_time(entry, caps, 90_000_000)
    assert (held.reason, dict(held.numbers)) == (told.LATE, {"age_h": 25, "limit_h": 24})


def test_an_edge_without_a_limit_for_bare_uids_is_never_full():
    hour = UidHour()
    assert not hour.refuses(10**6)
    hour.charge(10**6)
    assert not hour.refuses(1)


# -- credentials ---------------------------------------------------------------------


@pytest.mark.parametrize(("card", "fits"), [(0, True), (0xFFFF_FFFF, True), (-1, False), (1 << 32, False)])
def test_the_numbers_of_a_certificate_have_32_bits(card, fits):
    if fits:
        assert Phone(card=card).certificate
    else:
        with pytest.raises(ValueError, match="32 bits"):
            Phone(card=card)


def test_a_register_of_used_steps_counts_from_zero_again():
    used = qr_code.UsedSteps(limit=2)
    assert used.count == 0
    assert used.take(1, 10) and used.count == 1
    used.begin_again(0)
    assert used.count == 0


@pytest.mark.parametrize("value", [-1, -1.0])
def test_a_negative_cell_is_no_uid(value):
    with pytest.raises(errors.UidError):
        uids.normalise(value, uids.DEC_BE)


def test_both_numbers_of_a_pair_have_16_bits():
    assert uids.normalise("65535,1", uids.PAIR_BE) == "FFFF0001"
    for text in ("65536,1", "1,65536"):
        with pytest.raises(errors.UidError):
            uids.normalise(text, uids.PAIR_BE)


def test_a_refusal_says_that_nothing_is_elsewhere():
    outcome = decide(funded(100), lt.Post("p", "purchase", 1, MERCHANT, 101))
    assert dict(outcome.numbers)["elsewhere_minor"] == 0


def test_the_facility_of_26_bits_has_8():
    assert [one.hex for one in uids.fragments("255,65535")] == ["FFFFFF", "FFFFFF"]
    assert uids.fragments("256,1") == []
