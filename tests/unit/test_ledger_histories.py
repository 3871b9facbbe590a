"""The ledger's rules under random histories of requests, sensible and foolish ones."""

import copy

from hypothesis import given, settings
from hypothesis import strategies as st
from ledger_world import DAY, MERCHANT, SHOP, Requests, book, check, total_minor, wallet

from campus_core.ledger import types as lt
from campus_core.ledger.book import Book
from campus_core.ledger.decide import decide, run


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 2**32))
def test_histories_of_ten_thousand_operations_keep_every_invariant(seed):
    made, requests = book(), Requests(seed)
    moved = 0
    for step in range(10_000):
        request = requests.next()
        before = len(made.fresh.transfers)
        known = any(e.outcome.ok for e in made.register.get((request.uuid, "birth"), ()))
        outcome = decide(made, request)
        if not outcome.ok or (known and isinstance(request, lt.Post | lt.Reserve | lt.Reverse)):
            assert len(made.fresh.transfers) == before, "a refusal or replay moves nothing"
        moved += outcome.ok
        if step % 2_500 == 0:
            check(made)
    sums = check(made)
    assert moved > 2_000 and any(sums.values()), "the history is not empty"


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32), st.integers(50, 400))
def test_replaying_a_whole_history_changes_nothing(seed, length):
    made, requests = book(), Requests(seed)
    history = [requests.next() for _ in range(length)]
    answers = run(made, history)
    replayed = 0
    for request, answer in zip(history, answers, strict=True):
        # A refused capture or release may be tried again; everything else has its first answer.
        is_close = isinstance(request, lt.Capture | lt.Release)
        if answer.ok or (not is_close and answer.code != "conflict"):
            before = (total_minor(made), len(made.fresh.transfers), copy.deepcopy(made.wallets))
            assert decide(made, request) == answer
            assert (total_minor(made), len(made.fresh.transfers), made.wallets) == before
            replayed += 1
    assert replayed
    check(made)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32), st.randoms(use_true_random=False))
def test_the_order_of_operations_on_different_wallets_does_not_matter(seed, shuffle):
    histories = []
    for number in (1, 2, 3):
        requests = Requests(seed + number, wallets=1)
        own = []
        for _ in range(150):
            request = requests.next()
            if getattr(request, "wallet_id", 1) != 1:
                continue
            own.append(request._replace(wallet_id=number) if hasattr(request, "wallet_id") else request)
        histories.append(own)
    in_turn, mixed = book(3), book(3)
    for own in histories:
        run(in_turn, own)
    queues = copy.copy([list(own) for own in histories])
    while any(queues):
        queue = shuffle.choice([q for q in queues if q])
        decide(mixed, queue.pop(0))
    assert total_minor(mixed) == total_minor(in_turn)
    assert mixed.wallets == in_turn.wallets


@given(
    st.lists(st.integers(0, 5000), min_size=4, max_size=4),
    st.integers(1, 25_000),
    st.sampled_from([MERCHANT, SHOP]),
)
def test_a_charge_is_all_or_nothing_and_adds_up(balances, amount, merchant):
    made = Book(DAY)
    made.add_wallet(wallet(1))
    for pocket, balance in zip(made.wallets[1].pockets, balances, strict=True):
        pocket.balance_minor = balance
    outcome = decide(made, lt.Post("a", "purchase", 1, merchant, amount))
    spent = sum(balances) - sum(p.balance_minor for p in made.wallets[1].pockets)
    assert spent == (amount if outcome.ok else 0)
    assert all(p.balance_minor >= 0 for p in made.wallets[1].pockets)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32), st.integers(50, 600))
def test_no_refund_gives_a_holder_money_that_was_written_off(seed, length):
    made, requests = book(2), Requests(seed, wallets=2)
    for _ in range(length):
        before = len(made.fresh.transfers)
        decide(made, requests.next_about_debt())
        for t in made.fresh.transfers[before:]:
            if t.kind == "debt_return":
                assert not open_losses(made, t.wallet_id), "the school's loss comes first"
    check(made)
    assert all(open_losses(made, number) >= 0 for number in made.wallets)


def open_losses(made, wallet_id):
    """Cents of a wallet that were written off and have not come back."""
    return sum(
        -t.amount_minor if t.reverses else t.amount_minor
        for lines in made.transfers.values()
        for t in lines
        if t.kind == "write_off" and t.wallet_id == wallet_id
    )
