"""What may be archived, as a card office would state it."""

from hypothesis import given
from hypothesis import strategies as st

from campus_core import archiving, card_state


def test_a_card_is_archived_only_when_nobody_has_it():
    kept = {state for state in card_state.STATES if archiving.card(state)}
    assert kept == {"issued", "active", "frozen", "lost"}


def test_no_state_in_which_a_card_pays_can_be_archived():
    assert card_state.PAYS in archiving.IN_HAND
    assert archiving.IN_HAND <= card_state.IN_USE


@given(st.integers(0, 5), st.integers(0, 5))
def test_a_holder_is_archived_when_cards_are_back_and_wallets_closed(cards, wallets):
    assert (archiving.holder(cards, wallets) is None) == (cards == wallets == 0)


@given(st.booleans(), st.booleans(), st.integers(0, 3))
def test_an_account_is_archived_when_nothing_needs_it(is_of_wallet, is_of_system, uses):
    refusal = archiving.account(is_of_wallet=is_of_wallet, is_of_system=is_of_system, uses=uses)
    assert (refusal is None) == (not is_of_wallet and not is_of_system and not uses)


@given(st.sampled_from(["cash", "gift", "meal"]), st.integers(0, 10))
def test_a_plan_is_archived_when_its_pockets_are_empty_and_cash_never(code, balance):
    assert (archiving.plan(code, balance) is None) == (code != "cash" and balance == 0)
