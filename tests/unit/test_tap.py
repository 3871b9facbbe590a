"""The offline decision as a canteen, a door and an auditor would state it."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campus_core import card_state, errors
from campus_core.errors import Refusal
from campus_core.taps import alone, rules

NOW = 1_790_000_000_000
LIMITS = alone.Limits(tap_minor=5000, card_minor=10_000, edge_minor=50_000, snapshot_age_s=86_400)
TILL = alone.Terminal("T01", "pay", "fixed", 350)
CARD = alone.Card(7, "active", "2026-01-01", "2026-12-31", "李明")
DAY = alone.Request("2026-09-21")
NOTHING = alone.Counters()


def facts(card=CARD, terminal=TILL, version=5, issued_at_ms=NOW - 1000):
    return alone.Facts(version, issued_at_ms, terminal, card)


def decide(known=None, request=DAY, counters=NOTHING, limits=LIMITS, now_ms=NOW):
    return alone.decide(known or facts(), request, counters, limits, now_ms)


def test_a_good_card_pays_the_fixed_amount():
    verdict = decide()
    assert (verdict.outcome, verdict.code, verdict.amount_minor) == ("granted", "ok", 350)
    assert verdict.uncovered_minor == 350 and verdict.numbers["age_s"] == 1


@pytest.mark.parametrize(
    ("state", "code"),
    [
        ("frozen", "card_frozen"), ("lost", "card_lost"), ("expired", "card_expired"),
        ("wallet_frozen", "wallet_frozen"), ("wallet_closed", "wallet_closed"), ("issued", "card_not_active"), ("returned", "card_returned"), ("replaced", "card_replaced"),
        ("no such state", "card_not_active"),
    ],
)  # fmt: skip
def test_only_an_active_card_pays(state, code):
    assert decide(facts(replace(CARD, state=state))).code == code


@pytest.mark.parametrize("purpose", ["door", "attend", "gate"])
def test_a_frozen_wallet_opens_doors_and_a_frozen_card_does_not(purpose):
    terminal = alone.Terminal("D01", purpose)
    assert decide(facts(replace(CARD, state="wallet_frozen"), terminal)).granted
    assert decide(facts(replace(CARD, state="frozen"), terminal)).code == "card_frozen"


@pytest.mark.parametrize(
    ("day", "code"),
    [
        ("2025-12-31", "card_not_active"), ("2026-01-01", "ok"), ("2026-12-31", "ok"),
        ("2027-01-01", "card_expired"),
    ],
)  # fmt: skip
def test_a_card_is_good_on_its_first_and_its_last_day(day, code):
    assert decide(request=alone.Request(day)).code == code


def test_an_unknown_card_is_refused_and_so_is_everything_without_a_snapshot():
    assert decide(facts(None)).code == "unknown_card"
    assert decide(facts(version=0)).code == "snapshot_missing"
    assert decide(facts(terminal=None)).code == "terminal_unknown"
    assert decide(facts(terminal=replace(TILL, enabled=False))).code == "terminal_disabled"


def test_an_old_snapshot_sells_nothing_but_opens_doors():
    old = NOW - 86_401_000
    assert decide(facts(issued_at_ms=old)).code == "snapshot_too_old"
    assert decide(facts(issued_at_ms=NOW - 86_400_000)).code == "ok"
    door = decide(facts(terminal=alone.Terminal("D", "door"), issued_at_ms=old))
    assert door.granted and door.numbers["age_s"] == 86_401


def test_a_balance_is_not_known_offline():
    assert decide(facts(terminal=alone.Terminal("B", "balance"))).code == "try_again"


@pytest.mark.parametrize("mode", ["keyed", "sent"])
def test_a_till_that_is_told_the_amount_needs_one(mode):
    known = facts(terminal=replace(TILL, amount_mode=mode))
    assert decide(known).code == "amount_invalid"
    for wrong in (0, -1, 1 << 40):
        assert decide(known, replace(DAY, amount_minor=wrong)).code == "amount_invalid"
    assert decide(known, replace(DAY, amount_minor=1250)).amount_minor == 1250


def test_a_fixed_terminal_takes_its_own_amount_whatever_is_keyed():
    assert decide(request=replace(DAY, amount_minor=9999)).amount_minor == 350


def test_the_same_tap_within_a_moment_is_a_duplicate():
    assert decide(counters=alone.Counters(last_ms=NOW - 2999)).code == "duplicate_tap"
    assert decide(counters=alone.Counters(last_ms=NOW - 2999)).numbers["after_ms"] == 2999
    assert decide(counters=alone.Counters(last_ms=NOW - 3000)).granted
    # a clock that was set back must not refuse a card for hours
    assert decide(counters=alone.Counters(last_ms=NOW + 1)).granted


def test_a_credential_that_is_not_believed_refuses_before_the_server_is_asked():
    request = replace(DAY, refusal=Refusal(errors.CODE_FORGED))
    assert alone.before_asking(facts(), request, NOTHING, NOW).code == "code_forged"
    assert alone.before_asking(facts(None), DAY, NOTHING, NOW) is None


@pytest.mark.parametrize(
    ("limits", "counters", "code", "left"),
    [
        (replace(LIMITS, tap_minor=349), NOTHING, "offline_cap_tap", 349),
        (LIMITS, alone.Counters(card_minor=9651), "offline_cap_card", 349),
        (LIMITS, alone.Counters(edge_minor=49_651), "offline_cap_edge", 349),
        (alone.Limits(snapshot_age_s=9), NOTHING, "offline_cap_tap", 0),
    ],
)
def test_each_cap_refuses_and_says_what_is_left(limits, counters, code, left):
    verdict = decide(counters=counters, limits=limits)
    assert (verdict.code, verdict.numbers["left_minor"]) == (code, left)


@pytest.mark.parametrize(
    "counters", [alone.Counters(card_minor=9650), alone.Counters(edge_minor=49_650)], ids=["card", "edge"]
)
def test_a_cap_is_reached_by_the_last_cent(counters):
    assert decide(counters=counters).granted


def test_the_limit_of_the_wallet_holds_for_one_purchase_also_with_a_lease():
    verdict = decide(facts(replace(CARD, floor_minor=349, lease_minor=9000)))
    assert (verdict.code, verdict.numbers["limit_minor"]) == ("limit_purchase", 349)
    assert decide(facts(replace(CARD, floor_minor=350))).granted
    assert decide(facts(replace(CARD, floor_minor=0))).granted


def test_a_bare_uid_pays_up_to_its_limit_and_a_credential_that_proves_itself_beyond():
    limits = replace(LIMITS, uid_minor=300)
    bare = replace(DAY, is_bare=True)
    refused = decide(request=bare, limits=limits)
    assert (refused.outcome, refused.code, refused.amount_minor) == ("refused", "limit_uid", 350)
    assert refused.numbers == {"limit_minor": 300}
    assert decide(limits=limits).granted
    assert decide(request=bare, limits=replace(limits, uid_minor=350)).granted
    assert decide(request=bare).granted, "0 is no limit"
    assert decide(facts(terminal=alone.Terminal("D", "door")), bare, limits=limits).granted
    assert decide(facts(replace(CARD, lease_minor=9999)), bare, limits=limits).code == "limit_uid"


def test_a_lease_pays_where_every_cap_is_full():
    full = alone.Counters(card_minor=0, edge_minor=50_000)
    verdict = decide(
        facts(replace(CARD, lease_minor=350)), counters=full, limits=replace(LIMITS, tap_minor=0)
    )
    assert (verdict.code, verdict.rule, verdict.uncovered_minor) == ("ok", "lease", 0)


def test_what_goes_beyond_a_lease_counts_towards_the_caps():
    verdict = decide(facts(replace(CARD, lease_minor=200)))
    assert (verdict.code, verdict.uncovered_minor) == ("ok", 150)


money = st.integers(0, 20_000)


@given(
    taps=st.lists(st.tuples(st.integers(1, 3), st.integers(1, 8000)), max_size=40),
    limits=st.builds(alone.Limits, money, money, st.integers(0, 60_000), st.just(60)),
    leases=st.dictionaries(st.integers(1, 3), money),
    floors=st.dictionaries(st.integers(1, 3), money),
)
def test_no_sequence_of_offline_taps_exceeds_a_cap(taps, limits, leases, floors):
    spent, edge = {}, 0
    for number, amount in taps:
        lease = leases.get(number, 0)
        card = alone.Card(number, "active", floor_minor=floors.get(number), lease_minor=lease)
        known = alone.Facts(1, NOW, replace(TILL, amount_mode="keyed"), card)
        counters = alone.Counters(spent.get(number, 0), edge)
        verdict = alone.decide(known, alone.Request("2026-09-21", amount), counters, limits, NOW)
        if verdict.granted:
            spent[number] = spent.get(number, 0) + amount
            edge += verdict.uncovered_minor
            assert verdict.uncovered_minor <= limits.tap_minor
            assert not card.floor_minor or amount <= card.floor_minor
    risk = {number: rules.uncovered(total, leases.get(number, 0)) for number, total in spent.items()}
    assert edge == sum(risk.values()) <= limits.edge_minor
    assert max(risk.values(), default=0) <= limits.card_minor


purposes = st.sampled_from(["pay", "door", "attend", "gate", "balance"])


@given(
    terminal=st.none() | st.builds(alone.Terminal, st.just("T"), purposes, st.sampled_from(sorted(rules.AMOUNT_MODES)),
                                   st.integers(-5, 9000), st.booleans()),
    card=st.none() | st.builds(alone.Card, st.just(1), st.sampled_from([*card_state.STATES, "wallet_frozen"])),
    amount=st.none() | st.integers(),
    version=st.integers(0, 2),
    issued=st.integers(0, 2 * NOW),
    counters=st.builds(alone.Counters, money, money, st.none() | st.integers(0, 2 * NOW)),
)  # fmt: skip
def test_every_tap_gets_an_answer_with_a_known_code(terminal, card, amount, version, issued, counters):
    known = alone.Facts(version, issued, terminal, card)
    verdict = alone.decide(known, alone.Request("2026-09-21", amount), counters, LIMITS, NOW)
    assert (verdict.code == "ok") is verdict.granted
    assert verdict.granted or verdict.code in errors.CODES
    if verdict.granted:
        assert card.state == "active" or (card.state == "wallet_frozen" and terminal.purpose != "pay")
        assert (verdict.amount_minor is not None) is (terminal.purpose == "pay")
