"""Stable wire codes, the error tree and refusals.

A *refusal* is an answer: a business rule said no, and the numbers say why. It is
a value (``Refusal``), never raised. An *error* is a caller's mistake (a malformed
amount, an impossible request): it is raised as ``CampusError`` or a subclass.
Both carry a code out of ``CODES``. Codes travel over the wire and are stored with
postings: they may be added to, never renamed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

# -- card ---------------------------------------------------------------------
UNKNOWN_CARD: Final = "unknown_card"
CARD_NOT_ACTIVE: Final = "card_not_active"
CARD_FROZEN: Final = "card_frozen"
CARD_LOST: Final = "card_lost"
CARD_EXPIRED: Final = "card_expired"
CARD_MOVE_INVALID: Final = "card_move_invalid"
CARD_STATE_UNKNOWN: Final = "card_state_unknown"
CARD_VERB_UNKNOWN: Final = "card_verb_unknown"

# -- wallet and ledger --------------------------------------------------------
WALLET_FROZEN: Final = "wallet_frozen"
WALLET_CLOSED: Final = "wallet_closed"
INSUFFICIENT: Final = "insufficient"
LIMIT_PURCHASE: Final = "limit_purchase"
LIMIT_DAY: Final = "limit_day"
PIN_NEEDED: Final = "pin_needed"
PLAN_NOT_USABLE: Final = "plan_not_usable"
CONFLICT: Final = "conflict"
NOT_FOUND: Final = "not_found"
NOT_REVERSIBLE: Final = "not_reversible"
REVERSAL_EXCEEDS: Final = "reversal_exceeds"
RESERVATION_CLOSED: Final = "reservation_closed"
CAPTURE_EXCEEDS: Final = "capture_exceeds"
AMOUNT_INVALID: Final = "amount_invalid"
DAY_CLOSED: Final = "day_closed"

# -- amounts as text ----------------------------------------------------------
MONEY_EMPTY: Final = "money_empty"
MONEY_MALFORMED: Final = "money_malformed"
MONEY_TOO_PRECISE: Final = "money_too_precise"
MONEY_NEGATIVE: Final = "money_negative"
MONEY_OUT_OF_RANGE: Final = "money_out_of_range"
MONEY_SCIENTIFIC: Final = "money_scientific"

# -- card numbers as text -----------------------------------------------------
UID_EMPTY: Final = "uid_empty"
UID_MALFORMED: Final = "uid_malformed"
UID_LENGTH: Final = "uid_length"
UID_OUT_OF_RANGE: Final = "uid_out_of_range"
UID_SPREADSHEET_DAMAGE: Final = "uid_spreadsheet_damage"

CODES: Final[Mapping[str, str]] = MappingProxyType(
    {
        UNKNOWN_CARD: "No card is known by this credential.",
        CARD_NOT_ACTIVE: "The card is not active.",
        CARD_FROZEN: "The card is frozen.",
        CARD_LOST: "The card is reported lost.",
        CARD_EXPIRED: "The card has expired.",
        CARD_MOVE_INVALID: "The card cannot do this in its present state.",
        CARD_STATE_UNKNOWN: "There is no such card state.",
        CARD_VERB_UNKNOWN: "There is no such move of a card.",
        WALLET_FROZEN: "The wallet is frozen.",
        WALLET_CLOSED: "The wallet is closed.",
        INSUFFICIENT: "Not enough money.",
        LIMIT_PURCHASE: "The amount is above the limit for one purchase.",
        LIMIT_DAY: "The amount is above what is left of the day's limit.",
        PIN_NEEDED: "The PIN is needed above this sum.",
        PLAN_NOT_USABLE: "The money in this pocket cannot be used here.",
        CONFLICT: "This id was already used for another request.",
        NOT_FOUND: "There is nothing with this id.",
        NOT_REVERSIBLE: "This movement cannot be reversed.",
        REVERSAL_EXCEEDS: "More would be reversed than is left of the original.",
        RESERVATION_CLOSED: "The reservation is no longer open.",
        CAPTURE_EXCEEDS: "More would be captured than was reserved.",
        AMOUNT_INVALID: "The amount is not valid.",
        DAY_CLOSED: "The business day is closed.",
        MONEY_EMPTY: "The amount is missing.",
        MONEY_MALFORMED: "This is not an amount.",
        MONEY_TOO_PRECISE: "The amount has more decimals than the currency.",
        MONEY_NEGATIVE: "The amount is negative.",
        MONEY_OUT_OF_RANGE: "The amount is too large.",
        MONEY_SCIENTIFIC: "A spreadsheet wrote this amount as a power of ten: digits may be lost.",
        UID_EMPTY: "The card number is missing.",
        UID_MALFORMED: "This is not a card number.",
        UID_LENGTH: "A card number has 4, 7 or 10 bytes.",
        UID_OUT_OF_RANGE: "The card number is too large for its form.",
        UID_SPREADSHEET_DAMAGE: "A spreadsheet has rounded this card number: digits are lost.",
    }
)

Number = int | str
_NO_NUMBERS: Final[Mapping[str, Number]] = MappingProxyType({})


class CampusError(Exception):
    """A caller's mistake, with a stable code and the numbers that explain it."""

    def __init__(self, code: str, /, **numbers: Number) -> None:
        if code not in CODES:
            raise ValueError(f"unknown error code {code!r}")
        self.code = code
        self.numbers: Mapping[str, Number] = MappingProxyType(dict(numbers))
        super().__init__(_sentence(code, numbers))

    def __reduce__(self) -> tuple[object, ...]:
        """Errors cross process borders (worker pools) with code and numbers."""
        return (_rebuild, (type(self), self.code, dict(self.numbers)))


class MoneyError(CampusError):
    """A text or number that is not an amount of money."""


class UidError(CampusError):
    """A text that is not a card UID."""


class CardStateError(CampusError):
    """A move that the table of card states does not have."""


class LedgerError(CampusError):
    """A malformed request to the ledger (not a refusal: those are answers)."""


@dataclass(frozen=True)
class Refusal:
    """A business rule's "no": a code out of ``CODES`` and its numbers."""

    code: str
    numbers: Mapping[str, Number] = field(default_factory=lambda: _NO_NUMBERS)

    def __post_init__(self) -> None:
        if self.code not in CODES:
            raise ValueError(f"unknown refusal code {self.code!r}")
        object.__setattr__(self, "numbers", MappingProxyType(dict(self.numbers)))

    def __str__(self) -> str:
        return _sentence(self.code, self.numbers)

    def __hash__(self) -> int:
        return hash((self.code, tuple(sorted(self.numbers.items(), key=lambda pair: pair[0]))))


def _rebuild(kind: type[CampusError], code: str, numbers: dict[str, Number]) -> CampusError:
    return kind(code, **numbers)


def _sentence(code: str, numbers: Mapping[str, Number]) -> str:
    if not numbers:
        return CODES[code]
    details = ", ".join(f"{name}={value}" for name, value in numbers.items())
    return f"{CODES[code]} ({details})"
