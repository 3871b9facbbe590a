"""Money in and out of a wallet."""

from __future__ import annotations

from .. import errors
from ..money import MAX_MINOR
from . import limits
from .book import Book
from .spend import receive, spend_order, take
from .types import CLOSED, DEBT, KINDS, Kind, Number, Outcome, Part, Post, Reserve, Transfer, Wallet


def post(book: Book, request: Post) -> Outcome:
    """Book money in to the pocket of its plan, or money out in the spend order; all or nothing."""
    wallet, kind = book.wallets.get(request.wallet_id), KINDS[request.kind]
    if wallet is None:
        return book.refuse(request, errors.NOT_FOUND)
    if wallet.state not in kind.states and not request.settle:
        return book.refuse(request, state_code(wallet))
    refusal = _debt_refusal(book, request, wallet, kind)
    if refusal:
        return book.refuse(request, refusal.code, dict(refusal.numbers))
    if kind.direction == "in":
        return _receive(book, request, wallet)
    parts = charge(book, request, wallet, request.plan, settle=request.settle)
    if isinstance(parts, errors.Refusal):
        return book.refuse(request, parts.code, dict(parts.numbers))
    before = wallet.available_minor(book.today)
    for line, part in enumerate(parts, 1):
        book.move(
            Transfer(
                request.uuid,
                line,
                request.kind,
                wallet.id,
                part.account_id,
                wallet.debt_account_id if kind.debt_only else request.account_id,
                part.amount_minor,
                part.plan,
            )
        )
    return book.done(request, wallet, before, parts)


def _debt_refusal(book: Book, request: Post, wallet: Wallet, kind: Kind) -> errors.Refusal | None:
    """Refuse to repay more than is owed, and to pay out money to a holder who owes it."""
    owed, asked = max(wallet.debt_minor, 0), request.amount_minor
    repays = kind.debt_only or (kind.direction == "in" and request.plan == DEBT)
    if repays and asked > owed:
        return errors.Refusal(errors.DEBT_EXCEEDS, {"asked_minor": asked, "debt_minor": owed})
    leave = wallet.may_leave_minor(book.today) if kind.leaves else asked
    if owed and asked > leave:
        return errors.Refusal(
            errors.DEBT_FIRST, {"asked_minor": asked, "debt_minor": owed, "left_minor": leave}
        )
    return None


def _receive(book: Book, request: Post, wallet: Wallet) -> Outcome:
    if KINDS[request.kind].debt_only or request.plan == DEBT:
        return _receive_parts(
            book, request, wallet, (Part(wallet.debt_account_id, DEBT, request.amount_minor),)
        )
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
    parts = receive(wallet, pocket, KINDS[request.kind], request.amount_minor)
    return _receive_parts(book, request, wallet, parts)


def _receive_parts(book: Book, request: Post, wallet: Wallet, parts: tuple[Part, ...]) -> Outcome:
    before = wallet.available_minor(book.today)
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
    """Check card and limits, then split the amount over the pockets that may pay it."""
    kind = KINDS[request.kind if isinstance(request, Post) else "purchase"]
    card_code = wallet.refused_cards.get(request.card_id or 0)
    if kind.by_card and card_code and not settle:
        return errors.Refusal(card_code)
    if kind.limited and not settle and wallet.is_limited:
        refusal = limits.refusal(
            limits.Limits(wallet.limit_purchase_minor, wallet.limit_day_minor, wallet.pin_above_minor),
            request.amount_minor,
            max(wallet.spent_today_minor, 0),
            pin_given=request.pin_given,
        )
        if refusal:
            return refusal
    if plan == DEBT and kind.code == "join_out":
        return (Part(wallet.debt_account_id, DEBT, request.amount_minor),)
    pockets = spend_order(wallet, book.today, request.account_id, kind, plan)
    return take(wallet, pockets, request.amount_minor, book.today, settle=settle)


def state_code(wallet: Wallet) -> str:
    """Return the refusal code for a wallet that is not open."""
    return errors.WALLET_CLOSED if wallet.state == CLOSED else errors.WALLET_FROZEN
