"""Values that the ledger's rules take and give. Amounts are whole cents, ``> 0``.

A wallet's pockets are liabilities of the school: money in credits a pocket,
money out debits it.
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
HOLD_OPEN, HOLD_CAPTURED, HOLD_RELEASED, HOLD_EXPIRED = "open", "captured", "released", "expired"
DEBT = "debt"


@dataclass(frozen=True, slots=True)
class Kind:
    """What a kind of posting may do.

    ``states``: wallet states in which it is allowed. ``refundable_only``: takes money
    only from pockets that can be paid out. ``limited``: counts against the holder's limits.
    ``repays_debt``: the holder's debt is repaid first. ``ignores_expiry``: expired pockets count.
    ``by_card``: a card that is named must be one that may pay.
    ``leaves``: the money leaves the school's hands, which it does not while the holder owes it.
    ``debt_only``: nothing but the holder's debt is repaid. ``expired_only``: only expired pockets.
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
        # A debt is paid by other means than the card, paid from the card's own money, or given up.
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
        """Cents that can be spent: the balance without what is reserved."""
        return self.balance_minor - self.reserved_minor

    def alive(self, on: dt.date) -> bool:
        """Whether the pocket can be spent on that day."""
        return self.expires_on is None or self.expires_on >= on

    def spendable_minor(self, on: dt.date) -> int:
        """Cents that can be spent on that day."""
        return self.available_minor if self.alive(on) else 0

    def usable(self, merchant_id: int) -> bool:
        """Whether the plan may be spent at that merchant."""
        return not self.usable_at or merchant_id in self.usable_at


@dataclass(slots=True)
class Wallet:
    """All the money of one holder. Limits are cents, 0 means none. ``joined_id``: the wallet that has
    taken this one over, 0 where there is none. ``refused_cards``: why a card may not pay, of the cards
    that a batch names."""

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
        """Whether any limit has to be looked at."""
        return bool(self.limit_purchase_minor or self.limit_day_minor or self.pin_above_minor)

    def available_minor(self, on: dt.date) -> int:
        """Cents that can be spent somewhere on that day."""
        total = 0
        for pocket in self.pockets:
            total += pocket.spendable_minor(on)
        return total

    def may_leave_minor(self, on: dt.date) -> int:
        """Cents that may leave the school's hands on that day: what can be paid out, less what is owed."""
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
    """Turn a reservation into a purchase; ``None`` takes all of it."""

    uuid: str
    amount_minor: int | None = None


class Release(NamedTuple):
    """Give a reservation back; ``state`` says whether it was let go or ran out."""

    uuid: str
    state: str = HOLD_RELEASED


class Reverse(NamedTuple):
    """Undo a posting, whole (``None``: what is left of it) or in part."""

    uuid: str
    reverses_uuid: str
    amount_minor: int | None = None


Birth = Post | Reserve | Reverse
Request = Birth | Capture | Release


@dataclass(slots=True)
class Hold:
    """One pocket's share of a reservation."""

    uuid: str
    line: int
    wallet_id: int
    pocket_id: int
    account_id: int
    amount_minor: int
    captured_minor: int = 0
    state: str = HOLD_OPEN
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
    """A share of an amount that one pocket (or the debt account) bears."""

    account_id: int
    plan: str
    amount_minor: int


class Outcome(NamedTuple):
    """The answer to a request: also a refusal is one, with the numbers that explain it.

    ``transfer_ids`` is filled by whoever stores transfers, for the answers of replays.
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
        """Whether money moved (or was set aside)."""
        return self.code == "ok"


def digest(request: Request) -> str:
    """Fingerprint of a request's content, so that a replay with other content is seen.

    The number of the attempt is not content: it says which try this is, not what is asked.
    A PIN that was not given is left out: requests had the same digest before there were PINs.
    """
    content = {name: getattr(request, name) for name in request._fields if name not in ("uuid", "attempt")}
    if not content.get("pin_given"):
        content.pop("pin_given", None)
    text = json.dumps([type(request).__name__, content], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:32]
