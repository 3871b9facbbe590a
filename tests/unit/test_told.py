"""What an edge says on its own word: an honest one is believed, a stolen one takes no more than a risk."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campus_core.ledger import types as lt
from campus_core.ledger.book import Book
from campus_core.taps import alone, charge, resolved, told, wire
from campus_core.taps.uid_hour import UidHour

NOW = 1_790_000_000_000
HOUR = 3_600_000
CAPS = told.Caps(0, None, 5000, 10_000, 50_000, 86_400, 0)
MERCHANT = 90
TERMINAL = resolved.Terminal(1, "pay", True, "keyed", 0, MERCHANT)
ON = dt.date(2026, 9, 21)


def entry(**values):
    defaults = {
        "seq": 1, "kind": "tap", "uuid": "0190f3e0-0000-7000-8000-000000000001", "terminal": "T",
        "at_ms": NOW, "purpose": "pay", "credential": "uid:04A1B2C3", "card": None, "amount_minor": 100,
        "mode": "told", "outcome": "granted", "code": "ok", "rule": None, "snapshot": 5,
    }  # fmt: skip
    return wire.TapEntry(**defaults | values)


def wallet(number, balance_minor, debt_minor=0):
    pocket = lt.Pocket(number * 10, "cash", 0, balance_minor)
    return lt.Wallet(number, "open", [pocket], number * 10 + 1, debt_minor)


def book(*wallets):
    made = Book(ON)
    for one in wallets:
        made.add_wallet(one)
    return made


def decide(ledger, given, risk=None, card=None, is_shown=True, history=(CAPS,), listed=None):
    terms = charge.Terms(ON, NOW, 0, history)
    judged = charge.judge(
        given, TERMINAL, card or resolved.ResolvedCard(1, 1, "active"), terms, told.Proof(is_shown, listed)
    )
    return charge.conclude(ledger, judged, risk or told.Risk(debt_limit_minor=1000), UidHour())


# -- caps of the list that was used --------------------------------------------------


def test_the_caps_are_those_of_the_list_that_the_edge_had():
    old = CAPS._replace(until_ms=NOW, tap_minor=900)
    new = CAPS._replace(version=10, tap_minor=100)
    assert told.caps_of((old, new), 10, NOW) == old
    assert told.caps_of((old, new), 11, NOW) == new
    assert told.caps_of((old, new), 0, NOW) is None
    assert told.caps_of((), 7, NOW) is None


def test_an_edge_that_was_away_while_caps_were_lowered_is_believed_and_nobody_else():
    old = CAPS._replace(until_ms=NOW - HOUR, uid_minor=500)
    new = CAPS._replace(version=10, tap_minor=100, uid_minor=0)
    assert told.caps_of((old, new), 10, NOW) == old
    assert told.caps_of((old, new), 10, old.until_ms + CAPS.snapshot_age_s * 1000) == old
    long_after = old.until_ms + CAPS.snapshot_age_s * 1000 + 1
    assert told.caps_of((old, new), 10, long_after)[2:] == (100, 10_000, 50_000, 86_400, 500)


# -- what is held --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "is_shown", "reason"),
    [
        ({"amount_minor": 5001}, True, "over_cap"),
        ({"amount_minor": 2_147_483_647}, True, "over_cap"),
        ({"snapshot": 0}, True, "over_cap"),
        ({"at_ms": NOW - 25 * HOUR}, True, "late"),
        ({"at_ms": 0}, True, "late"),
        ({"at_ms": NOW + HOUR}, True, "clock"),
        ({}, False, "unsupported"),
    ],
)
def test_what_no_honest_edge_says_is_kept_and_not_charged(values, is_shown, reason):
    ledger = book(wallet(1, 1_000_000))
    decision = decide(ledger, entry(**values), is_shown=is_shown)
    assert (decision.outcome, decision.code, decision.review) == ("granted", "held", (reason,))
    assert not ledger.fresh.transfers


@pytest.mark.parametrize(
    ("listed", "values", "reason"),
    [
        (told.Listed(4, 99), {}, "over_cap"),
        (told.Listed(4, 100), {}, None),
        (told.Listed(4, 0), {}, None),
        (told.Listed(5, 99), {}, None),
        (told.Listed(4, 0, True), {}, "unsupported"),
        (told.Listed(4, 0, True), {"credential": "sun:x"}, None),
        (told.Listed(5, 0, True), {}, None),
    ],
)
def test_what_the_list_forbade_is_held_and_what_came_later_is_not_doubted(listed, values, reason):
    decision = decide(book(wallet(1, 1000)), entry(**values), listed=listed)
    assert (decision.code, decision.review) == (("held", (reason,)) if reason else ("ok", ()))


@given(st.integers(0, 3000), st.integers(1, 6000))
def test_a_limit_in_the_list_is_the_same_on_both_sides(floor, amount):
    card = alone.Card(1, "active", floor_minor=floor)
    facts = alone.Facts(5, NOW, alone.Terminal("T", "pay", "keyed"), card)
    limits = alone.Limits(*CAPS[2:7])
    verdict = alone.decide(facts, alone.Request("2026-09-21", amount), alone.Counters(), limits, NOW)
    decision = decide(book(wallet(1, 9000)), entry(amount_minor=amount), listed=told.Listed(4, floor))
    assert (decision.code == "ok") == verdict.granted


def test_a_bare_uid_keeps_to_the_limit_that_its_list_had():
    caps = CAPS._replace(uid_minor=99)
    ledger = book(wallet(1, 1000))
    assert decide(ledger, entry(), history=(caps,)).review == ("over_cap",)
    assert decide(ledger, entry(credential="sun:x"), history=(caps,)).code == "ok"


def test_what_an_honest_edge_granted_may_become_debt_up_to_the_ceiling():
    ledger = book(wallet(1, 50))
    first = decide(ledger, entry(amount_minor=1050))
    assert (first.code, first.numbers["debt_minor"], first.review) == ("ok", 1000, ("short",))
    second = decide(ledger, entry(amount_minor=1, uuid="0190f3e0-0000-7000-8000-000000000002"))
    assert (second.code, second.review) == ("held", ("debt_limit",))
    assert ledger.wallets[1].debt_minor == 1000


def test_a_lease_is_no_risk():
    risk = told.Risk({1: 3000}, {1: 5000}, 0)
    assert (risk.card_minor(1), risk.edge_minor) == (0, 0)
    assert told.held_by_caps(CAPS, risk, 1, 7000) is None
    risk.charge(1, 7000)
    assert (risk.card_minor(1), risk.edge_minor) == (5000, 5000)
    assert told.held_by_caps(CAPS, risk, 1, 5001).numbers["limit_minor"] == 5000


amounts = st.integers(1, 6000)
sales = st.lists(st.tuples(st.integers(1, 4), amounts), max_size=40)
leases = st.dictionaries(st.integers(1, 4), st.integers(0, 3000))


@given(sales, leases)
def test_what_an_honest_edge_may_grant_the_server_books(wanted, leases):
    """The same caps on both sides: whatever ``alone.decide`` grants is not held."""
    limits = alone.Limits(*CAPS[2:7])
    risk, spent, edge_minor = told.Risk({}, leases, 10**9), {}, 0
    terminal = alone.Terminal("T", "pay", "keyed")
    for card, amount in wanted:
        known = alone.Card(card, "active", lease_minor=leases.get(card, 0))
        counters = alone.Counters(spent.get(card, 0), edge_minor)
        facts = alone.Facts(5, NOW, terminal, known)
        verdict = alone.decide(facts, alone.Request("2026-09-21", amount), counters, limits, NOW)
        held = told.held_by_caps(CAPS, risk, card, amount)
        assert (held is None) == verdict.granted
        if verdict.granted:
            spent[card] = spent.get(card, 0) + amount
            edge_minor += verdict.uncovered_minor
            risk.charge(card, amount)


@given(sales, leases)
def test_a_thief_takes_no_more_than_the_caps(wanted, leases):
    ledger = book(*(wallet(number, 100_000) for number in range(1, 5)))
    risk = told.Risk({}, leases, 1000)
    for number, (card, amount) in enumerate(wanted):
        shown = resolved.ResolvedCard(card, card, "active")
        uuid = f"0190f3e0-0000-7000-8000-{number:012x}"
        decide(ledger, entry(uuid=uuid, amount_minor=amount), risk, shown)
    taken = {number: 100_000 - ledger.pockets[number * 10].balance_minor for number in range(1, 5)}
    assert all(minor <= CAPS.card_minor + leases.get(card, 0) for card, minor in taken.items())
    assert sum(taken.values()) <= CAPS.edge_minor + sum(leases.values())


# -- the end of a tap ------------------------------------------------------------------

FIRST = told.Stated(1, 1, "ask", "pay", "uid:****B2C3", 7, 3, 350)


def test_only_the_edge_that_asked_says_what_became_of_its_tap():
    assert told.may_end(FIRST, FIRST)
    assert told.may_end(FIRST._replace(card=None, amount_minor=None), FIRST)
    others = {
        "edge_id": 2, "company_id": 2, "purpose": "door", "credential": "uid:****EEDD", "terminal_id": 8,
        "card": 4, "amount_minor": 351,
    }  # fmt: skip
    for name, value in others.items():
        assert not told.may_end(FIRST._replace(**{name: value}), FIRST), name
    assert not told.may_end(FIRST._replace(terminal_id=None), FIRST)
    assert not told.may_end(FIRST, FIRST._replace(mode="told")), "who has told once has said it all"


@pytest.mark.parametrize(
    ("final_ms", "first_ms", "is_late"),
    [
        (NOW, NOW - 300, False), (NOW, NOW - 900_000, False), (NOW, NOW - 900_001, True),
        (NOW - 300_001, NOW, True), (NOW - 25 * HOUR, NOW - 25 * HOUR, True),
    ],
)  # fmt: skip
def test_an_end_is_believed_for_a_quarter_of_an_hour(final_ms, first_ms, is_late):
    assert told.is_late_end(final_ms, first_ms, NOW, (CAPS,)) is is_late


# -- whose UID it was --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at_ms", "card"),
    [
        (NOW - 1, 1), (NOW, 2), (NOW + HOUR, 2), (NOW - 10 * HOUR, 1), (NOW - 10 * HOUR - 300_000, 1),
        (NOW - 11 * HOUR, None),
    ],
)  # fmt: skip
def test_a_uid_belongs_to_who_had_it_then(at_ms, card):
    holdings = [told.UidPeriod(1, NOW - 10 * HOUR, NOW), told.UidPeriod(2, NOW, None)]
    assert told.card_at(holdings, at_ms) == card


def test_two_cards_at_one_moment_are_none():
    holdings = [told.UidPeriod(1, 0, NOW), told.UidPeriod(2, NOW + 1000, None)]
    assert told.card_at(holdings, NOW + 500) is None
    assert told.card_at([], NOW) is None
    assert told.card_at([holdings[0]._replace(until_ms=None)], NOW) == 1
