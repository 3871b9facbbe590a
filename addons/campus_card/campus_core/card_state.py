"""The states of a card: one table of moves, and the rule when a card may pay.

``MOVES[state][verb]`` is the state that follows. What is not in the table is
refused. ``LABELS`` has the English label of each state and verb.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Final, TypeVar

from . import errors
from .errors import CardStateError, Refusal

#: A day as the caller has it: a date, or an ISO text.
Day = TypeVar("Day", date, str)

REQUESTED: Final = "requested"
APPROVED: Final = "approved"
PRODUCED: Final = "produced"
ISSUED: Final = "issued"
ACTIVE: Final = "active"
FROZEN: Final = "frozen"
LOST: Final = "lost"
EXPIRED: Final = "expired"
REPLACED: Final = "replaced"
RETURNED: Final = "returned"

#: In the order of a card's life, with English labels.
LABELS: Final[Mapping[str, str]] = MappingProxyType(
    {
        REQUESTED: "Requested",
        APPROVED: "Approved",
        PRODUCED: "Produced",
        ISSUED: "Issued",
        ACTIVE: "Active",
        FROZEN: "Frozen",
        LOST: "Lost",
        EXPIRED: "Expired",
        REPLACED: "Replaced",
        RETURNED: "Returned",
    }
)
STATES: Final = tuple(LABELS)

APPROVE: Final = "approve"
PRODUCE: Final = "produce"
ISSUE: Final = "issue"
ACTIVATE: Final = "activate"
FREEZE: Final = "freeze"
UNFREEZE: Final = "unfreeze"
REPORT_LOST: Final = "report_lost"
FOUND: Final = "found"
EXPIRE: Final = "expire"
REPLACE: Final = "replace"
RETURN: Final = "return_"
VERBS: Final = (
    APPROVE,
    PRODUCE,
    ISSUE,
    ACTIVATE,
    FREEZE,
    UNFREEZE,
    REPORT_LOST,
    FOUND,
    EXPIRE,
    REPLACE,
    RETURN,
)

MOVES: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        REQUESTED: {APPROVE: APPROVED, RETURN: RETURNED},
        APPROVED: {PRODUCE: PRODUCED, RETURN: RETURNED},
        PRODUCED: {ISSUE: ISSUED, RETURN: RETURNED},
        ISSUED: {
            ACTIVATE: ACTIVE,
            REPORT_LOST: LOST,
            EXPIRE: EXPIRED,
            REPLACE: REPLACED,
            RETURN: RETURNED,
        },
        ACTIVE: {
            FREEZE: FROZEN,
            REPORT_LOST: LOST,
            EXPIRE: EXPIRED,
            REPLACE: REPLACED,
            RETURN: RETURNED,
        },
        FROZEN: {
            UNFREEZE: ACTIVE,
            REPORT_LOST: LOST,
            EXPIRE: EXPIRED,
            REPLACE: REPLACED,
            RETURN: RETURNED,
        },
        LOST: {FOUND: ACTIVE, REPLACE: REPLACED, RETURN: RETURNED},
        # A renewed card (a later valid_until) is activated again.
        EXPIRED: {ACTIVATE: ACTIVE, REPLACE: REPLACED, RETURN: RETURNED},
        REPLACED: {},
        RETURNED: {},
    }
)

#: States in which somebody has the plastic card or may get it back: its UID
#: belongs to this card alone.
IN_USE: Final = frozenset(state for state, moves in MOVES.items() if moves)
#: The only state in which a card may pay.
PAYS: Final = ACTIVE

_SPEND_CODES: Final[Mapping[str, str]] = MappingProxyType(
    {
        FROZEN: errors.CARD_FROZEN,
        LOST: errors.CARD_LOST,
        EXPIRED: errors.CARD_EXPIRED,
        REPLACED: errors.CARD_REPLACED,
        RETURNED: errors.CARD_RETURNED,
    }
)


def move(state: str, verb: str, *, before: str | None = None) -> str | Refusal:
    """Return the state that follows ``verb``, or a ``card_move_invalid`` refusal.

    ``before`` is the state that a lost card had when it was reported. A frozen card that is
    found again stays frozen; otherwise its holder could lift the office's freeze by reporting
    a loss. An unknown state or verb raises ``CardStateError``.
    """
    if state not in MOVES:
        raise CardStateError(errors.CARD_STATE_UNKNOWN, state=state)
    if verb not in VERBS:
        raise CardStateError(errors.CARD_VERB_UNKNOWN, verb=verb)
    following = MOVES[state].get(verb)
    if following is None:
        return Refusal(errors.CARD_MOVE_INVALID, {"state": state, "verb": verb})
    if verb == FOUND and before == FROZEN:
        return FROZEN
    return following


def verbs(state: str) -> tuple[str, ...]:
    """Return the verbs that a card in ``state`` allows, in the order of ``VERBS``."""
    if state not in MOVES:
        raise CardStateError(errors.CARD_STATE_UNKNOWN, state=state)
    return tuple(verb for verb in VERBS if verb in MOVES[state])


def spend_refusal(state: str, valid_from: Day | None, valid_until: Day | None, on: Day) -> Refusal | None:
    """Say why a card may not pay on the day ``on``; None when it may.

    ``valid_from`` and ``valid_until`` are valid days themselves; None means no limit.
    """
    if state not in MOVES:
        raise CardStateError(errors.CARD_STATE_UNKNOWN, state=state)
    if state != PAYS:
        return Refusal(_SPEND_CODES.get(state, errors.CARD_NOT_ACTIVE), {"state": state})
    if valid_until is not None and on > valid_until:
        return Refusal(errors.CARD_EXPIRED, {"valid_until": str(valid_until)})
    if valid_from is not None and on < valid_from:
        return Refusal(errors.CARD_NOT_ACTIVE, {"valid_from": str(valid_from)})
    return None
