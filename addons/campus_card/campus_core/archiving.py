"""What may be archived: one place that says so, for screens, imports and other programs alike.

What is archived disappears from lists and searches. So nothing is archived that still pays, still
holds money, or that the ledger looks for. The database keeps the same rules
(``data/archive_schema.sql`` and the ``CHECK`` constraints of the models).
"""

from __future__ import annotations

from typing import Final

from . import card_state, errors
from .errors import Refusal

#: States in which a card is, or may be, in somebody's hands.
IN_HAND: Final = frozenset({card_state.ISSUED, card_state.ACTIVE, card_state.FROZEN, card_state.LOST})
#: The plan without which nobody can top up.
CASH: Final = "cash"


def card(state: str) -> Refusal | None:
    """A card is archived before it is handed out, or when it is over."""
    return Refusal(errors.ARCHIVE_CARD, {"state": state}) if state in IN_HAND else None


def holder(cards_in_hand: int, open_wallets: int) -> Refusal | None:
    """A holder is archived when no card is in their hands and their wallets are closed."""
    if cards_in_hand:
        return Refusal(errors.ARCHIVE_HOLDER_CARD, {"cards": cards_in_hand})
    return Refusal(errors.ARCHIVE_HOLDER_WALLET) if open_wallets else None


def account(*, is_of_wallet: bool, is_of_system: bool, uses: int) -> Refusal | None:
    """A pocket or a debt is never archived, nor an account that the ledger looks for; a merchant is
    when no terminal and no till sells for it."""
    if is_of_wallet:
        return Refusal(errors.ARCHIVE_POCKET)
    if is_of_system:
        return Refusal(errors.ARCHIVE_SYSTEM_ACCOUNT)
    return Refusal(errors.ARCHIVE_ACCOUNT_USED, {"uses": uses}) if uses else None


def plan(code: str, balance_minor: int) -> Refusal | None:
    """A pocket plan is archived when no pocket of it holds money; the cash plan never."""
    if code == CASH:
        return Refusal(errors.ARCHIVE_PLAN_CASH)
    return Refusal(errors.ARCHIVE_PLAN_MONEY, {"balance_minor": balance_minor}) if balance_minor else None
