"""The ledger's rules over a book: post, reserve, capture, release, reverse.

A ``Book`` holds as much of the ledger as a batch of requests touches. Requests are
decided in order; each gets an ``Outcome``; what has to be stored is collected in
``fresh``. The server fills a book from locked rows and stores ``fresh`` in a few
statements; an offline edge and the tests use the same code on books of their own.

Rules (``ARCHITECTURE.md``, ledger): transfers are never changed; a replay of the same
request gets the first answer, other content under the same uuid is refused; a pocket
never goes below zero, what is reserved counted in; a transfer is reversed at most its
own amount; a purchase may span pockets, all or nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

from . import errors, limits
from .ledger_types import (
    CLOSED,
    DEBT,
    FROZEN,
    HOLD_CAPTURED,
    HOLD_OPEN,
    KINDS,
    Birth,
    Capture,
    Hold,
    Number,
    Outcome,
    Part,
    Pocket,
    Post,
    Release,
    Request,
    Reserve,
    Reverse,
    Transfer,
    Wallet,
    digest,
)
from .money import MAX_MINOR
from .spend import receive, spend_order, take

BIRTH, CLOSE = "birth", "close"


@dataclass(frozen=True, slots=True)
class Entry:
    """One answered request in the register of replays."""

    uuid: str
    action: str
    attempt: int
    digest: str
    outcome: Outcome


@dataclass(slots=True)
class Fresh:
    """What a batch adds to the ledger and has to be stored."""

    transfers: list[Transfer] = field(default_factory=list)
    holds: list[Hold] = field(default_factory=list)
    closed_holds: list[Hold] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)


class Book:
    """The part of the ledger that a batch of requests touches, on one business day."""

    def __init__(self, on: dt.date) -> None:
        self.on = on
        self.wallets: dict[int, Wallet] = {}
        self.holds: dict[str, list[Hold]] = {}
        self.transfers: dict[str, list[Transfer]] = {}
        self.reversed_minor: dict[tuple[str, int], int] = {}
        self.register: dict[tuple[str, str], list[Entry]] = {}
        self.fresh = Fresh()
        self._pockets: dict[int, Pocket] = {}

    # -- filling ---------------------------------------------------------------

    def add_wallet(self, wallet: Wallet) -> None:
        """Make a wallet and its pockets known."""
        self.wallets[wallet.id] = wallet
        self._pockets.update((p.id, p) for p in wallet.pockets)

    def add_hold(self, hold: Hold) -> None:
        """Make a stored reservation line known (its pocket's balance already counts it)."""
        self.holds.setdefault(hold.uuid, []).append(hold)

    def add_transfer(self, transfer: Transfer, reversed_minor: int = 0) -> None:
        """Make a stored transfer known, with what has been reversed of it."""
        self.transfers.setdefault(transfer.uuid, []).append(transfer)
        self.reversed_minor[transfer.uuid, transfer.line] = reversed_minor

    def add_entry(self, entry: Entry) -> None:
        """Make an answered request known, so that its replay gets the same answer."""
        self.register.setdefault((entry.uuid, entry.action), []).append(entry)

    # -- deciding --------------------------------------------------------------

    def run(self, requests: Iterable[Request]) -> list[Outcome]:
        """Decide requests in order."""
        return [self.decide(request) for request in requests]

    def decide(self, request: Request) -> Outcome:
        """Answer one request: replay, refuse, or move money."""
        action = CLOSE if isinstance(request, (Capture, Release)) else BIRTH
        attempt = getattr(request, "attempt", 0)
        mark = digest(request)
        for entry in self.register.get((request.uuid, action), ()):
            if entry.outcome.ok or entry.attempt == attempt:
                return entry.outcome if entry.digest == mark else self._refuse(request, errors.CONFLICT)
        outcome = self._dispatch(request)
        # A refused capture or release leaves the reservation as it was and may be tried again.
        if outcome.ok or (action == BIRTH and outcome.code != errors.CONFLICT):
            entry = Entry(request.uuid, action, attempt, mark, outcome)
            self.add_entry(entry)
            self.fresh.entries.append(entry)
        return outcome

    def _dispatch(self, request: Request) -> Outcome:
        amount = request.amount_minor if not isinstance(request, Release) else None
        if amount is not None and not 0 < amount <= MAX_MINOR:
            return self._refuse(request, errors.AMOUNT_INVALID, {"asked": amount, "maximum": MAX_MINOR})
        match request:
            case Post():
                return self._post(request)
            case Reserve():
                return self._reserve(request)
            case Capture():
                return self._capture(request)
            case Release():
                return self._release(request)
            case Reverse():
                return self._reverse(request)

    def _refuse(
        self, request: Request, code: str, numbers: dict[str, Number] | None = None, wallet: Wallet | None = None
    ) -> Outcome:
        if wallet is None:
            wallet = self.wallets.get(getattr(request, "wallet_id", 0))
        money = wallet.available_minor(self.on) if wallet else 0
        return Outcome(
            uuid=request.uuid,
            code=code,
            wallet_id=wallet.id if wallet else 0,
            amount_minor=getattr(request, "amount_minor", None) or 0,
            before_minor=money,
            after_minor=money,
            numbers=tuple(sorted((numbers or {}).items())),
        )

    def _done(self, request: Request, wallet: Wallet, before: int, parts: Iterable[Part]) -> Outcome:
        kept = tuple(parts)
        return Outcome(
            uuid=request.uuid,
            code="ok",
            wallet_id=wallet.id,
            amount_minor=sum(part.amount_minor for part in kept),
            before_minor=before,
            after_minor=wallet.available_minor(self.on),
            parts=kept,
        )

    def _move(self, transfer: Transfer) -> None:
        """Book a transfer: both sides at once, so that the sum stays zero."""
        for account_id, sign in ((transfer.debit_id, -1), (transfer.credit_id, 1)):
            if pocket := self._pockets.get(account_id):
                pocket.balance_minor += sign * transfer.amount_minor
        wallet = self.wallets[transfer.wallet_id]
        if wallet.debt_account_id in (transfer.debit_id, transfer.credit_id):
            sign = 1 if transfer.debit_id == wallet.debt_account_id else -1
            wallet.debt_minor += sign * transfer.amount_minor
        if transfer.kind == "purchase":
            sign = -1 if transfer.reverses else 1
            wallet.spent_today_minor += sign * transfer.amount_minor
        self.add_transfer(transfer)
        self.fresh.transfers.append(transfer)

    # -- money in and out ------------------------------------------------------

    def _post(self, request: Post) -> Outcome:
        wallet, kind = self.wallets.get(request.wallet_id), KINDS[request.kind]
        if wallet is None:
            return self._refuse(request, errors.NOT_FOUND)
        if wallet.state not in kind.states and not request.settle:
            return self._refuse(request, _state_code(wallet))
        if kind.direction == "in":
            return self._receive(request, wallet)
        parts = self._charge(request, wallet, request.plan, settle=request.settle)
        if isinstance(parts, errors.Refusal):
            return self._refuse(request, parts.code, dict(parts.numbers))
        before = wallet.available_minor(self.on)
        for line, part in enumerate(parts, 1):
            self._move(
                Transfer(
                    request.uuid,
                    line,
                    request.kind,
                    wallet.id,
                    part.account_id,
                    request.account_id,
                    part.amount_minor,
                    part.plan,
                )
            )
        return self._done(request, wallet, before, parts)

    def _receive(self, request: Post, wallet: Wallet) -> Outcome:
        plan = request.plan or "cash"
        pocket = next((p for p in wallet.pockets if p.plan == plan and p.expires_on == request.expires_on), None)
        if pocket is None:
            return self._refuse(request, errors.NOT_FOUND, {"plan": plan})
        if pocket.balance_minor + request.amount_minor > MAX_MINOR:
            numbers: dict[str, Number] = {"asked": request.amount_minor, "maximum": MAX_MINOR - pocket.balance_minor}
            return self._refuse(request, errors.AMOUNT_INVALID, numbers)
        before = wallet.available_minor(self.on)
        parts = receive(wallet, pocket, KINDS[request.kind], request.amount_minor)
        for line, part in enumerate(parts, 1):
            self._move(
                Transfer(
                    request.uuid,
                    line,
                    request.kind,
                    wallet.id,
                    request.account_id,
                    part.account_id,
                    part.amount_minor,
                    part.plan,
                )
            )
        return self._done(request, wallet, before, parts)

    def _charge(
        self, request: Post | Reserve, wallet: Wallet, plan: str | None, *, settle: bool
    ) -> tuple[Part, ...] | errors.Refusal:
        kind = KINDS[request.kind if isinstance(request, Post) else "purchase"]
        if kind.limited and not settle:
            refusal = limits.check(
                limits.Limits(purchase_minor=wallet.limit_purchase_minor, day_minor=wallet.limit_day_minor),
                request.amount_minor,
                wallet.spent_today_minor,
            )
            if refusal:
                return refusal
        pockets = spend_order(wallet, self.on, request.account_id, kind, plan)
        return take(wallet, pockets, request.amount_minor, settle=settle)

    # -- reservations ----------------------------------------------------------

    def _reserve(self, request: Reserve) -> Outcome:
        wallet = self.wallets.get(request.wallet_id)
        if wallet is None:
            return self._refuse(request, errors.NOT_FOUND)
        if wallet.state in (FROZEN, CLOSED):
            return self._refuse(request, _state_code(wallet))
        parts = self._charge(request, wallet, None, settle=False)
        if isinstance(parts, errors.Refusal):
            return self._refuse(request, parts.code, dict(parts.numbers))
        before = wallet.available_minor(self.on)
        for line, part in enumerate(parts, 1):
            hold = Hold(request.uuid, line, wallet.id, part.account_id, request.account_id, part.amount_minor)
            hold.plan = part.plan
            self._pockets[hold.pocket_id].reserved_minor += hold.amount_minor
            self.add_hold(hold)
            self.fresh.holds.append(hold)
        # Money set aside counts against the day's limit until it is released.
        wallet.spent_today_minor += request.amount_minor
        return self._done(request, wallet, before, parts)

    def _open_holds(self, request: Capture | Release) -> list[Hold] | Outcome:
        holds = self.holds.get(request.uuid)
        if not holds:
            return self._refuse(request, errors.NOT_FOUND)
        if any(hold.state != HOLD_OPEN for hold in holds):
            wallet = self.wallets[holds[0].wallet_id]
            return self._refuse(request, errors.RESERVATION_CLOSED, {"state": holds[0].state}, wallet)
        return holds

    def _close(self, hold: Hold, state: str, captured_minor: int) -> None:
        hold.state, hold.captured_minor = state, captured_minor
        self._pockets[hold.pocket_id].reserved_minor -= hold.amount_minor
        self.wallets[hold.wallet_id].spent_today_minor -= hold.amount_minor
        self.fresh.closed_holds.append(hold)

    def _capture(self, request: Capture) -> Outcome:
        holds = self._open_holds(request)
        if isinstance(holds, Outcome):
            return holds
        wallet = self.wallets[holds[0].wallet_id]
        total = sum(hold.amount_minor for hold in holds)
        left = total if request.amount_minor is None else request.amount_minor
        if left > total:
            return self._refuse(request, errors.CAPTURE_EXCEEDS, {"asked": left, "reserved": total}, wallet)
        before = wallet.available_minor(self.on) + total
        parts = []
        for hold in holds:
            share = min(left, hold.amount_minor)
            left -= share
            self._close(hold, HOLD_CAPTURED, share)
            if share:
                parts.append(Part(hold.pocket_id, hold.plan, share))
                self._move(
                    Transfer(
                        hold.uuid, hold.line, "purchase", wallet.id, hold.pocket_id, hold.account_id, share, hold.plan
                    )
                )
        return self._done(request, wallet, before, parts)

    def _release(self, request: Release) -> Outcome:
        holds = self._open_holds(request)
        if isinstance(holds, Outcome):
            return holds
        wallet = self.wallets[holds[0].wallet_id]
        before = wallet.available_minor(self.on)
        parts = []
        for hold in holds:
            self._close(hold, request.state, 0)
            parts.append(Part(hold.pocket_id, hold.plan, hold.amount_minor))
        return self._done(request, wallet, before, parts)

    # -- reversals -------------------------------------------------------------

    def _reverse(self, request: Reverse) -> Outcome:
        originals = self.transfers.get(request.reverses_uuid)
        if not originals:
            return self._refuse(request, errors.NOT_FOUND)
        wallet = self.wallets[originals[0].wallet_id]
        if any(t.reverses for t in originals):
            return self._refuse(request, errors.NOT_REVERSIBLE, None, wallet)
        if wallet.state == CLOSED:
            return self._refuse(request, errors.WALLET_CLOSED, None, wallet)
        open_minor = {t: t.amount_minor - self.reversed_minor[t.uuid, t.line] for t in originals}
        total = sum(open_minor.values())
        left = total if request.amount_minor is None else request.amount_minor
        if left > total or not total:
            return self._refuse(request, errors.REVERSAL_EXCEEDS, {"asked": left, "left": total}, wallet)
        shares = _from_the_end(originals, open_minor, left)
        short = self._short(shares)
        if short:
            return self._refuse(request, errors.INSUFFICIENT, {"missing": short, "asked": left}, wallet)
        before = wallet.available_minor(self.on)
        parts = [self._undo(request, line, original, share) for line, (original, share) in enumerate(shares, 1)]
        self._return_overpaid_debt(request, wallet, len(shares) + 1)
        return self._done(request, wallet, before, parts)

    def _short(self, shares: list[tuple[Transfer, int]]) -> int:
        """Cents by which the pockets cannot give money in back (a top-up already spent)."""
        taken: dict[int, int] = {}
        for original, share in shares:
            taken[original.credit_id] = taken.get(original.credit_id, 0) + share
        return sum(
            max(amount - self._pockets[account].available_minor, 0)
            for account, amount in taken.items()
            if account in self._pockets
        )

    def _undo(self, request: Reverse, line: int, original: Transfer, share: int) -> Part:
        key = (original.uuid, original.line)
        self.reversed_minor[key] += share
        self._move(
            Transfer(
                request.uuid,
                line,
                original.kind,
                original.wallet_id,
                original.credit_id,
                original.debit_id,
                share,
                original.plan,
                key,
            )
        )
        account = original.debit_id if KINDS[original.kind].direction == "out" else original.credit_id
        return Part(account, original.plan, share)

    def _return_overpaid_debt(self, request: Reverse, wallet: Wallet, line: int) -> None:
        """A refunded debt that a top-up had already repaid goes to the cash pocket."""
        cash = next((p for p in wallet.pockets if p.plan == "cash" and p.expires_on is None), None)
        if wallet.debt_minor < 0 and cash:
            self._move(
                Transfer(
                    request.uuid,
                    line,
                    "debt_return",
                    wallet.id,
                    wallet.debt_account_id,
                    cash.id,
                    -wallet.debt_minor,
                    DEBT,
                )
            )


def _state_code(wallet: Wallet) -> str:
    return errors.WALLET_CLOSED if wallet.state == CLOSED else errors.WALLET_FROZEN


def _from_the_end(
    originals: list[Transfer], open_minor: dict[Transfer, int], amount_minor: int
) -> list[tuple[Transfer, int]]:
    """Shares of a partial reversal: what was spent last comes back first."""
    shares, left = [], amount_minor
    for original in sorted(originals, key=lambda t: -t.line):
        share = min(left, open_minor[original])
        if share:
            shares.append((original, share))
            left -= share
    return shares
