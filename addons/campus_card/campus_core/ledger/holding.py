"""Reservations: money is set aside, then captured or released, once."""

from __future__ import annotations

from .. import errors
from .book import Book
from .posting import charge, state_code
from .types import HOLD_CAPTURED, HOLD_OPEN, OPEN, Capture, Hold, Outcome, Part, Release, Reserve, Transfer


def reserve(book: Book, request: Reserve) -> Outcome:
    """Set money aside in the spend order; it counts against the limits at once."""
    wallet = book.wallets.get(request.wallet_id)
    if wallet is None:
        return book.refuse(request, errors.NOT_FOUND)
    if wallet.state != OPEN:
        return book.refuse(request, state_code(wallet))
    parts = charge(book, request, wallet, None, settle=False)
    if isinstance(parts, errors.Refusal):
        return book.refuse(request, parts.code, dict(parts.numbers))
    before = wallet.available_minor(book.today)
    for line, part in enumerate(parts, 1):
        hold = Hold(request.uuid, line, wallet.id, part.account_id, request.account_id, part.amount_minor)
        hold.plan = part.plan
        book.pockets[hold.pocket_id].reserved_minor += hold.amount_minor
        book.add_hold(hold)
        book.fresh.holds.append(hold)
    # Money set aside counts against the day's limit until it is released.
    wallet.spent_today_minor += request.amount_minor
    return book.done(request, wallet, before, parts)


def _open_holds(book: Book, request: Capture | Release) -> list[Hold] | Outcome:
    holds = book.holds.get(request.uuid)
    if not holds:
        return book.refuse(request, errors.NOT_FOUND)
    if any(hold.state != HOLD_OPEN for hold in holds):
        wallet = book.wallets[holds[0].wallet_id]
        return book.refuse(request, errors.RESERVATION_CLOSED, {"state": holds[0].state}, wallet)
    return holds


def _close(book: Book, hold: Hold, state: str, captured_minor: int) -> None:
    hold.state, hold.captured_minor = state, captured_minor
    book.pockets[hold.pocket_id].reserved_minor -= hold.amount_minor
    book.wallets[hold.wallet_id].spent_today_minor -= hold.amount_minor
    book.fresh.closed_holds.append(hold)


def capture(book: Book, request: Capture) -> Outcome:
    """Turn a reservation into a purchase; release what is not captured."""
    holds = _open_holds(book, request)
    if isinstance(holds, Outcome):
        return holds
    wallet = book.wallets[holds[0].wallet_id]
    total = sum(hold.amount_minor for hold in holds)
    left = total if request.amount_minor is None else request.amount_minor
    if left > total:
        return book.refuse(
            request, errors.CAPTURE_EXCEEDS, {"asked_minor": left, "reserved_minor": total}, wallet
        )
    before = wallet.available_minor(book.today) + total
    parts = []
    for hold in holds:
        share = min(left, hold.amount_minor)
        left -= share
        _close(book, hold, HOLD_CAPTURED, share)
        if share:
            parts.append(Part(hold.pocket_id, hold.plan, share))
            book.move(
                Transfer(
                    hold.uuid,
                    hold.line,
                    "purchase",
                    wallet.id,
                    hold.pocket_id,
                    hold.account_id,
                    share,
                    hold.plan,
                )
            )
    return book.done(request, wallet, before, parts)


def release(book: Book, request: Release) -> Outcome:
    """Release a reservation: its money can be spent again."""
    holds = _open_holds(book, request)
    if isinstance(holds, Outcome):
        return holds
    wallet = book.wallets[holds[0].wallet_id]
    before = wallet.available_minor(book.today)
    parts = []
    for hold in holds:
        _close(book, hold, request.state, 0)
        parts.append(Part(hold.pocket_id, hold.plan, hold.amount_minor))
    return book.done(request, wallet, before, parts)
