"""Debt, expired money, two days and two wallets, as a finance officer would state the rules."""

import datetime as dt

from ledger_world import CHANNEL, DAY, FUND, MERCHANT, OFFICE, book, check
from test_ledger import END, fund, plans

from campus_core.ledger import types as lt
from campus_core.ledger.book import Book
from campus_core.ledger.decide import decide


def late(made, amount=350):
    """A sale that was handed out offline and becomes debt as far as the money does not reach."""
    assert decide(made, lt.Post("late", "purchase", 1, MERCHANT, amount, settle=True)).ok


def test_what_is_owed_is_not_paid_out():
    made = book()
    fund(made, cash=0)
    late(made, 1500)
    assert decide(made, lt.Post("in", "correction_in", 1, OFFICE, 1500, "cash")).ok
    assert made.wallets[1].may_leave_minor(DAY) == 0
    outcome = decide(made, lt.Post("out", "payout", 1, OFFICE, 1500))
    assert outcome.code == "debt_first"
    assert dict(outcome.numbers) == {"asked_minor": 1500, "debt_minor": 1500, "left_minor": 0}
    assert decide(made, lt.Post("more", "correction_in", 1, OFFICE, 200, "cash")).ok
    assert decide(made, lt.Post("rest", "payout", 1, OFFICE, 200)).ok


def test_a_topup_is_not_given_back_to_who_owes_it():
    made = book()
    fund(made, cash=0)
    assert decide(made, lt.Post("in", "topup", 1, CHANNEL, 500)).ok
    assert decide(made, lt.Reserve("r", 1, MERCHANT, 400)).ok
    late(made, 400)
    assert decide(made, lt.Release("r")).ok
    assert made.wallets[1].debt_minor == 300
    outcome = decide(made, lt.Reverse("x", "in", 400))
    assert outcome.code == "debt_first" and dict(outcome.numbers)["left_minor"] == 100
    assert decide(made, lt.Reverse("y", "in", 100)).ok


def test_debt_is_repaid_by_other_means_from_the_card_or_given_up_never_more_than_is_owed():
    made = book()
    fund(made, cash=0)
    late(made, 1000)
    assert decide(made, lt.Post("a", "debt_payment", 1, CHANNEL, 1001)).code == "debt_exceeds"
    assert plans(decide(made, lt.Post("b", "debt_payment", 1, CHANNEL, 300))) == [("debt", 300)]
    assert decide(made, lt.Post("in", "correction_in", 1, OFFICE, 300, "cash")).ok
    assert plans(decide(made, lt.Post("c", "debt_settle", 1, OFFICE, 300))) == [("cash", 300)]
    made.wallets[1].state = lt.CLOSED
    assert decide(made, lt.Post("d", "write_off", 1, OFFICE, 401)).code == "debt_exceeds"
    assert decide(made, lt.Post("e", "write_off", 1, OFFICE, 400)).ok
    assert made.wallets[1].debt_minor == 0
    check(made)


def test_expiry_takes_only_what_has_expired():
    made = book()
    fund(made, cash=100, subsidy=500)
    assert decide(made, lt.Post("a", "expiry", 1, FUND, 1, "subsidy")).code == "plan_not_usable"
    made.today = END + dt.timedelta(days=1)
    assert decide(made, lt.Post("b", "expiry", 1, FUND, 500, "subsidy")).ok


def test_a_refund_to_expired_money_says_so():
    made = book()
    fund(made, cash=100, subsidy=500)
    assert decide(made, lt.Post("a", "purchase", 1, MERCHANT, 600)).ok
    made.today = END + dt.timedelta(days=1)
    outcome = decide(made, lt.Reverse("x", "a"))
    assert outcome.ok and dict(outcome.numbers) == {"expired_minor": 500}
    assert outcome.after_minor == 100


def test_limits_and_validity_go_by_the_calendar_day_and_not_by_the_booking_day():
    made = Book(DAY + dt.timedelta(days=1), today=DAY)
    for wallet in book().wallets.values():
        made.add_wallet(wallet)
    fund(made, cash=5000)
    assert decide(made, lt.Post("gift", "gift", 1, FUND, 100, "subsidy", END)).ok
    made.today = made.wallets[1].pockets[1].expires_on
    made.on = made.today + dt.timedelta(days=1)
    assert plans(decide(made, lt.Post("a", "purchase", 1, MERCHANT, 100))) == [("subsidy", 100)]


def test_a_refund_of_another_days_purchase_gives_no_room_in_todays_limit():
    made = book()
    fund(made, cash=10000)
    made.wallets[1].limit_day_minor = 1000
    old = lt.Transfer("old", 1, "purchase", 1, 1010, MERCHANT, 900, "cash", is_of_today=False)
    made.add_transfer(old)
    assert decide(made, lt.Post("a", "purchase", 1, MERCHANT, 600)).ok
    assert decide(made, lt.Reverse("x", "old")).ok
    outcome = decide(made, lt.Post("b", "purchase", 1, MERCHANT, 500))
    assert outcome.code == "limit_day" and dict(outcome.numbers)["left_minor"] == 400


def test_two_wallets_become_one_and_a_later_refund_follows_the_money():
    made = book()
    fund(made, 1, cash=1000)
    fund(made, 3, cash=50)
    made.wallets[3].state = lt.OPEN
    late(made, 300)
    made.join_account_id = OFFICE
    assert decide(made, lt.Post("out", "join_out", 1, OFFICE, 700, "cash")).ok
    assert decide(made, lt.Post("in", "join_in", 3, OFFICE, 700, "cash")).ok
    made.wallets[1].state, made.wallets[1].joined_id = lt.CLOSED, 3
    outcome = decide(made, lt.Reverse("x", "late", 200))
    assert outcome.ok and (outcome.wallet_id, outcome.amount_minor) == (3, 200)
    assert (outcome.before_minor, outcome.after_minor) == (750, 950)
    assert made.wallets[1].available_minor(DAY) == 0
    check(made)


def test_a_debt_moves_with_its_holder():
    made = book()
    fund(made, 1, cash=0)
    late(made, 300)
    assert decide(made, lt.Post("a", "join_in", 1, OFFICE, 300, "debt")).ok
    assert decide(made, lt.Post("b", "join_out", 3, OFFICE, 300, "debt")).ok
    assert (made.wallets[1].debt_minor, made.wallets[3].debt_minor) == (0, 300)
    check(made)


def losses(made):
    """Cents on the account of losses: written off, and not come back."""
    return sum(
        t.amount_minor if t.debit_id == OFFICE else -t.amount_minor
        for transfers in made.transfers.values()
        for t in transfers
        if t.kind == "write_off"
    )


def test_a_refund_of_what_was_written_off_goes_back_to_the_account_of_losses():
    made = book()
    fund(made, cash=200)
    late(made, 1200)
    assert decide(made, lt.Post("paid", "debt_payment", 1, CHANNEL, 300)).ok
    assert decide(made, lt.Post("off", "write_off", 1, OFFICE, 700)).ok
    first = decide(made, lt.Reverse("x", "late", 600))
    assert first.ok and dict(first.numbers) == {"written_off_minor": 600}
    assert (losses(made), made.wallets[1].available_minor(DAY)) == (100, 0)
    rest = decide(made, lt.Reverse("y", "late"))
    assert rest.ok and dict(rest.numbers) == {"written_off_minor": 100}
    assert (losses(made), made.wallets[1].available_minor(DAY)) == (0, 500)
    assert decide(made, lt.Reverse("z", "off")).code == "reversal_exceeds"
    check(made)


def test_a_write_off_that_was_taken_back_is_not_taken_back_by_a_refund_too():
    made = book()
    fund(made, cash=0)
    late(made, 700)
    assert decide(made, lt.Post("off", "write_off", 1, OFFICE, 700)).ok
    undone = decide(made, lt.Reverse("undo", "off"))
    assert undone.ok and not undone.numbers and made.wallets[1].debt_minor == 700
    assert decide(made, lt.Reverse("x", "late")).ok
    assert (losses(made), made.wallets[1].debt_minor, made.wallets[1].available_minor(DAY)) == (0, 0, 0)
    check(made)


def test_a_debt_that_moved_to_another_wallet_is_refunded_there():
    for written_off, cash in ((700, 0), (400, 300)):
        made = book()
        fund(made, cash=0)
        late(made, 700)
        old, new, made.join_account_id = made.wallets[1], made.wallets[3], FUND
        assert decide(made, lt.Post("j", "join_in", 1, FUND, 700, "debt")).ok
        assert decide(made, lt.Post("k", "join_out", 3, FUND, 700, "debt")).ok
        old.state, old.joined_id = lt.CLOSED, 3
        if cash:
            assert decide(made, lt.Post("paid", "debt_payment", 3, CHANNEL, cash)).ok
        assert decide(made, lt.Post("off", "write_off", 3, OFFICE, written_off)).ok
        back = decide(made, lt.Reverse("x", "late"))
        assert back.ok and back.amount_minor == 700
        assert dict(back.numbers) == {"written_off_minor": written_off}
        assert (losses(made), old.debt_minor, new.debt_minor) == (0, 0, 0)
        assert new.available_minor(DAY) == cash
        check(made)


def moved(made, cash=0, debt=0):
    """Join wallet 1 into wallet 3, with what is in its cash pocket and what is owed."""
    made.join_account_id = FUND
    for kind, number, amount, plan in (
        ("join_out", 1, cash, "cash"),
        ("join_in", 3, cash, "cash"),
        ("join_in", 1, debt, "debt"),
        ("join_out", 3, debt, "debt"),
    ):
        if amount:
            assert decide(made, lt.Post(f"{kind}{number}", kind, number, FUND, amount, plan)).ok
    made.wallets[1].state, made.wallets[1].joined_id = lt.CLOSED, 3
    return made.wallets[1], made.wallets[3]


def test_a_topup_of_before_the_wallets_were_joined_is_given_back_from_the_one_that_stays():
    made = book()
    assert decide(made, lt.Post("in", "topup", 1, CHANNEL, 500)).ok
    old, new = moved(made, cash=500)
    back = decide(made, lt.Reverse("x", "in", 300))
    assert back.ok and (back.wallet_id, back.amount_minor, back.after_minor) == (3, 300, 200)
    assert decide(made, lt.Post("p", "purchase", 3, MERCHANT, 150)).ok
    short = decide(made, lt.Reverse("y", "in"))
    assert short.code == "insufficient" and dict(short.numbers)["missing_minor"] == 150
    assert (old.available_minor(DAY), new.available_minor(DAY)) == (0, 50)
    check(made)


def test_who_owes_at_the_wallet_that_stays_gets_no_topup_back():
    made = book()
    assert decide(made, lt.Post("in", "topup", 1, CHANNEL, 500)).ok
    moved(made, cash=500)
    assert decide(made, lt.Post("d", "purchase", 3, MERCHANT, 700, settle=True)).ok
    assert decide(made, lt.Post("c", "correction_in", 3, OFFICE, 500, "cash")).ok
    assert decide(made, lt.Reverse("x", "in", 500)).code == "debt_first"


def test_a_repayment_of_before_is_undone_at_the_wallet_that_stays():
    made = book()
    fund(made, cash=0)
    late(made, 700)
    assert decide(made, lt.Post("paid", "debt_payment", 1, CHANNEL, 700)).ok
    old, new = moved(made)
    back = decide(made, lt.Reverse("x", "paid"))
    assert back.ok and (old.debt_minor, new.debt_minor) == (0, 700)
    assert decide(made, lt.Reverse("y", "paid")).code == "reversal_exceeds"
    check(made)
