"""What of a refund in cash is the card's money."""

from hypothesis import given
from hypothesis import strategies as st

from campus_core.ledger.cash_back import card_money

CENTS = st.integers(0, 10**6)


def test_what_was_paid_in_cash_goes_back_in_cash():
    assert card_money(450, 0, 450) == 0
    assert card_money(450, 200, 250) == 0


def test_what_goes_beyond_it_is_the_cards():
    assert card_money(0, 0, 1500) == 1500
    assert card_money(450, 0, 500) == 50
    assert card_money(450, 400, 100) == 50
    assert card_money(450, 500, 100) == 100


@given(CENTS, st.lists(CENTS, max_size=8))
def test_however_a_refund_is_divided_the_cards_share_is_the_same(paid, parts):
    returned, total = 0, 0
    for part in parts:
        share = card_money(paid, returned, part)
        assert 0 <= share <= part
        total += share
        returned += part
    assert total == max(sum(parts) - paid, 0)
