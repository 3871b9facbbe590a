"""A book: the part of the ledger that a batch of requests touches.

``decide`` applies the rules to it. ``fresh`` collects what has to be stored afterwards.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

from .types import (
    Capture,
    Number,
    Outcome,
    Part,
    Pocket,
    Post,
    Release,
    Request,
    Reservation,
    Reserve,
    Reverse,
    Transfer,
    Wallet,
)

BIRTH, CLOSE = "birth", "close"
_VERBS: dict[type, str] = {
    Post: "post",
    Reserve: "reserve",
    Capture: "capture",
    Release: "release",
    Reverse: "reverse",
}


@dataclass(frozen=True, slots=True)
class Answered:
    """An answered request, kept so that its replay gets the same answer."""

    uuid: str
    action: str
    attempt: int
    digest: str
    outcome: Outcome


@dataclass(slots=True)
class Fresh:
    """What a batch adds to the ledger; it must be stored."""

    transfers: list[Transfer] = field(default_factory=list)
    reservations: list[Reservation] = field(default_factory=list)
    closed_reservations: list[Reservation] = field(default_factory=list)
    answered: list[Answered] = field(default_factory=list)


class Book:
    """The part of the ledger that a batch of requests touches.

    ``on`` is the business day of the bookings. ``today`` is the calendar day of the campus; limits and
    validity use it, so closing a business day at noon does not give anybody a second daily limit.
    ``span``: the first moment of ``today`` and of the next day, UTC, to read the day's purchases.
    ``join_account_id``: the system account through which money moves when two wallets are joined.
    """

    def __init__(self, on: dt.date, today: dt.date | None = None) -> None:
        self.on = on
        self.today = today or on
        self.join_account_id = 0
        self.span: tuple[dt.datetime, dt.datetime] | None = None
        self.wallets: dict[int, Wallet] = {}
        self.reservations: dict[str, list[Reservation]] = {}
        self.transfers: dict[str, list[Transfer]] = {}
        self.reversed_minor: dict[tuple[str, int], int] = {}
        self.register: dict[tuple[str, str], list[Answered]] = {}
        self.fresh = Fresh()
        self.pockets: dict[int, Pocket] = {}

    # -- filling ---------------------------------------------------------------

    def add_wallet(self, wallet: Wallet) -> None:
        """Make a wallet and its pockets known."""
        self.wallets[wallet.id] = wallet
        for pocket in wallet.pockets:
            self.pockets[pocket.id] = pocket

    def add_reservation(self, reservation: Reservation) -> None:
        """Make a stored reservation line known (its pocket's ``reserved_minor`` already counts it)."""
        self.reservations.setdefault(reservation.uuid, []).append(reservation)

    def add_transfer(self, transfer: Transfer, reversed_minor: int = 0) -> None:
        """Make a stored transfer known, with the amount that has been reversed."""
        self.transfers.setdefault(transfer.uuid, []).append(transfer)
        self.reversed_minor[transfer.uuid, transfer.line] = reversed_minor

    def add_answered(self, answered: Answered) -> None:
        """Make an answered request known, so that its replay gets the same answer."""
        self.register.setdefault((answered.uuid, answered.action), []).append(answered)

    # -- what the rules need ---------------------------------------------------

    def refuse(
        self,
        request: Request,
        code: str,
        numbers: dict[str, Number] | None = None,
        wallet: Wallet | None = None,
    ) -> Outcome:
        if wallet is None:
            wallet = self.wallets.get(getattr(request, "wallet_id", 0))
        money = wallet.available_minor(self.today) if wallet else 0
        return Outcome(
            uuid=request.uuid,
            code=code,
            wallet_id=wallet.id if wallet else 0,
            amount_minor=getattr(request, "amount_minor", None) or 0,
            before_minor=money,
            after_minor=money,
            numbers=tuple(sorted((numbers or {}).items())),
            verb=verb_of(request),
        )

    def done(
        self,
        request: Request,
        wallet: Wallet,
        before: int,
        parts: Iterable[Part],
        numbers: tuple[tuple[str, Number], ...] = (),
    ) -> Outcome:
        kept = tuple(parts)
        amount_minor = sum([part.amount_minor for part in kept])
        after = wallet.available_minor(self.today)
        return Outcome(
            request.uuid, "ok", wallet.id, amount_minor, before, after, kept, numbers, verb_of(request)
        )

    def move(self, transfer: Transfer) -> None:
        """Book both sides of a transfer, so that the sum stays zero."""
        amount_minor, wallet = transfer.amount_minor, self.wallets[transfer.wallet_id]
        if pocket := self.pockets.get(transfer.debit_id):
            pocket.balance_minor -= amount_minor
        if pocket := self.pockets.get(transfer.credit_id):
            pocket.balance_minor += amount_minor
        if wallet.debt_account_id in (transfer.debit_id, transfer.credit_id):
            sign = 1 if transfer.debit_id == wallet.debt_account_id else -1
            wallet.debt_minor += sign * amount_minor
        if transfer.kind == "purchase" and transfer.is_of_today:
            wallet.spent_today_minor += -amount_minor if transfer.reverses else amount_minor
        self.add_transfer(transfer)
        self.fresh.transfers.append(transfer)


def verb_of(request: Request) -> str:
    """Return the request's verb: post, reserve, capture, release or reverse."""
    return _VERBS[type(request)]
