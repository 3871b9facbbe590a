"""Settles a refund of a debt that was already repaid or written off: first the school, then the holder."""

from __future__ import annotations

from .book import Book
from .types import DEBT, Reverse, Transfer, Wallet

WRITE_OFF = "write_off"


def settle(book: Book, request: Reverse, wallet: Wallet, line: int) -> int:
    """Settle a debt below zero, as a refund may leave it; return the next free line.

    The holder never paid what was written off: that goes back to the account of losses, and reverses
    the write-off by that amount. The holder has paid the rest: it goes to the cash pocket.
    """
    return _to_cash(book, request, wallet, to_losses(book, request, wallet, line))


def to_losses(book: Book, request: Reverse, wallet: Wallet, line: int) -> int:
    """Reverse write-offs of a wallet until its debt is not below zero; return the next free line."""
    for written_off in _written_off(book, wallet):
        key = (written_off.uuid, written_off.line)
        share = min(-wallet.debt_minor, written_off.amount_minor - book.reversed_minor[key])
        if share <= 0:
            continue
        book.reversed_minor[key] += share
        book.move(
            written_off._replace(
                uuid=request.uuid,
                line=line,
                debit_id=written_off.credit_id,
                credit_id=written_off.debit_id,
                amount_minor=share,
                reverses=key,
            )
        )
        line += 1
    return line


def _to_cash(book: Book, request: Reverse, wallet: Wallet, line: int) -> int:
    cash = next((p for p in wallet.pockets if p.plan == "cash" and p.expires_on is None), None)
    if wallet.debt_minor >= 0 or cash is None:
        return line
    debit_id, share = wallet.debt_account_id, -wallet.debt_minor
    book.move(Transfer(request.uuid, line, "debt_return", wallet.id, debit_id, cash.id, share, DEBT))
    return line + 1


def _written_off(book: Book, wallet: Wallet) -> list[Transfer]:
    """Return the write-offs of a wallet that may be reversed, the last one first."""
    if wallet.debt_minor >= 0:
        return []
    known = (t for transfers in book.transfers.values() for t in transfers)
    found = [t for t in known if t.kind == WRITE_OFF and t.wallet_id == wallet.id and not t.reverses]
    return found[::-1]
