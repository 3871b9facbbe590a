"""The life of a card: the whole product of states and verbs is walked."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campus_core import card_state, errors

# Every allowed move; all others of the product must be refused.
ALLOWED = {
    ("requested", "approve"): "approved",
    ("requested", "return_"): "returned",
    ("approved", "produce"): "produced",
    ("approved", "return_"): "returned",
    ("produced", "issue"): "issued",
    ("produced", "return_"): "returned",
    ("issued", "activate"): "active",
    ("issued", "report_lost"): "lost",
    ("issued", "expire"): "expired",
    ("issued", "replace"): "replaced",
    ("issued", "return_"): "returned",
    ("active", "freeze"): "frozen",
    ("active", "report_lost"): "lost",
    ("active", "expire"): "expired",
    ("active", "replace"): "replaced",
    ("active", "return_"): "returned",
    ("frozen", "unfreeze"): "active",
    ("frozen", "report_lost"): "lost",
    ("frozen", "expire"): "expired",
    ("frozen", "replace"): "replaced",
    ("frozen", "return_"): "returned",
    ("lost", "found"): "active",
    ("lost", "replace"): "replaced",
    ("lost", "return_"): "returned",
    ("expired", "activate"): "active",
    ("expired", "replace"): "replaced",
    ("expired", "return_"): "returned",
}
DAY = date(2026, 3, 1)


@pytest.mark.parametrize("state", card_state.STATES)
@pytest.mark.parametrize("verb", card_state.VERBS)
def test_each_verb_in_each_state_moves_or_is_refused(state, verb):
    outcome = card_state.move(state, verb)
    if (state, verb) in ALLOWED:
        assert outcome == ALLOWED[state, verb]
        assert verb in card_state.verbs(state)
    else:
        assert outcome == errors.Refusal("card_move_invalid", {"state": state, "verb": verb})
        assert verb not in card_state.verbs(state)


def test_a_frozen_card_that_was_lost_and_found_is_frozen_still():
    assert card_state.move(card_state.LOST, card_state.FOUND, before=card_state.FROZEN) == card_state.FROZEN
    assert card_state.move(card_state.LOST, card_state.FOUND, before=card_state.ACTIVE) == card_state.ACTIVE
    assert (
        card_state.move(card_state.LOST, card_state.REPLACE, before=card_state.FROZEN) == card_state.REPLACED
    )


def test_every_state_is_reached_and_an_end_is_always_in_reach():
    reached, seen = {card_state.REQUESTED}, set()
    while reached != seen:
        seen = set(reached)
        reached |= {after for (before, _verb), after in ALLOWED.items() if before in seen}
    assert reached == set(card_state.STATES)
    assert all(card_state.RETURN in card_state.MOVES[state] for state in card_state.IN_USE)
    assert set(card_state.STATES) - {card_state.REPLACED, card_state.RETURNED} == card_state.IN_USE


def test_labels_name_every_state():
    assert tuple(card_state.LABELS) == card_state.STATES == tuple(card_state.MOVES)


@pytest.mark.parametrize(
    "call", [lambda: card_state.move("eaten", "freeze"), lambda: card_state.verbs("eaten")]
)
def test_an_unknown_state_is_an_error(call):
    with pytest.raises(errors.CardStateError) as caught:
        call()
    assert caught.value.code == "card_state_unknown"


def test_an_unknown_verb_is_an_error():
    with pytest.raises(errors.CardStateError) as caught:
        card_state.move("active", "eat")
    assert caught.value.code == "card_verb_unknown"
    with pytest.raises(errors.CardStateError):
        card_state.spend_refusal("eaten", None, None, DAY)


@pytest.mark.parametrize(
    ("state", "code"),
    [
        ("requested", "card_not_active"),
        ("approved", "card_not_active"),
        ("produced", "card_not_active"),
        ("issued", "card_not_active"),
        ("active", None),
        ("frozen", "card_frozen"),
        ("lost", "card_lost"),
        ("expired", "card_expired"),
        ("replaced", "card_replaced"),
        ("returned", "card_returned"),
    ],
)
def test_only_an_active_card_pays(state, code):
    refusal = card_state.spend_refusal(state, None, None, DAY)
    assert (refusal.code if refusal else None) == code


@given(st.integers(-3, 3), st.integers(-3, 3))
def test_both_ends_of_the_validity_belong_to_it(start, end):
    refusal = card_state.spend_refusal("active", DAY + timedelta(start), DAY + timedelta(end), DAY)
    assert (refusal is None) == (start <= 0 <= end)


def test_a_refusal_tells_the_date():
    late = card_state.spend_refusal("active", None, DAY - timedelta(1), DAY)
    early = card_state.spend_refusal("active", DAY + timedelta(1), None, DAY)
    assert late == errors.Refusal("card_expired", {"valid_until": "2026-02-28"})
    assert early == errors.Refusal("card_not_active", {"valid_from": "2026-03-02"})
