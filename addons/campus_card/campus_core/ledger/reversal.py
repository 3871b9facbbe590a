"""Reversals, whole or partial: money goes back to where it came from, once."""

from __future__ import annotations

from .. import errors
from . import joined, overpaid
from .book import Book
from .types import CLOSED, KINDS, Number, Outcome, Part, Reverse, Transfer, Wallet


def reverse(book: Book, request: Reverse) -> Outcome:
    """Reverse a posting or a captured reservation; what was spent last comes back first."""
    originals = book.transfers.get(request.reverses_uuid)
    if not originals:
        return book.refuse(request, errors.NOT_FOUND)
    wallet = book.wallets[originals[0].wallet_id]
    if any(t.reverses for t in originals):
        return book.refuse(request, errors.NOT_REVERSIBLE, None, wallet)
    if wallet.state == CLOSED and wallet.joined_id not in book.wallets:
        return book.refuse(request, errors.WALLET_CLOSED, None, wallet)
    open_minor = {t: t.amount_minor - book.reversed_minor[t.uuid, t.line] for t in originals}
    total = sum(open_minor.values())
    left = total if request.amount_minor is None else request.amount_minor
    if left > total or not total:
        return book.refuse(
            request, errors.REVERSAL_EXCEEDS, {"asked_minor": left, "left_minor": total}, wallet
        )
    shares = _from_the_end(originals, open_minor, left)
    taken, holder = _taken(book, shares), book.wallets.get(wallet.joined_id, wallet)
    short = _short(book, taken, wallet, holder)
    if short:
        return book.refuse(
            request, errors.INSUFFICIENT, {"missing_minor": short, "asked_minor": left}, holder
        )
    refusal = _debt_refusal(book, holder, originals[0], left)
    if refusal:
        return book.refuse(request, refusal.code, dict(refusal.numbers), holder)
    before = holder.available_minor(book.today)
    line, fetched = 1, list[Part]()
    if holder is not wallet:
        line, fetched = joined.fetch(book, request, wallet, holder, taken, line)
    parts = [_undo(book, request, line + n, original, share) for n, (original, share) in enumerate(shares)]
    line += len(shares)
    if holder is wallet:
        overpaid.settle(book, request, wallet, line)
    else:
        parts = [*fetched, *joined.pass_on(book, request, wallet, holder, line)]
    return book.done(request, holder, before, parts, _notes(book, request, parts))


def _notes(book: Book, request: Reverse, parts: list[Part]) -> tuple[tuple[str, Number], ...]:
    """Return numbers for the answer: ``expired_minor`` went back to expired pockets, and
    ``written_off_minor`` went to the school because the debt had been written off."""
    pockets = ((book.pockets.get(part.account_id), part.amount_minor) for part in parts)
    expired = sum(minor for pocket, minor in pockets if pocket and not pocket.alive(book.today))
    given_up = sum(
        t.amount_minor
        for t in book.transfers.get(request.uuid, ())
        if t.kind == overpaid.WRITE_OFF and t.reverses and t.reverses[0] != request.reverses_uuid
    )
    notes: list[tuple[str, Number]] = [("expired_minor", expired), ("written_off_minor", given_up)]
    return tuple(note for note in notes if note[1])


def _debt_refusal(book: Book, wallet: Wallet, original: Transfer, amount_minor: int) -> errors.Refusal | None:
    """Refuse to give a top-up back to a holder who owes that money."""
    leave = wallet.may_leave_minor(book.today)
    if not KINDS[original.kind].repays_debt or wallet.debt_minor <= 0 or amount_minor <= leave:
        return None
    numbers: dict[str, Number] = {
        "asked_minor": amount_minor,
        "debt_minor": wallet.debt_minor,
        "left_minor": leave,
    }
    return errors.Refusal(errors.DEBT_FIRST, numbers)


def _taken(book: Book, shares: list[tuple[Transfer, int]]) -> dict[int, int]:
    """Return ``{pocket: cents}`` that a reversal of incoming money takes out of pockets."""
    taken: dict[int, int] = {}
    for original, share in shares:
        if original.credit_id in book.pockets:
            taken[original.credit_id] = taken.get(original.credit_id, 0) + share
    return taken


def _short(book: Book, taken: dict[int, int], wallet: Wallet, holder: Wallet) -> int:
    """Return the cents that the pockets lack for the reversal (a top-up was already spent)."""
    total = 0
    for pocket_id, amount_minor in taken.items():
        pocket = book.pockets[pocket_id]
        others = joined.twin(pocket, holder) if holder is not wallet else None
        total += max(amount_minor - pocket.available_minor - (others.available_minor if others else 0), 0)
    return total


def _undo(book: Book, request: Reverse, line: int, original: Transfer, share: int) -> Part:
    key = (original.uuid, original.line)
    book.reversed_minor[key] += share
    book.move(
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
            original.is_of_today,
        )
    )
    account = original.debit_id if KINDS[original.kind].direction == "out" else original.credit_id
    return Part(account, original.plan, share)


def _from_the_end(
    originals: list[Transfer], open_minor: dict[Transfer, int], amount_minor: int
) -> list[tuple[Transfer, int]]:
    """Return the shares of a partial reversal: what was spent last comes back first."""
    shares, left = [], amount_minor
    for original in sorted(originals, key=lambda t: -t.line):
        share = min(left, open_minor[original])
        if share:
            shares.append((original, share))
            left -= share
    return shares
