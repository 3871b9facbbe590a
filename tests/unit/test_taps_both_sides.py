"""One rule for both sides: what the server answers to a tap that asks, an edge on its own answers too.

Random taps (cards in every state, terminals of every purpose, any amount, limits of bare credentials, frozen
wallets, validities of card and holder, chips that have to speak, printed numbers) are decided by ``charge``
as the server does and by ``alone`` as an edge does with the list that the server would have sent it. Code and
numbers are the same wherever both can know. They differ here, and nowhere else:

- *Money* (``insufficient``, ``limit_uid_hour``): a list of cards states no balance and no hour. The edge grants
  within its caps. The server asks for the hour before it asks the wallet, so the edge may name the wallet instead.
- *Limits of a day* (``limit_day``, ``pin_needed``): a list states the least of all limits as the most that one
  purchase may be, and not what was spent today. The edge says ``limit_purchase``.
- *Caps of an edge on its own* (``offline_cap_*``, ``snapshot_too_old``, ``duplicate_tap``): they are about the
  network being away. The server has granted, or has refused for money.
- *A balance* is known to the server alone: the edge says ``try_again``.
- *A card whose chip has to speak* is in the list without its UID, so that nobody finds it on a stolen disk: to
  the edge its bare UID is ``unknown_card``, to the server ``sun_needed`` or, of a card in a state that ends
  before the chip is asked, the same.
- *A printed number* is looked up by the server alone, and only the server knows where numbers are taken
  (``number_refused``): the edge says ``try_again``.
- *Numbers that one side alone has*: the age of the list (``age_s``), and what was spent today (``spent_minor``).
"""

import datetime as dt
from typing import NamedTuple

from hypothesis import event, given, settings
from hypothesis import strategies as st

from campus_core import card_state, errors
from campus_core.errors import Refusal
from campus_core.ledger import limits as wallet_limits
from campus_core.ledger import types as lt
from campus_core.ledger.book import Book
from campus_core.money import MAX_MINOR
from campus_core.taps import alone, charge, resolved, rules, told, wire
from campus_core.taps.uid_hour import UidHour

NOW = 1_790_000_000_000
ON = dt.date(2026, 9, 21)
MERCHANT = 90
SERVER_ONLY = {errors.INSUFFICIENT, errors.LIMIT_UID_HOUR}
LIMITS = {errors.LIMIT_PURCHASE, errors.LIMIT_DAY, errors.PIN_NEEDED}
EDGE_ONLY = {
    errors.OFFLINE_CAP_TAP, errors.OFFLINE_CAP_CARD, errors.OFFLINE_CAP_EDGE, errors.SNAPSHOT_TOO_OLD,
    errors.DUPLICATE_TAP,
}  # fmt: skip
#: What the server asks of the wallet after the hour of the edge.
BEHIND_THE_HOUR = {errors.LIMIT_PURCHASE}
#: Numbers that only one side has.
OWN_NUMBERS = {"age_s", "spent_minor"}


class Tap(NamedTuple):
    """What a person holds to a reader, and what is so in the database at that moment."""

    terminal: resolved.Terminal | None
    card: resolved.ResolvedCard | None
    credential: str
    amount_minor: int | None
    is_chip_bound: bool
    uid_limit_minor: int
    hour_minor: int
    balance_minor: int
    limits: alone.Limits
    counters: alone.Counters
    age_s: int


def mostly(usual, other):
    """``usual``, and once in eight ``other``: refusals that come early would hide those that come late."""
    return st.integers(0, 7).flatmap(lambda number: other if number == 7 else usual)


near = st.integers(-3, 3).map(lambda days: ON + dt.timedelta(days))
days = mostly(st.none(), near)
money = st.integers(0, 3000)
limits_of_wallets = mostly(st.just(0), money)
terminals = st.builds(
    resolved.Terminal,
    id=st.just(1),
    purpose=mostly(st.just(wire.PAY), st.sampled_from(sorted(wire.PURPOSES))),
    enabled=mostly(st.just(True), st.just(False)),
    amount_mode=st.sampled_from(sorted(rules.AMOUNT_MODES)),
    amount_minor=mostly(st.just(350), st.sampled_from([0, -1])),
    merchant_id=st.just(MERCHANT),
    accepts_numbers=st.booleans(),
)
cards = st.builds(
    resolved.ResolvedCard,
    card_id=st.just(1),
    wallet_id=st.just(1),
    state=mostly(st.just(card_state.PAYS), st.sampled_from(card_state.STATES)),
    valid_from=days,
    valid_until=days,
    holder_from=days,
    holder_until=days,
    wallet_state=mostly(st.just(lt.OPEN), st.sampled_from([lt.FROZEN, lt.CLOSED])),
    limit_purchase_minor=limits_of_wallets,
    limit_day_minor=limits_of_wallets,
    pin_above_minor=limits_of_wallets,
)
taps = st.builds(
    Tap,
    terminal=mostly(terminals, st.none()),
    card=mostly(cards, st.none()),
    credential=st.sampled_from(["uid:04A1B2C3", "uid:04A1B2C3", "qr:x", "number:C1"]),
    amount_minor=mostly(money, st.none() | st.sampled_from([-1, 0, 1, MAX_MINOR, MAX_MINOR + 1])),
    is_chip_bound=mostly(st.just(False), st.just(True)),
    uid_limit_minor=limits_of_wallets,
    hour_minor=limits_of_wallets,
    balance_minor=st.integers(0, 5000),
    limits=mostly(
        st.just(alone.Limits(MAX_MINOR, MAX_MINOR, MAX_MINOR, 3600)),
        st.builds(alone.Limits, money, money, money, st.integers(0, 60)),
    ),
    counters=mostly(
        st.just(alone.Counters()),
        st.builds(alone.Counters, money, money, st.none() | st.integers(NOW - 4000, NOW)),
    ),
    age_s=st.integers(0, 120),
)


def stated_minor(tap):
    """The amount in the journal's entry: an edge states the one of its own list."""
    if tap.terminal is None or tap.terminal.purpose != wire.PAY or tap.terminal.amount_mode == rules.FIXED:
        return None
    return tap.amount_minor


def is_hidden(tap):
    return tap.is_chip_bound and tap.credential.startswith("uid:")


def server(tap):
    """What the server answers, with the card that a credential leads to as its readers find it."""
    purpose = tap.terminal.purpose if tap.terminal else wire.PAY
    entry = wire.TapEntry(
        1, "tap", "0190f3e0-0000-7000-8000-000000000001", "T", NOW, purpose, tap.credential, None,
        stated_minor(tap), "ask", None, None, None, 5,
    )  # fmt: skip
    refusal = tap.card and rules.shown_refusal(
        tap.credential,
        accepts_numbers=bool(tap.terminal and tap.terminal.accepts_numbers),
        has_to_prove_itself=tap.is_chip_bound,
    )
    found = refusal.code if refusal else tap.card or errors.UNKNOWN_CARD
    judged = charge.judge(entry, tap.terminal, found, charge.Terms(ON, NOW, tap.uid_limit_minor))
    book = Book(ON)
    pocket = lt.Pocket(10, "cash", 0, tap.balance_minor)
    terms = tap.card.wallet_terms if tap.card else (lt.OPEN, 0, 0, 0)
    book.add_wallet(lt.Wallet(1, terms[0], [pocket], 11, 0, *terms[1:]))
    return charge.conclude(book, judged, told.Risk(), UidHour(tap.hour_minor, NOW))


def listed(tap):
    """The card as the server's list states it (``campus.snapshot._cards``); None where it is not in it."""
    card = tap.card
    if card is None or is_hidden(tap) or tap.credential.startswith(rules.NUMBER):
        return None
    is_shut = card.state == card_state.PAYS and card.wallet_state != lt.OPEN
    limits = wallet_limits.Limits(*card.wallet_terms[1:])
    first, last = (
        rules.later(card.valid_from, card.holder_from),
        rules.earlier(card.valid_until, card.holder_until),
    )
    return alone.Card(
        card.card_id,
        f"wallet_{card.wallet_state}" if is_shut else card.state,
        first and first.isoformat(),
        last and last.isoformat(),
        floor_minor=wallet_limits.most_minor(limits, 0) or 0,
    )


def edge(tap):
    """What an edge answers on its own."""
    terminal = tap.terminal
    terminal = terminal and alone.Terminal(
        "T", *terminal[1:2], terminal.amount_mode, terminal.amount_minor, terminal.enabled
    )
    facts = alone.Facts(5, NOW - tap.age_s * 1000, terminal, listed(tap))
    is_number = tap.credential.startswith(rules.NUMBER)
    refusal = Refusal(errors.TRY_AGAIN) if is_number else None
    is_bare = tap.credential.startswith(rules.BARE)
    request = alone.Request(ON.isoformat(), tap.amount_minor, refusal, is_bare)
    limits = alone.Limits(
        *(getattr(tap.limits, name) for name in alone.Limits.__slots__[:4]), tap.uid_limit_minor
    )
    return alone.decide(facts, request, tap.counters, limits, NOW)


def shared_numbers(numbers):
    return {name: value for name, value in numbers.items() if name not in OWN_NUMBERS}


def check(tap, decision, verdict):
    """Hold the two answers against each other; returns what kind of pair it was."""
    codes = (decision.code, verdict.code)
    early = {errors.TERMINAL_UNKNOWN, errors.TERMINAL_DISABLED, errors.AMOUNT_INVALID}
    if tap.credential.startswith(rules.NUMBER) and decision.code not in early:
        assert verdict.code in (errors.TRY_AGAIN, errors.DUPLICATE_TAP)
        return "number"
    if decision.code in SERVER_ONLY:
        behind = BEHIND_THE_HOUR if decision.code == errors.LIMIT_UID_HOUR else set()
        assert verdict.code == "ok" or verdict.code in EDGE_ONLY | behind, codes
        return "money"
    if verdict.code in EDGE_ONLY:
        assert decision.code == "ok" or verdict.code == errors.DUPLICATE_TAP or is_behind(tap, decision), (
            codes
        )
        return "edge's own"
    if tap.terminal and tap.terminal.purpose == wire.BALANCE and decision.code == "ok":
        assert verdict.code == errors.TRY_AGAIN
        return "balance"
    if is_hidden(tap) and tap.card and decision.code not in early:
        assert codes == (errors.SUN_NEEDED, errors.UNKNOWN_CARD)
        return "chip"
    if decision.code in LIMITS:
        assert verdict.code == errors.LIMIT_PURCHASE, codes
        return "limit"
    assert codes == (decision.code, decision.code)
    assert decision.outcome == verdict.outcome
    assert shared_numbers(decision.numbers) == shared_numbers(verdict.numbers), codes
    return decision.code


def is_behind(tap, decision):
    """Say whether the server's refusal comes after the age of the list, which only the edge asks for."""
    return decision.code in LIMITS and tap.age_s > tap.limits.snapshot_age_s


@settings(max_examples=600)
@given(taps)
def test_a_tap_is_refused_by_the_same_rule_on_both_sides(tap):
    event(check(tap, server(tap), edge(tap)))


def test_every_shared_refusal_is_met_with_its_numbers():
    """The examples that the random taps must not lose: code and numbers word for word."""
    terminal = resolved.Terminal(1, wire.PAY, True, rules.KEYED, 0, MERCHANT, False, True)
    card = resolved.ResolvedCard(1, 1, "active")
    most = alone.Limits(MAX_MINOR, MAX_MINOR, MAX_MINOR, 3600)
    good = Tap(terminal, card, "uid:04A1B2C3", 100, False, 0, 0, 5000, most, alone.Counters(), 1)
    yesterday, tomorrow = ON - dt.timedelta(1), ON + dt.timedelta(1)
    cases = [
        (good, "ok", {}),
        (good._replace(terminal=None), "terminal_unknown", {}),
        (good._replace(terminal=terminal._replace(enabled=False)), "terminal_disabled", {}),
        (good._replace(amount_minor=0), "amount_invalid", {"maximum_minor": MAX_MINOR}),
        (good._replace(card=None), "unknown_card", {}),
        (good._replace(card=card._replace(state="frozen")), "card_frozen", {"state": "frozen"}),
        (good._replace(card=card._replace(state="requested")), "card_not_active", {"state": "requested"}),
        (
            good._replace(card=card._replace(valid_until=tomorrow, holder_until=yesterday)),
            "card_expired",
            {"valid_until": "2026-09-20"},
        ),
        (
            good._replace(card=card._replace(valid_from=tomorrow, holder_from=yesterday)),
            "card_not_active",
            {"valid_from": "2026-09-22"},
        ),
        (good._replace(card=card._replace(wallet_state="frozen")), "wallet_frozen", {}),
        (good._replace(card=card._replace(wallet_state="closed")), "wallet_closed", {}),
        (good._replace(uid_limit_minor=99), "limit_uid", {"limit_minor": 99}),
        (
            good._replace(card=card._replace(limit_purchase_minor=99)),
            "limit_purchase",
            {"limit_minor": 99, "asked_minor": 100, "left_minor": 99},
        ),
    ]
    for tap, code, numbers in cases:
        for answer in (server(tap), edge(tap)):
            assert (answer.code, shared_numbers(answer.numbers)) == (code, numbers)
