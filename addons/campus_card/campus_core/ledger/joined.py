"""Reversals for a wallet that was joined into another one, which now has its money and its debt."""

from __future__ import annotations

from . import overpaid
from .book import Book
from .types import DEBT, Part, Pocket, Reverse, Transfer, Wallet


def twin(pocket: Pocket, holder: Wallet) -> Pocket | None:
    """Return the pocket of wallet ``holder`` into which the money of ``pocket`` was moved."""
    return next(
        (p for p in holder.pockets if (p.plan, p.expires_on) == (pocket.plan, pocket.expires_on)), None
    )


def fetch(
    book: Book, request: Reverse, old: Wallet, new: Wallet, taken: dict[int, int], line: int
) -> tuple[int, list[Part]]:
    """Move back to the pockets of ``old`` the money that a reversal takes from them.

    Return the next free line, and the shares by the pockets that gave them.
    """
    parts = []
    for pocket in old.pockets:
        short, source = taken.get(pocket.id, 0) - pocket.available_minor, twin(pocket, new)
        if short <= 0 or source is None:
            continue
        line = _move(book, request, (new, source.id), (old, pocket.id), short, pocket.plan, line)
        parts.append(Part(source.id, source.plan, short))
    return line, parts


def pass_on(book: Book, request: Reverse, old: Wallet, new: Wallet, line: int) -> list[Part]:
    """Move debt, overpaid debt and money that a reversal left in ``old`` to ``new``; return the shares."""
    line = overpaid.to_losses(book, request, old, line)
    parts = []
    if old.debt_minor and new.debt_account_id:
        share, sides = abs(old.debt_minor), ((old, old.debt_account_id), (new, new.debt_account_id))
        giver, taker = sides if old.debt_minor < 0 else sides[::-1]
        line = _move(book, request, giver, taker, share, DEBT, line)
        parts.append(Part(new.debt_account_id, DEBT, share))
        line = overpaid.settle(book, request, new, line)
    line = overpaid.settle(book, request, old, line)
    for pocket in old.pockets:
        amount_minor, target = pocket.available_minor, twin(pocket, new)
        if not amount_minor or target is None:
            continue
        line = _move(book, request, (old, pocket.id), (new, target.id), amount_minor, pocket.plan, line)
        parts.append(Part(target.id, target.plan, amount_minor))
    return parts


def _move(
    book: Book,
    request: Reverse,
    giver: tuple[Wallet, int],
    taker: tuple[Wallet, int],
    amount_minor: int,
    plan: str,
    line: int,
) -> int:
    """Move money between accounts of two wallets through the join account; return the next free line."""
    legs = (
        ("join_out", giver[0], giver[1], book.join_account_id),
        ("join_in", taker[0], book.join_account_id, taker[1]),
    )
    for kind, wallet, debit_id, credit_id in legs:
        book.move(Transfer(request.uuid, line, kind, wallet.id, debit_id, credit_id, amount_minor, plan))
        line += 1
    return line
