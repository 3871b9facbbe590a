"""Values that the ledger's rules take and return. Amounts are whole cents, ``> 0``.

A wallet's pockets are liabilities of the school: incoming money credits a pocket, outgoing
money debits it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

Direction = Literal["in", "out"]
Number = int | str

OPEN, FROZEN, CLOSED = "open", "frozen", "closed"
RESERVATION_OPEN, RESERVATION_CAPTURED, RESERVATION_RELEASED, RESERVATION_EXPIRED = (
    "open",
    "captured",
    "released",
    "expired",
)
DEBT = "debt"


@dataclass(frozen=True, slots=True)
class Kind:
    """The rules for one kind of posting.

    ``states``: wallet states in which it is allowed. ``refundable_only``: takes money
    only from pockets that can be paid out. ``limited``: counts against the holder's limits.
    ``repays_debt``: the holder's debt is repaid first. ``ignores_expiry``: expired pockets count.
    ``by_card``: a card named in the request must be allowed to pay.
    ``leaves``: the money leaves the school; refused as far as the holder owes it.
    ``debt_only``: only the holder's debt is repaid. ``expired_only``: only expired pockets.
    """

    code: str
    direction: Direction
    states: frozenset[str] = frozenset({OPEN})
    refundable_only: bool = False
    limited: bool = False
    repays_debt: bool = False
    ignores_expiry: bool = False
    by_card: bool = False
    leaves: bool = False
    debt_only: bool = False
    expired_only: bool = False


_NOT_CLOSED = frozenset({OPEN, FROZEN})
_ANY = frozenset({OPEN, FROZEN, CLOSED})

KINDS: dict[str, Kind] = {
    kind.code: kind
    for kind in (
        Kind("purchase", "out", limited=True, by_card=True),
        Kind("fee", "out", _NOT_CLOSED, refundable_only=True),
        Kind("payout", "out", _NOT_CLOSED, refundable_only=True, leaves=True, by_card=True),
        Kind("expiry", "out", _NOT_CLOSED, expired_only=True),
        Kind("correction_out", "out", _NOT_CLOSED, ignores_expiry=True),
        Kind("topup", "in", _NOT_CLOSED, repays_debt=True),
        Kind("opening", "in", _NOT_CLOSED),
        Kind("subsidy", "in", _NOT_CLOSED),
        Kind("gift", "in", _NOT_CLOSED),
        Kind("correction_in", "in", _NOT_CLOSED),
        # A debt is paid by other means than the card, paid from the wallet's money, or written off.
        Kind("debt_payment", "in", _ANY, debt_only=True),
        Kind("debt_settle", "out", _NOT_CLOSED, refundable_only=True, debt_only=True),
        Kind("write_off", "in", _ANY, debt_only=True),
        # Two wallets of one person become one: plan by plan, and the debt under the plan ``debt``.
        Kind("join_out", "out", _ANY, ignores_expiry=True),
        Kind("join_in", "in", _ANY),
    )
}


@dataclass(slots=True)
class Pocket:
    """One pocket as the rules see it; ``usable_at`` empty means everywhere."""

    id: int
    plan: str
    order: int
    balance_minor: int = 0
    reserved_minor: int = 0
    expires_on: dt.date | None = None
    usable_at: frozenset[int] = frozenset()
    refundable: bool = True

    @property
    def available_minor(self) -> int:
        """The balance without what is reserved, in cents; expiry is not considered."""
        return self.balance_minor - self.reserved_minor

    def alive(self, on: dt.date) -> bool:
        """Say whether the pocket can be spent on that day."""
        return self.expires_on is None or self.expires_on >= on

    def spendable_minor(self, on: dt.date) -> int:
        """Return the cents that can be spent on that day."""
        return self.available_minor if self.alive(on) else 0

    def usable(self, merchant_id: int) -> bool:
        """Say whether the plan may be spent at that merchant."""
        return not self.usable_at or merchant_id in self.usable_at


@dataclass(slots=True)
class Wallet:
    """All the money of one holder. Limits are cents, 0 means none. ``joined_id``: the wallet into which
    this one was joined, or 0. ``refused_cards``: for cards that the batch names, why they may not
    pay."""

    id: int
    state: str = OPEN
    pockets: list[Pocket] = field(default_factory=list)
    debt_account_id: int = 0
    debt_minor: int = 0
    limit_purchase_minor: int = 0
    limit_day_minor: int = 0
    pin_above_minor: int = 0
    spent_today_minor: int = 0
    refused_cards: dict[int, str] = field(default_factory=dict)
    joined_id: int = 0

    @property
    def is_limited(self) -> bool:
        """Whether any limit is set."""
        return bool(self.limit_purchase_minor or self.limit_day_minor or self.pin_above_minor)

    def available_minor(self, on: dt.date) -> int:
        """Return the cents that can be spent on that day, at some merchant at least."""
        total = 0
        for pocket in self.pockets:
            total += pocket.spendable_minor(on)
        return total

    def may_leave_minor(self, on: dt.date) -> int:
        """Return the cents that may be paid out on that day: the refundable money less the debt."""
        total = sum(pocket.spendable_minor(on) for pocket in self.pockets if pocket.refundable)
        return max(total - max(self.debt_minor, 0), 0)


class Post(NamedTuple):
    """Money in or out of a wallet, against a system account."""

    uuid: str
    kind: str
    wallet_id: int
    account_id: int
    amount_minor: int
    plan: str | None = None
    expires_on: dt.date | None = None
    card_id: int | None = None
    settle: bool = False
    attempt: int = 0
    pin_given: bool = False


class Reserve(NamedTuple):
    """Set money aside for a purchase at a merchant."""

    uuid: str
    wallet_id: int
    account_id: int
    amount_minor: int
    card_id: int | None = None
    attempt: int = 0
    pin_given: bool = False


class Capture(NamedTuple):
    """Turn a reservation into a purchase; an amount of ``None`` captures all of it."""

    uuid: str
    amount_minor: int | None = None


class Release(NamedTuple):
    """Release a reservation; ``state`` says whether it was released or has expired."""

    uuid: str
    state: str = RESERVATION_RELEASED


class Reverse(NamedTuple):
    """Reverse a posting, in part or (amount ``None``) all that is not reversed yet."""

    uuid: str
    reverses_uuid: str
    amount_minor: int | None = None


Birth = Post | Reserve | Reverse
Request = Birth | Capture | Release


@dataclass(slots=True)
class Reservation:
    """A line of a reservation: the share of one pocket."""

    uuid: str
    line: int
    wallet_id: int
    pocket_id: int
    account_id: int
    amount_minor: int
    captured_minor: int = 0
    state: str = RESERVATION_OPEN
    plan: str = ""


class Transfer(NamedTuple):
    """One movement, debit account -> credit account; never changed once made.

    ``is_of_today``: it happened on the calendar day on which the book decides, and counts against
    the limits of that day.
    """

    uuid: str
    line: int
    kind: str
    wallet_id: int
    debit_id: int
    credit_id: int
    amount_minor: int
    plan: str
    reverses: tuple[str, int] | None = None
    is_of_today: bool = True


class Part(NamedTuple):
    """The share of an amount that one pocket (or the debt account) pays or receives."""

    account_id: int
    plan: str
    amount_minor: int


class Outcome(NamedTuple):
    """The answer to a request: it was done, or it was refused, with the numbers that explain it.

    The code that stores transfers fills ``transfer_ids``, for the answers to replays.
    """

    uuid: str
    code: str
    wallet_id: int = 0
    amount_minor: int = 0
    before_minor: int = 0
    after_minor: int = 0
    parts: tuple[Part, ...] = ()
    numbers: tuple[tuple[str, Number], ...] = ()
    verb: str = ""
    transfer_ids: tuple[int, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether the request was done."""
        return self.code == "ok"


def digest(request: Request) -> str:
    """Return the hash of a request's content, to detect a replay with other content.

    The number of the attempt is not part of the content. ``pin_given`` is left out when it is false:
    so requests have the same digest as before PINs existed.
    """
    content = {name: getattr(request, name) for name in request._fields if name not in ("uuid", "attempt")}
    if not content.get("pin_given"):
        content.pop("pin_given", None)
    text = json.dumps([type(request).__name__, content], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:32]
