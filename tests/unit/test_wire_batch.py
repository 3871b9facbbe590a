"""A batch read as columns is the batch read row by row, whatever is in it."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from campus_core import errors
from campus_core.taps import wire, wire_batch

UUID = "0190f3e0-0000-7000-8000-00000000000{}"
GOOD = [
    1, "tap", UUID.format(1), "T01", 1_790_000_000_000, "pay", "uid:04A1B2C3",
    7, 350, "ask", None, None, None, 4711,
]  # fmt: skip
TOLD = [
    2, "final", UUID.format(2), "Mensa ß", 0, "door", 'say "x"],["y" \\ 卡', None, None, "told", "granted",
    "ok", "rule 5", 0,
]  # fmt: skip
EVENT = [
    3, "event", UUID.format(3), "D1", 0, "door", "event:", 7, None, "told", None, "forced", None, 0,
]  # fmt: skip
# What fits somewhere, what nearly does, and what does nowhere.
VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(-(1 << 65), 1 << 65), st.floats(), st.text(max_size=40),
    st.just([]), st.just({}), st.just("\ud800"), st.just("\udc00"), st.just("\0"), st.just("],["),
    st.sampled_from(["tap", "final", "event", "door", "ask", "told", "granted", "refused", "pay", "uid:04A1B2C3"]),
    st.sampled_from([UUID.format(3), UUID.format(3).upper(), f"{UUID.format(3)}\n", "", "0" * 36]),
    st.just(f"{UUID.format(4)}\n{UUID.format(5)}"),
)  # fmt: skip


@st.composite
def rows(draw):
    made = [list(draw(st.sampled_from([GOOD, TOLD, EVENT]))) for _ in range(draw(st.integers(1, 5)))]
    for _ in range(draw(st.integers(0, 4))):
        row = draw(st.sampled_from(made))
        row[draw(st.integers(0, len(row) - 1))] = draw(VALUES)
    if draw(st.booleans()) and draw(st.booleans()):
        made.insert(
            draw(st.integers(0, len(made))), draw(st.sampled_from([None, {}, [], GOOD[:-1], 7, "row"]))
        )
    return made


def outcome(read, given_rows):
    try:
        return read(given_rows)
    except errors.WireError as error:
        return error.code, dict(error.numbers)


def one_by_one(given_rows):
    return [wire.parse_entry(row) for row in given_rows]


@given(rows())
@example([GOOD, [*GOOD[:2], f"{UUID.format(4)}\n{UUID.format(5)}", *GOOD[3:]], [*GOOD[:2], "", *GOOD[3:]]])
def test_columns_say_what_rows_say(given_rows):
    assert outcome(wire_batch.parse_entries, given_rows) == outcome(one_by_one, given_rows)


@given(rows(), st.sampled_from([wire.ZERO_HASH, "ab" * 32]))
def test_hashes_are_those_of_the_entries_one_after_the_other(given_rows, previous):
    entries = outcome(wire_batch.parse_entries, given_rows)
    if isinstance(entries, tuple):
        return
    expected = []
    for entry in entries:
        expected.append(wire.chain_hash(expected[-1] if expected else previous, entry))
    assert wire_batch.chain_hashes(previous, entries) == expected


@pytest.mark.parametrize("given_rows", [[GOOD], [GOOD, GOOD], [GOOD] * 500])
def test_what_edges_send_is_read_as_columns(given_rows, monkeypatch):
    monkeypatch.setattr(wire, "parse_entry", None)
    assert wire_batch.parse_entries(given_rows) == [wire.TapEntry._make(row) for row in given_rows]
