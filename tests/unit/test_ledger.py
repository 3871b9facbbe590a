"""The ledger's rules as examples that a finance officer would state."""

import datetime as dt

import pytest
from ledger_world import (
    CHANNEL,
    DAY,
    FUND,
    MERCHANT,
    OFFICE,
    SHOP,
    book,
    check,
)

from campus_core.ledger import types as lt
from campus_core.ledger.book import Book
from campus_core.ledger.decide import decide

END = DAY + dt.timedelta(days=30)


def fund(made, number=1, cash=5000, subsidy=0, meal=0):
    made.wallets[number].limit_purchase_minor = made.wallets[number].limit_day_minor = 0
    for plan, amount, expires_on in (("cash", cash, None), ("subsidy", subsidy, END), ("meal", meal, None)):
        if amount:
            request = lt.Post(f"in-{number}-{plan}", "opening", number, CHANNEL, amount, plan, expires_on)
            assert decide(made, request).ok


def plans(outcome):
    return [(part.plan, part.amount_minor) for part in outcome.parts]


def test_what_expires_is_spent_first_then_the_plans_order():
    made = book()
    fund(made, cash=5000, subsidy=300, meal=200)
    outcome = decide(made, lt.Post("a", "purchase", 1, MERCHANT, 1000))
    assert plans(outcome) == [("subsidy", 300), ("meal", 200), ("cash", 500)]
    assert (outcome.before_minor, outcome.after_minor) == (5500, 4500)


def test_money_for_one_place_is_not_spent_at_another_and_the_refusal_says_so():
    made = book()
    fund(made, cash=100, meal=900)
    outcome = decide(made, lt.Post("a", "purchase", 1, SHOP, 500))
    assert outcome.code == "plan_not_usable"
    assert dict(outcome.numbers) == {
        "available_minor": 100,
        "asked_minor": 500,
        "missing_minor": 400,
        "elsewhere_minor": 900,
    }
    assert plans(decide(made, lt.Post("b", "purchase", 1, MERCHANT, 500))) == [("meal", 500)]


def test_too_little_money_is_refused_whole_with_the_missing_amount():
    made = book()
    fund(made, cash=620)
    outcome = decide(made, lt.Post("a", "purchase", 1, MERCHANT, 1800))
    assert outcome.code == "insufficient" and dict(outcome.numbers)["missing_minor"] == 1180
    assert made.wallets[1].available_minor(DAY) == 620


def test_expired_money_buys_nothing_but_can_be_expired():
    made = book()
    fund(made, cash=0)
    yesterday = DAY - dt.timedelta(days=1)
    assert decide(made, lt.Post("in", "gift", 1, FUND, 500, "gift", yesterday)).ok
    assert decide(made, lt.Post("buy", "purchase", 1, MERCHANT, 100)).code == "insufficient"
    assert decide(made, lt.Post("exp", "expiry", 1, FUND, 500, "gift")).ok


def test_a_replay_gets_the_first_answer_also_a_refusal():
    made = book()
    fund(made, cash=100)
    refused = lt.Post("a", "purchase", 1, MERCHANT, 200)
    first = decide(made, refused)
    decide(made, lt.Post("more", "topup", 1, CHANNEL, 1000))
    assert decide(made, refused) == first and not first.ok
    assert decide(made, refused._replace(attempt=1)).ok
    assert decide(made, refused._replace(attempt=2)).ok, "the success answers every later try"
    assert made.wallets[1].available_minor(DAY) == 900


def test_the_same_id_with_other_content_is_a_conflict():
    made = book()
    fund(made)
    assert decide(made, lt.Post("a", "purchase", 1, MERCHANT, 200)).ok
    assert decide(made, lt.Post("a", "purchase", 1, MERCHANT, 201)).code == "conflict"
    assert decide(made, lt.Reserve("a", 1, MERCHANT, 200)).code == "conflict"
    assert made.wallets[1].available_minor(DAY) == 4800


def test_reserved_money_cannot_be_spent_and_is_captured_once():
    made = book()
    fund(made, cash=1000)
    assert decide(made, lt.Reserve("r", 1, MERCHANT, 700)).ok
    assert decide(made, lt.Post("a", "purchase", 1, MERCHANT, 400)).code == "insufficient"
    first = decide(made, lt.Capture("r"))
    assert first.ok and decide(made, lt.Capture("r")) == first
    assert decide(made, lt.Release("r")).code == "reservation_closed"
    assert made.wallets[1].available_minor(DAY) == 300


def test_a_partial_capture_frees_the_rest():
    made = book()
    fund(made, cash=1000, subsidy=300)
    decide(made, lt.Reserve("r", 1, MERCHANT, 700))
    assert decide(made, lt.Capture("r", 701)).code == "capture_exceeds"
    assert plans(decide(made, lt.Capture("r", 350))) == [("subsidy", 300), ("cash", 50)]
    assert made.wallets[1].available_minor(DAY) == 950


def test_a_released_reservation_cannot_be_captured():
    made = book()
    fund(made, cash=1000)
    decide(made, lt.Reserve("r", 1, MERCHANT, 700))
    assert decide(made, lt.Release("r")).ok
    assert decide(made, lt.Capture("r")).code == "reservation_closed"
    assert made.wallets[1].available_minor(DAY) == 1000


def test_partial_refunds_go_back_where_the_money_came_from_last_spent_first():
    made = book()
    fund(made, cash=1000, subsidy=300)
    decide(made, lt.Post("a", "purchase", 1, MERCHANT, 700))
    assert plans(decide(made, lt.Reverse("x", "a", 500))) == [("cash", 400), ("subsidy", 100)]
    assert decide(made, lt.Reverse("y", "a", 300)).code == "reversal_exceeds"
    assert plans(decide(made, lt.Reverse("z", "a"))) == [("subsidy", 200)]
    assert decide(made, lt.Reverse("q", "a")).code == "reversal_exceeds"
    assert decide(made, lt.Reverse("w", "x")).code == "not_reversible"
    assert made.wallets[1].available_minor(DAY) == 1300


def test_a_topup_already_spent_cannot_be_taken_back():
    made = book()
    fund(made, cash=0)
    decide(made, lt.Post("in", "topup", 1, CHANNEL, 500))
    decide(made, lt.Post("a", "purchase", 1, MERCHANT, 400))
    outcome = decide(made, lt.Reverse("x", "in"))
    assert outcome.code == "insufficient" and dict(outcome.numbers)["missing_minor"] == 400


def test_a_late_charge_becomes_debt_that_the_next_topup_repays_first():
    made = book()
    fund(made, cash=100)
    assert plans(decide(made, lt.Post("late", "purchase", 1, MERCHANT, 350, settle=True))) == [
        ("cash", 100),
        ("debt", 250),
    ]
    assert plans(decide(made, lt.Post("in", "topup", 1, CHANNEL, 400))) == [("debt", 250), ("cash", 150)]
    assert made.wallets[1].debt_minor == 0


def test_a_refund_of_repaid_debt_is_money_for_the_holder():
    made = book()
    fund(made, cash=100)
    decide(made, lt.Post("late", "purchase", 1, MERCHANT, 350, settle=True))
    decide(made, lt.Post("in", "topup", 1, CHANNEL, 400))
    assert decide(made, lt.Reverse("x", "late")).ok
    assert (made.wallets[1].debt_minor, made.wallets[1].available_minor(DAY)) == (0, 500)
    check(made)


def test_a_frozen_wallet_takes_money_in_but_gives_none_to_shops():
    made = book()
    fund(made, 2, cash=500)
    assert decide(made, lt.Post("a", "purchase", 2, MERCHANT, 100)).code == "wallet_frozen"
    assert decide(made, lt.Reserve("b", 2, MERCHANT, 100)).code == "wallet_frozen"
    assert decide(made, lt.Post("c", "topup", 2, CHANNEL, 100)).ok


def test_a_closed_wallet_is_closed_to_all_but_opening_and_expiry():
    made = book()
    fund(made, cash=500)
    made.wallets[1].state = lt.CLOSED
    for kind in ("topup", "subsidy", "payout", "fee", "correction_out"):
        assert decide(made, lt.Post(kind, kind, 1, OFFICE, 1)).code == "wallet_closed"


def test_fees_and_payouts_take_only_what_can_be_paid_out():
    made = book()
    fund(made, cash=100, subsidy=900)
    assert decide(made, lt.Post("a", "payout", 1, OFFICE, 200)).code == "plan_not_usable"
    assert plans(decide(made, lt.Post("b", "fee", 1, OFFICE, 100))) == [("cash", 100)]


def test_the_day_limit_counts_reservations_and_forgets_refunds():
    made = book()
    fund(made, cash=10000)
    made.wallets[1].limit_day_minor = 1000
    assert decide(made, lt.Reserve("r", 1, MERCHANT, 600)).ok
    outcome = decide(made, lt.Post("a", "purchase", 1, MERCHANT, 500))
    assert outcome.code == "limit_day" and dict(outcome.numbers)["left_minor"] == 400
    decide(made, lt.Capture("r"))
    decide(made, lt.Reverse("x", "r"))
    assert decide(made, lt.Post("b", "purchase", 1, MERCHANT, 1000)).ok


@pytest.mark.parametrize("amount", [0, -1, 2**31, 10**12])
def test_amounts_out_of_bounds_are_refused(amount):
    assert decide(book(), lt.Post("a", "topup", 1, CHANNEL, amount)).code == "amount_invalid"


def test_a_pocket_never_holds_more_than_its_column_can():
    made = book()
    assert decide(made, lt.Post("a", "topup", 1, CHANNEL, 2**31 - 1)).ok
    assert decide(made, lt.Post("b", "topup", 1, CHANNEL, 1)).code == "amount_invalid"


def test_nothing_known_is_refused_as_not_found():
    made = Book(DAY)
    for request in (
        lt.Post("a", "topup", 9, CHANNEL, 1),
        lt.Reserve("b", 9, MERCHANT, 1),
        lt.Capture("c"),
        lt.Release("d"),
        lt.Reverse("e", "f"),
    ):
        assert decide(made, request).code == "not_found"


def test_a_pin_is_part_of_a_request_only_when_it_was_given():
    """Digests that were stored before there were PINs stay good for replays."""
    plain = lt.Reserve("u1", 1, 2, 300)
    assert lt.digest(plain) == "d9c1beba3cbb64c54ca450f7d28c83df"
    assert lt.digest(plain) != lt.digest(lt.Reserve("u1", 1, 2, 300, pin_given=True))


@pytest.mark.parametrize("kind", ["purchase", "payout"])
def test_a_card_that_may_not_pay_takes_no_money_out(kind):
    made = book(1)
    fund(made)
    made.wallets[1].refused_cards[7] = "card_frozen"
    assert decide(made, lt.Post("a", kind, 1, MERCHANT, 100, card_id=7)).code == "card_frozen"
    assert decide(made, lt.Post("b", kind, 1, MERCHANT, 100, card_id=8)).ok


def test_a_card_that_may_not_pay_sets_no_money_aside_but_takes_money_in():
    made = book(1)
    fund(made)
    made.wallets[1].refused_cards[7] = "card_lost"
    assert decide(made, lt.Reserve("a", 1, MERCHANT, 100, card_id=7)).code == "card_lost"
    assert decide(made, lt.Post("b", "topup", 1, CHANNEL, 100, card_id=7)).ok
    # goods that are gone are charged: that was decided at another time
    assert decide(made, lt.Post("c", "purchase", 1, MERCHANT, 100, card_id=7, settle=True)).ok
