"""What the edge's readers have in common: UIDs, masks, back-off, queues."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campus_edge.ports.backoff import Backoff
from campus_edge.ports.base import EventQueue, PortEvent
from campus_edge.protocols import base
from campus_edge.protocols.presence import Presence


@pytest.mark.parametrize(
    ("raw", "credential"),
    [
        ("04A1B2C3", "uid:04A1B2C3"),
        ("04A1B2C3D4E5F6", "uid:04A1B2C3D4E5F6"),
        ("0102030405060708090A", "uid:0102030405060708090A"),
        ("08A1B2C3", None),  # made anew for every tap
        ("88A1B2C3", None),  # a longer UID begins
        ("00000000", None),
        ("04A1B2", None),
        ("", None),
    ],
)
def test_only_a_uid_that_a_card_can_have_is_a_credential(raw, credential):
    assert base.of_uid(bytes.fromhex(raw)) == credential


def test_events_do_not_show_a_whole_credential():
    assert repr(base.CardSeen("uid:04A1B2C3D4E5F6")) == "CardSeen(uid:**********E5F6)"
    assert "secret" not in repr(base.CardSeen("qr:secret"))
    assert "cmac" not in repr(base.CardGone("sun:https://example.org/?cmac=0011223344556677"))
    assert base.mask("04A1B2C3") == "scan:****B2C3"


@given(st.floats(0, 1), st.integers(1, 60))
def test_pauses_grow_to_a_limit_and_never_beyond(chance, failures):
    backoff = Backoff(first_ms=100, longest_ms=5000, chance=lambda: chance)
    pauses = [backoff.next_ms() for _ in range(failures)]
    assert pauses == sorted(pauses)
    assert all(70 <= pause <= 5000 for pause in pauses)
    backoff.reset()
    assert backoff.next_ms() == pauses[0]


def test_a_full_queue_drops_what_is_new_and_counts_it():
    events = EventQueue(limit=2)
    for number in range(5):
        events.put(PortEvent(f"p{number}", base.Noise("garbage"), 0))
    assert events.dropped == 3
    assert [events.get(0).port, events.get(0).port, events.get(0)] == ["p0", "p1", None]


def test_a_card_that_stays_is_one_visit_and_one_that_comes_back_another():
    presence = Presence(hold_ms=500)
    assert presence.seen("uid:A", 0) == [base.CardSeen("uid:A")]
    assert presence.seen("uid:A", 400) == []
    assert presence.seen("uid:B", 500) == [base.CardGone("uid:A"), base.CardSeen("uid:B")]
    assert presence.expire(999) == []
    assert presence.expire(1000) == [base.CardGone("uid:B")]
    assert presence.seen("uid:B", 1001) == [base.CardSeen("uid:B")]
    assert presence.seen("uid:B", 1600) == [base.CardGone("uid:B"), base.CardSeen("uid:B")]
