"""Reservations: money is set aside, then captured or released, once."""

from __future__ import annotations

from .. import errors
from .book import Book
from .posting import charge, state_code
from .types import (
    OPEN,
    RESERVATION_CAPTURED,
    RESERVATION_OPEN,
    Capture,
    Outcome,
    Part,
    Release,
    Reservation,
    Reserve,
    Transfer,
)


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
        reservation = Reservation(
            request.uuid, line, wallet.id, part.account_id, request.account_id, part.amount_minor
        )
        reservation.plan = part.plan
        book.pockets[reservation.pocket_id].reserved_minor += reservation.amount_minor
        book.add_reservation(reservation)
        book.fresh.reservations.append(reservation)
    # Money set aside counts against the day's limit until it is released.
    wallet.spent_today_minor += request.amount_minor
    return book.done(request, wallet, before, parts)


def _open_reservations(book: Book, request: Capture | Release) -> list[Reservation] | Outcome:
    reservations = book.reservations.get(request.uuid)
    if not reservations:
        return book.refuse(request, errors.NOT_FOUND)
    if any(reservation.state != RESERVATION_OPEN for reservation in reservations):
        wallet = book.wallets[reservations[0].wallet_id]
        return book.refuse(request, errors.RESERVATION_CLOSED, {"state": reservations[0].state}, wallet)
    return reservations


def _close(book: Book, reservation: Reservation, state: str, captured_minor: int) -> None:
    reservation.state, reservation.captured_minor = state, captured_minor
    book.pockets[reservation.pocket_id].reserved_minor -= reservation.amount_minor
    book.wallets[reservation.wallet_id].spent_today_minor -= reservation.amount_minor
    book.fresh.closed_reservations.append(reservation)


def capture(book: Book, request: Capture) -> Outcome:
    """Turn a reservation into a purchase; release what is not captured."""
    reservations = _open_reservations(book, request)
    if isinstance(reservations, Outcome):
        return reservations
    wallet = book.wallets[reservations[0].wallet_id]
    total = sum(reservation.amount_minor for reservation in reservations)
    left = total if request.amount_minor is None else request.amount_minor
    if left > total:
        return book.refuse(
            request, errors.CAPTURE_EXCEEDS, {"asked_minor": left, "reserved_minor": total}, wallet
        )
    before = wallet.available_minor(book.today) + total
    parts = []
    for reservation in reservations:
        share = min(left, reservation.amount_minor)
        left -= share
        _close(book, reservation, RESERVATION_CAPTURED, share)
        if share:
            parts.append(Part(reservation.pocket_id, reservation.plan, share))
            book.move(
                Transfer(
                    reservation.uuid,
                    reservation.line,
                    "purchase",
                    wallet.id,
                    reservation.pocket_id,
                    reservation.account_id,
                    share,
                    reservation.plan,
                )
            )
    return book.done(request, wallet, before, parts)


def release(book: Book, request: Release) -> Outcome:
    """Release a reservation: its money can be spent again."""
    reservations = _open_reservations(book, request)
    if isinstance(reservations, Outcome):
        return reservations
    wallet = book.wallets[reservations[0].wallet_id]
    before = wallet.available_minor(book.today)
    parts = []
    for reservation in reservations:
        _close(book, reservation, request.state, 0)
        parts.append(Part(reservation.pocket_id, reservation.plan, reservation.amount_minor))
    return book.done(request, wallet, before, parts)
