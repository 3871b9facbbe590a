"""Reversals: whole or partial, back to where the money came from, once."""

from __future__ import annotations

from .. import errors
from . import overpaid
from .book import Book
from .types import CLOSED, KINDS, Number, Outcome, Part, Reverse, Transfer, Wallet


def reverse(book: Book, request: Reverse) -> Outcome:
    """Undo a posting or a captured reservation, last spent first back."""
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
    short = _short(book, shares)
    if short:
        return book.refuse(
            request, errors.INSUFFICIENT, {"missing_minor": short, "asked_minor": left}, wallet
        )
    refusal = _debt_refusal(book, wallet, originals[0], left)
    if refusal:
        return book.refuse(request, refusal.code, dict(refusal.numbers), wallet)
    holder = book.wallets.get(wallet.joined_id, wallet)
    before = holder.available_minor(book.today)
    parts = [_undo(book, request, line, original, share) for line, (original, share) in enumerate(shares, 1)]
    line, moved = overpaid.settle(book, request, wallet, holder, len(shares) + 1)
    if holder is not wallet:
        parts = [*moved, *_pass_on(book, request, wallet, holder, line)]
    return book.done(request, holder, before, parts, _notes(book, request, parts))


def _notes(book: Book, request: Reverse, parts: list[Part]) -> tuple[tuple[str, Number], ...]:
    """Numbers of an answer: what went back to pockets that cannot be spent any more, and what to the
    school because it had been written off."""
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
    """A top-up is not given back to a holder who owes that money."""
    leave = wallet.may_leave_minor(book.today)
    if not KINDS[original.kind].repays_debt or wallet.debt_minor <= 0 or amount_minor <= leave:
        return None
    numbers: dict[str, Number] = {
        "asked_minor": amount_minor,
        "debt_minor": wallet.debt_minor,
        "left_minor": leave,
    }
    return errors.Refusal(errors.DEBT_FIRST, numbers)


def _pass_on(book: Book, request: Reverse, old: Wallet, new: Wallet, line: int) -> list[Part]:
    """What came back to a wallet that was joined with another one belongs to that one."""
    parts = []
    for pocket in old.pockets:
        amount_minor = pocket.available_minor
        twin = next(
            (p for p in new.pockets if (p.plan, p.expires_on) == (pocket.plan, pocket.expires_on)), None
        )
        if not amount_minor or twin is None:
            continue
        legs = (
            ("join_out", old, pocket.id, book.join_account_id),
            ("join_in", new, book.join_account_id, twin.id),
        )
        for kind, wallet, debit_id, credit_id in legs:
            book.move(
                Transfer(request.uuid, line, kind, wallet.id, debit_id, credit_id, amount_minor, pocket.plan)
            )
            line += 1
        parts.append(Part(twin.id, twin.plan, amount_minor))
    return parts


def _short(book: Book, shares: list[tuple[Transfer, int]]) -> int:
    """Cents by which the pockets cannot give money in back (a top-up already spent)."""
    taken: dict[int, int] = {}
    for original, share in shares:
        taken[original.credit_id] = taken.get(original.credit_id, 0) + share
    return sum(
        max(amount - book.pockets[account].available_minor, 0)
        for account, amount in taken.items()
        if account in book.pockets
    )


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
    """Shares of a partial reversal: what was spent last comes back first."""
    shares, left = [], amount_minor
    for original in sorted(originals, key=lambda t: -t.line):
        share = min(left, open_minor[original])
        if share:
            shares.append((original, share))
            left -= share
    return shares
