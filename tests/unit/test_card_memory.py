"""What a worker remembers of cards is what the database would say, whatever has changed in between."""

from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from card_memory import MAX_CHANGES, CardMemory


class Card(NamedTuple):
    """As much of a card as a memory looks at, and its state."""

    card_id: int
    state: str


class Cards:
    """A table of cards whose changes have versions, as the triggers keep them."""

    def __init__(self):
        self.version, self.rows, self.changed = 1, {}, {}

    def put(self, card_id, uid, state):
        """Insert or change a card."""
        self.rows[card_id] = uid, state
        self._touch(card_id)

    def drop(self, card_id):
        """Delete a card."""
        if self.rows.pop(card_id, None):
            self._touch(card_id)

    def _touch(self, card_id):
        self.changed[card_id] = self.version
        self.version += 1

    def changes(self, since):
        """``(card id, UID or None)`` of what changed at ``since`` or later."""
        if since is None:
            return []
        return [[n, self.rows.get(n, (None,))[0]] for n, at in self.changed.items() if at >= since]

    def find(self, uids):
        """The newest card of each UID."""
        rows = sorted(self.rows.items())
        return {uid: Card(card_id, state) for card_id, (uid, state) in rows if uid in uids}


def batch(memory, cards, uids):
    """What a batch gets to know of ``uids``, as ``campus.taps`` asks."""
    since = memory.version
    assert memory.catch_up(since, "life", cards.version, cards.changes(since))
    found, missing = memory.look_up(uids)
    read = cards.find(missing)
    memory.keep(cards.version, read)
    return found | read


IDS, UIDS = st.integers(1, 4), st.sampled_from("ABC")
STEPS = st.one_of(
    st.tuples(st.just("put"), IDS, UIDS, st.sampled_from(["active", "frozen"])),
    st.tuples(st.just("drop"), IDS),
    st.tuples(st.just("batch"), st.sets(UIDS)),
)


@given(st.lists(STEPS, max_size=40))
def test_a_batch_knows_what_the_database_says(steps):
    cards, memory = Cards(), CardMemory()
    for verb, *arguments in steps:
        if verb == "batch":
            assert batch(memory, cards, arguments[0]) == cards.find(arguments[0])
        else:
            getattr(cards, verb)(*arguments)


@pytest.fixture
def warm():
    """``(memory, cards)`` with one card that is remembered."""
    cards, memory = Cards(), CardMemory()
    cards.put(1, "A", "active")
    batch(memory, cards, ["A"])
    assert memory.look_up(["A"]) == ({"A": Card(1, "active")}, [])
    return memory, cards


def test_what_another_thread_has_read_before_a_change_is_not_kept(warm):
    memory, cards = warm
    since = memory.version
    cards.put(2, "B", "active")
    assert memory.catch_up(since, "life", cards.version, cards.changes(since))
    slow, read = memory.version, cards.find(["B"])
    cards.put(2, "B", "frozen")
    batch(memory, cards, [])
    memory.keep(slow, read)
    assert memory.look_up(["B"]) == ({}, ["B"])


def test_a_batch_that_asked_before_another_moved_on_does_without(warm):
    memory, cards = warm
    since = memory.version
    cards.put(1, "A", "frozen")
    batch(memory, cards, ["A"])
    assert not memory.catch_up(since, "life", since, [])


@pytest.mark.parametrize(("life", "changes"), [("another", 0), ("life", MAX_CHANGES + 1)])
def test_another_database_or_too_many_changes_begin_anew(warm, life, changes):
    memory, cards = warm
    told = [[n, f"U{n}"] for n in range(10, 10 + changes)]
    assert memory.catch_up(memory.version, life, cards.version, told)
    assert memory.look_up(["A"]) == ({}, ["A"])
