"""Rules about what may be archived, for screens, imports and other programs.

Archived records disappear from lists and searches. So a record is not archived while it can pay, holds
money, or is needed by the ledger. The database keeps the same rules
(``data/archive_schema.sql`` and the ``CHECK`` constraints of the models).
"""

from __future__ import annotations

from typing import Final

from . import card_state, errors
from .errors import Refusal

#: States in which somebody has the card, or may have it.
IN_HAND: Final = frozenset({card_state.ISSUED, card_state.ACTIVE, card_state.FROZEN, card_state.LOST})
#: The plan without which nobody can top up.
CASH: Final = "cash"


def card(state: str) -> Refusal | None:
    """Refuse to archive a card that somebody has or may have (``IN_HAND``)."""
    return Refusal(errors.ARCHIVE_CARD, {"state": state}) if state in IN_HAND else None


def holder(cards_in_hand: int, open_wallets: int) -> Refusal | None:
    """Refuse to archive a holder who has a card in hand or a wallet that is not closed."""
    if cards_in_hand:
        return Refusal(errors.ARCHIVE_HOLDER_CARD, {"cards": cards_in_hand})
    return Refusal(errors.ARCHIVE_HOLDER_WALLET) if open_wallets else None


def account(*, is_of_wallet: bool, is_of_system: bool, uses: int) -> Refusal | None:
    """Refuse to archive pockets, debts, system accounts, and merchants that still have ``uses``
    (terminals and tills that sell for them)."""
    if is_of_wallet:
        return Refusal(errors.ARCHIVE_POCKET)
    if is_of_system:
        return Refusal(errors.ARCHIVE_SYSTEM_ACCOUNT)
    return Refusal(errors.ARCHIVE_ACCOUNT_USED, {"uses": uses}) if uses else None


def plan(code: str, balance_minor: int) -> Refusal | None:
    """Refuse to archive the cash plan, and plans whose pockets hold money."""
    if code == CASH:
        return Refusal(errors.ARCHIVE_PLAN_CASH)
    return Refusal(errors.ARCHIVE_PLAN_MONEY, {"balance_minor": balance_minor}) if balance_minor else None
