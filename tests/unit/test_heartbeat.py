"""Heartbeats: what an edge says, whatever it says, is read or refused by name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campus_core.access.types import Lockdown
from campus_core.devices import heartbeat
from campus_core.errors import WireError

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
NAMES = (
    "version",
    "uptime_s",
    "snapshot",
    "queue",
    "journal",
    "head_seq",
    "drift_ms",
    "tamper",
    "readers",
    "lost",
    "lockdown",
    "contacts",
    "lockdowns",
)


@given(st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=8), json_values))
def test_anything_is_a_heartbeat_or_malformed_with_the_field(values):
    try:
        beat = heartbeat.parse(values)
    except WireError as error:
        assert error.code == "malformed"
        assert error.numbers["field"] in (*NAMES, "terminal", "detail", "first_seq", "last_seq")
    else:
        assert 0 <= beat.queue < 1 << 31
        assert abs(beat.drift_ms) < 1 << 31


def test_what_is_left_out_is_nothing():
    assert heartbeat.parse({}) == heartbeat.Heartbeat("", 0, 0, 0, None, 0, 0, False, ())


def test_a_drift_beyond_all_bounds_is_cut_off():
    assert heartbeat.parse({"drift_ms": -(1 << 50)}).drift_ms == -(1 << 31) + 1


def test_the_last_state_of_a_terminal_counts():
    readers = [{"terminal": "G1", "state": "lost"}, {"terminal": "G1", "state": "ready", "detail": "ok"}]
    assert heartbeat.parse({"readers": readers}).readers == (heartbeat.ReaderState("G1", "ready", "ok"),)


@pytest.mark.parametrize(
    "values", [{"version": "a\0b"}, {"version": "\ud800"}, {"readers": [{}] * 501}, {"tamper": 0}]
)
def test_what_nobody_can_store_is_malformed(values):
    with pytest.raises(WireError):
        heartbeat.parse(values)


def test_lost_entries_are_ranges_of_a_journal_and_few():
    row = {"journal": "0190f3e0-0000-7000-8000-0000000000cc", "first_seq": 3, "last_seq": 4}
    assert heartbeat.parse({"lost": [row]}).lost == (heartbeat.Lost(row["journal"], 3, 4),)
    for wrong in ([row] * 21, [row | {"last_seq": 2}], [row | {"journal": "x"}], [3], row):
        with pytest.raises(WireError) as caught:
            heartbeat.parse({"lost": wrong})
        assert caught.value.numbers["field"] == "lost"


def test_contacts_are_doors_and_whether_they_are_open():
    assert heartbeat.parse({"contacts": [[7, True], [8, False], [7, False]]}).contacts == (
        (7, False),
        (8, False),
    )
    for wrong in ([[7]], [[7, 1]], [[0, True]], [[True, True]], [7], {"7": True}, [[7, True]] * 2001):
        with pytest.raises(WireError) as caught:
            heartbeat.parse({"contacts": wrong})
        assert caught.value.numbers["field"] == "contacts"


def test_orders_in_force_are_read_and_what_is_no_order_is_malformed():
    order = {"number": 5, "zone": 2, "level": "nobody"}
    assert heartbeat.parse({"lockdowns": [order]}).lockdowns == (Lockdown(5, 2, "nobody"),)
    assert heartbeat.parse({}).lockdowns is None
    for bad in (
        [{**order, "number": -5}],
        [{**order, "zone": 0}],
        [{**order, "level": "?"}],
        [order] * 501,
        {},
        [5],
    ):
        with pytest.raises(WireError) as refused:
            heartbeat.parse({"lockdowns": bad})
        assert refused.value.numbers == {"field": "lockdowns"}
