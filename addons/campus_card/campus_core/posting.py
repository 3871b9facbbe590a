"""Money in and out of a wallet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import errors, limits
from .ledger_types import CLOSED, KINDS, Number, Outcome, Part, Post, Reserve, Transfer, Wallet
from .money import MAX_MINOR
from .spend import receive, spend_order, take

if TYPE_CHECKING:
    from .ledger import Book


def post(book: Book, request: Post) -> Outcome:
    """Money in to the pocket of its plan, money out in the spend order; all or nothing."""
    wallet, kind = book.wallets.get(request.wallet_id), KINDS[request.kind]
    if wallet is None:
        return book.refuse(request, errors.NOT_FOUND)
    if wallet.state not in kind.states and not request.settle:
        return book.refuse(request, state_code(wallet))
    if kind.direction == "in":
        return _receive(book, request, wallet)
    parts = charge(book, request, wallet, request.plan, settle=request.settle)
    if isinstance(parts, errors.Refusal):
        return book.refuse(request, parts.code, dict(parts.numbers))
    before = wallet.available_minor(book.on)
    for line, part in enumerate(parts, 1):
        book.move(
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
    return book.done(request, wallet, before, parts)


def _receive(book: Book, request: Post, wallet: Wallet) -> Outcome:
    plan = request.plan or "cash"
    pocket = next((p for p in wallet.pockets if p.plan == plan and p.expires_on == request.expires_on), None)
    if pocket is None:
        return book.refuse(request, errors.NOT_FOUND, {"plan": plan})
    if pocket.balance_minor + request.amount_minor > MAX_MINOR:
        numbers: dict[str, Number] = {
            "asked_minor": request.amount_minor,
            "maximum_minor": MAX_MINOR - pocket.balance_minor,
        }
        return book.refuse(request, errors.AMOUNT_INVALID, numbers)
    before = wallet.available_minor(book.on)
    parts = receive(wallet, pocket, KINDS[request.kind], request.amount_minor)
    for line, part in enumerate(parts, 1):
        book.move(
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
    return book.done(request, wallet, before, parts)


def charge(
    book: Book, request: Post | Reserve, wallet: Wallet, plan: str | None, *, settle: bool
) -> tuple[Part, ...] | errors.Refusal:
    """Check the limits, then split the amount over the pockets that may bear it."""
    kind = KINDS[request.kind if isinstance(request, Post) else "purchase"]
    if kind.limited and not settle and wallet.is_limited:
        refusal = limits.refusal(
            limits.Limits(wallet.limit_purchase_minor, wallet.limit_day_minor, wallet.pin_above_minor),
            request.amount_minor,
            max(wallet.spent_today_minor, 0),
            pin_given=request.pin_given,
        )
        if refusal:
            return refusal
    pockets = spend_order(wallet, book.on, request.account_id, kind, plan)
    return take(wallet, pockets, request.amount_minor, book.on, settle=settle)


def state_code(wallet: Wallet) -> str:
    """Refusal code for a wallet that is not open."""
    return errors.WALLET_CLOSED if wallet.state == CLOSED else errors.WALLET_FROZEN
