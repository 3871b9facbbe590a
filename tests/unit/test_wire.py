"""The wire: what an entry may be, how entries are chained, what a signature covers."""

import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campus_core import errors
from campus_core.taps import wire

GOOD = [
    1, "tap", "0190f3e0-0000-7000-8000-000000000001", "T01", 1_790_000_000_000, "pay", "uid:04A1B2C3",
    7, 350, "ask", None, None, None, 4711,
]  # fmt: skip


def changed(**values):
    entry = dict(zip(wire.TapEntry._fields, GOOD, strict=True)) | values
    return list(entry.values())


def test_the_chain_text_is_the_compact_list_of_the_values():
    entry = wire.parse_entry(GOOD)
    text = json.dumps(GOOD, separators=(",", ":"), ensure_ascii=True)
    assert wire.chain_hash(wire.ZERO_HASH, entry) == hashlib.sha256(bytes(32) + text.encode()).hexdigest()


def test_a_signature_covers_edge_method_path_body_time_and_nonce():
    digest = hashlib.sha256(b"{}").hexdigest()
    text = wire.signing_text("edge", "POST", "/campus/v1/taps?x=1", b"{}", 17, "ab")
    assert text == f"campus-v1\nedge\nPOST\n/campus/v1/taps?x=1\n{digest}\n17\nab".encode()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("seq", 0), ("seq", True), ("seq", 1.0), ("seq", "1"), ("kind", "top"), ("kind", []),
        ("uuid", "0190F3E0-0000-7000-8000-000000000001"), ("uuid", None), ("terminal", "T" * 33),
        ("terminal", "T\0"), ("at_ms", -1), ("at_ms", 4_102_444_800_001), ("purpose", "steal"),
        ("credential", "x" * 1025), ("credential", "\ud800"), ("card", 0), ("amount_minor", 3.5),
        ("amount_minor", 1 << 40), ("mode", None), ("code", 5), ("rule", "r" * 201), ("snapshot", -1),
    ],
)  # fmt: skip
def test_a_wrong_value_is_named(field, value):
    with pytest.raises(errors.WireError) as caught:
        wire.parse_entry(changed(**{field: value}))
    assert (caught.value.code, caught.value.numbers["field"]) == ("malformed", field)


@pytest.mark.parametrize("values", [None, {}, [], GOOD[:-1], [*GOOD, 1]])
def test_what_is_no_entry_is_refused(values):
    with pytest.raises(errors.WireError):
        wire.parse_entry(values)


@pytest.mark.parametrize(
    "values", [{"outcome": "granted"}, {"mode": "told"}, {"kind": "final"}, {"mode": "told", "outcome": "x"}]
)
def test_only_who_has_answered_states_an_outcome(values):
    with pytest.raises(errors.WireError) as caught:
        wire.parse_entry(changed(**values))
    assert caught.value.numbers["field"] == "outcome"


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists, max_leaves=20))
def test_noise_is_refused_and_nothing_else_raised(values):
    try:
        wire.parse_entry(values)
    except errors.WireError as error:
        assert error.code == "malformed"


@given(st.lists(st.sampled_from(range(len(GOOD))), max_size=3), st.data())
def test_any_value_in_any_place_is_refused_or_chains(places, data):
    values = list(GOOD)
    for place in places:
        values[place] = data.draw(st.none() | st.integers() | st.text() | st.floats() | st.booleans())
    try:
        entry = wire.parse_entry(values)
    except errors.WireError:
        return
    assert wire.is_hash(wire.chain_hash(wire.ZERO_HASH, entry))


EVENT = {
    "kind": "event", "purpose": "door", "credential": "event:", "mode": "told", "amount_minor": None,
    "code": "forced",
}  # fmt: skip


def test_an_event_of_a_door_is_an_entry_without_outcome():
    entry = wire.parse_entry(changed(**EVENT))
    assert (entry.kind, entry.outcome, entry.code) == ("event", None, "forced")


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"outcome": "granted"}, "outcome"), ({"mode": "ask"}, "outcome"), ({"purpose": "pay"}, "purpose"),
        ({"amount_minor": 5}, "amount_minor"), ({"code": None}, "code"), ({"code": ""}, "code"),
    ],
)  # fmt: skip
def test_an_event_that_is_none_is_named(values, field):
    with pytest.raises(errors.WireError) as caught:
        wire.parse_entry(changed(**EVENT | values))
    assert (caught.value.code, caught.value.numbers["field"]) == ("malformed", field)
