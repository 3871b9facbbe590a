"""Refunds at a till: money that was paid by card must go back to the card.

An order may be paid by card and in other ways, and refunded in parts. Refunds in other ways may give back
only what was paid in other ways; the rest was paid by card. Amounts are whole cents.
"""

from __future__ import annotations


def card_money(paid_minor: int, returned_minor: int, now_minor: int) -> int:
    """Return how much of ``now_minor`` was paid by card and must go back there.

    :param paid_minor: what was paid for the order in other ways than by card, less change
    :param returned_minor: what earlier refunds of the order gave back in other ways
    :param now_minor: what this refund gives back in other ways
    """
    before = max(returned_minor - paid_minor, 0)
    after = max(returned_minor + now_minor - paid_minor, 0)
    return max(after - before, 0)
