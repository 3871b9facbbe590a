"""What an edge has sold alone counts as long as the server counts it: in one outage, in the next, after a restart."""

from hypothesis import given
from hypothesis import strategies as st

from campus_core.taps import alone, told
from campus_edge.journal import store
from campus_edge.journal.journal import Journal
from campus_edge.taps.exposure import Exposure
from support.edge_entries import draft
from support.edge_entries import told as told_entry
from support.edge_rig import KEY

DAY_S = 86_400
HOUR_MS = 3_600_000
CAPS = told.Caps(0, None, 5000, 10_000, 30_000, DAY_S, 0)


def counters(exposure, elapsed_ms, card=7):
    return exposure.counters(card, "no duplicate", elapsed_ms, elapsed_ms, DAY_S)


def test_what_the_server_knows_still_counts_towards_the_caps_for_a_day():
    exposure = Exposure()
    exposure.spend("a", 7, 6000, 6000)
    exposure.settle(["a"], 8 * HOUR_MS)
    assert (exposure.offline_minor, exposure.edge_minor) == (0, 0), "nothing is unsent any more"
    seen = counters(exposure, 18 * HOUR_MS)
    assert (seen.card_minor, seen.told_minor, seen.edge_minor) == (0, 6000, 6000)
    assert counters(exposure, 18 * HOUR_MS, card=8).told_minor == 0
    seen = counters(exposure, 33 * HOUR_MS)
    assert (seen.told_minor, seen.edge_minor) == (0, 0)


def test_what_a_lease_has_paid_counts_towards_no_cap():
    exposure = Exposure()
    exposure.spend("a", 7, 2000, 500)
    exposure.settle(["a"], 0)
    assert counters(exposure, 1).told_minor == 500


def test_after_a_restart_the_journal_says_what_was_sold_and_sent():
    exposure = Exposure()
    now_ms = 1_800_000_000_000
    sold = told_entry(amount_minor=4000, at_ms=now_ms - 20 * HOUR_MS)
    exposure.restore_told([sold], now_ms, 0)
    assert counters(exposure, 3 * HOUR_MS).told_minor == 4000
    assert counters(exposure, 5 * HOUR_MS).told_minor == 0


def test_the_second_outage_of_a_day_keeps_to_the_caps_of_both():
    limits = alone.Limits(*CAPS[2:7])
    card = alone.Card(7, "active")
    facts = alone.Facts(5, 1, alone.Terminal("T", "pay", "keyed"), card)
    request = alone.Request("2026-09-21", 4500)
    used = alone.Counters(0, 6000, None, 6000)
    verdict = alone.decide(facts, request, used, limits, 1)
    assert (verdict.code, verdict.numbers["left_minor"]) == ("offline_cap_card", 4000)


outages = st.lists(st.lists(st.tuples(st.integers(1, 4), st.integers(1, 5000)), max_size=12), max_size=5)


@given(outages)
def test_what_an_honest_edge_grants_in_many_outages_the_server_books(outages):
    limits, exposure = alone.Limits(*CAPS[2:7]), Exposure()
    risk, number, elapsed_ms = told.Risk({}, {}, 10**9), 0, 0
    for sales in outages:
        granted = []
        for card, amount in sales:
            facts = alone.Facts(5, 1, alone.Terminal("T", "pay", "keyed"), alone.Card(card, "active"))
            seen = exposure.counters(card, number, elapsed_ms, elapsed_ms, DAY_S)
            verdict = alone.decide(facts, alone.Request("2026-09-21", amount), seen, limits, 1)
            if verdict.granted:
                number += 1
                exposure.spend(str(number), card, amount, verdict.uncovered_minor)
                granted.append((str(number), card, amount))
        elapsed_ms += HOUR_MS
        for _uuid, card, amount in granted:
            assert told.held_by_caps(CAPS, risk, card, amount) is None
            risk.charge(card, amount)
        exposure.settle([uuid for uuid, _card, _amount in granted], elapsed_ms)


def test_the_journal_names_the_sales_that_the_server_has(tmp_path):
    now_ms = 1_800_000_000_000
    journal = Journal(tmp_path / "journal.db", KEY)
    old, new = (told_entry(at_ms=now_ms - ago * HOUR_MS) for ago in (30, 2))
    for entry in (
        old,
        draft(at_ms=now_ms),
        new,
        told_entry(at_ms=now_ms, outcome="refused", code="card_lost"),
    ):
        journal.append(entry)
    journal.acknowledge(3, {}, lambda _uuid: False)
    unsent = told_entry(at_ms=now_ms)
    journal.append(unsent)
    found = journal.read(lambda base: store.sales(base, journal.acked_seq, now_ms - 24 * HOUR_MS))
    assert [entry.uuid for entry in found] == [new.uuid]
    journal.close()
