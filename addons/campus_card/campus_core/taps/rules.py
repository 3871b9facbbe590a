"""What is refused whoever decides: the rules of a tap that the server and an edge on its own share.

``charge`` (the server) and ``alone`` (an edge that cannot ask) both decide with these, so a tap gets the
same code and the same numbers on either side. They ask in this order: terminal, amount, credential, card,
wallet, limit of a bare credential. What only one side knows comes on top: money, day limits and PINs at the
server; the age of the list of cards, offline caps and double reads at the edge.

Pure: all sums are cents. A day is a ``date`` at the server and an ISO text at an edge.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, TypeVar

from .. import card_state, errors
from ..card_state import Day
from ..errors import Refusal
from ..ledger.types import CLOSED, OPEN
from ..money import MAX_MINOR
from . import wire

FIXED, KEYED, SENT = "fixed", "keyed", "sent"
AMOUNT_MODES: Final = frozenset({FIXED, KEYED, SENT})
#: Taps of these purposes ask the server first; the others are decided at the edge always.
ASKS: Final = frozenset({wire.PAY, wire.BALANCE})
NUMBER: Final = "number:"
#: Kinds of credentials that prove nothing: a serial number can be copied, a printed number read.
BARE: Final = ("uid:", NUMBER)

_UNKNOWN: Final = Refusal(errors.TERMINAL_UNKNOWN)
_DISABLED: Final = Refusal(errors.TERMINAL_DISABLED)
_NUMBER_REFUSED: Final = Refusal(errors.NUMBER_REFUSED)
_SUN_NEEDED: Final = Refusal(errors.SUN_NEEDED)
_NO_AMOUNT: Final = Refusal(errors.AMOUNT_INVALID, {"maximum_minor": MAX_MINOR})
_WALLET_FROZEN: Final = Refusal(errors.WALLET_FROZEN)
_WALLET_CLOSED: Final = Refusal(errors.WALLET_CLOSED)
_Name = TypeVar("_Name")


def terminal_refusal(*, is_known: bool, is_enabled: bool) -> Refusal | None:
    """Say why nothing happens at this terminal: it is not set up here for this purpose, or switched off."""
    if not is_known:
        return _UNKNOWN
    return None if is_enabled else _DISABLED


def payable_minor(amount_mode: str, fixed_minor: int, said_minor: int | None) -> int | None:
    """Return the cents that a tap is to pay; None where the amount makes no sense at that terminal.

    ``said_minor`` is what was keyed, sent or stated (None: nothing). A terminal with a fixed amount takes
    that one: who states another does not mean this terminal as it is.
    """
    amount = said_minor
    if amount_mode == FIXED:
        amount = fixed_minor if amount in (None, fixed_minor) else None
    return amount if amount is not None and 0 < amount <= MAX_MINOR else None


def amount_refusal() -> Refusal:
    """Say that no amount is there, or none that can be paid."""
    return _NO_AMOUNT


def shown_refusal(
    credential: str, *, accepts_numbers: bool, has_to_prove_itself: bool = False
) -> Refusal | None:
    """Say why a credential counts for nothing at this terminal, whoever's it is.

    ``has_to_prove_itself``: the card has a chip that speaks, and the school wants to hear it.
    """
    if credential.startswith(NUMBER) and not accepts_numbers:
        # before the card is looked at: numbers follow each other, and nobody is to learn which exist
        return _NUMBER_REFUSED
    return _SUN_NEEDED if has_to_prove_itself and credential.startswith(BARE) else None


def card_refusal(state: str, valid_from: Day | None, valid_until: Day | None, on: Day) -> Refusal | None:
    """Say why a card may not be used on the day ``on``; None when it may.

    The validity is the card's and its holder's together, see :func:`later` and :func:`earlier`. A state
    that is not known here (a newer server has sent it) closes the card.
    """
    if state not in card_state.MOVES:
        return Refusal(errors.CARD_NOT_ACTIVE, {"state": state})
    return card_state.spend_refusal(state, valid_from, valid_until, on)


def later(one: Day | None, other: Day | None) -> Day | None:
    """Return the later of two first days; None is no bound."""
    return max((day for day in (one, other) if day is not None), default=None)


def earlier(one: Day | None, other: Day | None) -> Day | None:
    """Return the earlier of two last days; None is no bound."""
    return min((day for day in (one, other) if day is not None), default=None)


def wallet_refusal(state: str) -> Refusal | None:
    """Say why nothing is paid out of a wallet in ``state``; doors and attendance ask for no wallet."""
    if state == OPEN:
        return None
    return _WALLET_CLOSED if state == CLOSED else _WALLET_FROZEN


def bare_refusal(amount_minor: int, limit_minor: int, *, is_bare: bool) -> Refusal | None:
    """Say that a credential which proves nothing may not pay so much at once; a limit of 0 is none."""
    if is_bare and is_over(amount_minor, limit_minor):
        return Refusal(errors.LIMIT_UID, {"limit_minor": limit_minor})
    return None


def is_over(amount_minor: int, limit_minor: int) -> bool:
    """Say whether one amount exceeds a limit, of which 0 is none."""
    return 0 < limit_minor < amount_minor


def uncovered(spent_minor: int, lease_minor: int) -> int:
    """Return what of a card's spending no lease covers."""
    return max(spent_minor - lease_minor, 0)


def full_cap(caps: Iterable[tuple[_Name, int, int]], more_minor: int) -> tuple[_Name, int, int] | None:
    """Return the first of ``(name, cap, used)`` that ``more_minor`` uncovered cents would exceed.

    A purchase that a lease covers adds nothing, also where the cap is full. A cap of 0 allows nothing.
    """
    if more_minor <= 0:
        return None
    return next((cap for cap in caps if cap[2] + more_minor > cap[1]), None)
