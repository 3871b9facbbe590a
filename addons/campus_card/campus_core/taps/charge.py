"""What the server makes of a tap: one decision per journal entry, over a ledger's book.

A tap that *asks* is decided here like any payment. One that was *told* has been answered at
the reader already: its goods are gone, so it is charged whatever the wallet's state (what the
pockets cannot bear becomes debt), as far as ``told`` believes its edge; what it does not believe is
*held*: granted at the reader, not charged. What an edge would refuse as well is decided by the same
functions as there (``rules``). What a person should look at is named in ``review``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from .. import errors
from ..errors import Refusal
from ..ledger import posting
from ..ledger.book import Book
from ..ledger.types import DEBT, Number, Post
from ..money import MAX_MINOR
from . import rules, told, wire
from .resolved import ResolvedCard, Terminal
from .rules import BARE, FIXED
from .uid_hour import UidHour
from .wire import TapEntry

OK: Final = "ok"
_NOTHING: Final[Mapping[str, Number]] = MappingProxyType({})

# -- why somebody should look at a tap ---------------------------------------------
SHORT, HOTLISTED, UNKNOWN_CARD, NO_MERCHANT = "short", "hotlisted", "unknown_card", "no_merchant"
AMOUNT_DIFFERS, TAKEN_BACK, NOT_TAKEN_BACK = "amount_differs", "taken_back", "not_taken_back"
#: The edge that decided it did not know for certain what time it was.
CLOCK_DOUBT: Final = "clock_doubt"
#: Refusals that another time may have spared the holder.
_TIMED: Final = frozenset(
    {
        errors.CARD_EXPIRED,
        errors.CARD_NOT_ACTIVE,
        errors.SNAPSHOT_TOO_OLD,
        errors.CODE_STALE,
        errors.CODE_REPLAYED,
        errors.CERTIFICATE_EXPIRED,
    }
)


class Decision(NamedTuple):
    """The answer to one entry; ``balance_minor`` is None where no wallet is concerned."""

    outcome: str
    code: str
    amount_minor: int | None = None
    balance_minor: int | None = None
    numbers: Mapping[str, Number] = _NOTHING
    review: tuple[str, ...] = ()


class Terms(NamedTuple):
    """What the batch is decided under: the calendar day, the server's clock, and caps.

    ``uid_limit_minor`` is for one tap of a card that shows a bare UID, which anybody may have copied
    (0: no cap); ``history`` are the caps of edges on their own, old ones first.
    """

    on: dt.date
    now_ms: int
    uid_limit_minor: int = 0
    history: tuple[told.Caps, ...] = ()


class Pending(NamedTuple):
    """An entry that is clear but for the money: a charge, or without ``post`` a look at the balance.

    ``caps``: what an edge might risk that has answered alone. ``is_bare``: the credential proves nothing,
    and the server was asked.
    """

    wallet_id: int
    post: Post | None = None
    review: tuple[str, ...] = ()
    caps: told.Caps | None = None
    is_bare: bool = False


def judge(
    entry: TapEntry,
    terminal: Terminal | None,
    resolved: ResolvedCard | str,
    terms: Terms,
    proof: told.Proof = told.SHOWN,
) -> Decision | Pending:
    """Answer one entry as far as no wallet has a say in it: a server does this before it locks them.

    An event is only taken, because nobody asks. ``resolved`` is the card, or the refusal code of a credential
        that led to none. ``proof``: of a told entry.
    """
    if entry.kind == wire.EVENT:
        return Decision(wire.GRANTED, entry.code or OK)
    if entry.mode == wire.TOLD:
        return _told(entry, terminal, resolved, terms, proof)
    return _asked(entry, terminal, resolved, terms)


def conclude(book: Book, judged: Decision | Pending, risk: told.Risk, hour: UidHour) -> Decision:
    """The rest of the answer; moves money in ``book`` where the answer does."""
    if isinstance(judged, Decision):
        return judged
    post, review = judged.post, judged.review
    if post is None:
        wallet = book.wallets.get(judged.wallet_id)
        available = wallet.available_minor(book.today) if wallet else None
        return Decision(wire.GRANTED, OK, None, available, _NOTHING, review)
    if judged.is_bare and hour.refuses(post.amount_minor):
        return _refuse(errors.LIMIT_UID_HOUR, post.amount_minor, {"limit_minor": hour.limit_minor})
    if judged.caps is not None:
        card = post.card_id or 0
        held = told.held_by_caps(judged.caps, risk, card, post.amount_minor)
        held = held or told.held_by_debt(book, post, risk.debt_limit_minor)
        if held:
            return hold(post.amount_minor, held, review)
        risk.charge(card, post.amount_minor)
    decision = _book(book, post, review)
    if judged.is_bare and decision.outcome == wire.GRANTED:
        hour.charge(post.amount_minor)
    return decision


def _book(book: Book, post: Post, review: tuple[str, ...]) -> Decision:
    answer = posting.post(book, post)
    numbers = dict(answer.numbers) if answer.numbers else _NOTHING
    debt = sum(part.amount_minor for part in answer.parts if part.plan == DEBT) if post.settle else 0
    if debt:
        numbers, review = {**numbers, "debt_minor": debt}, (*review, SHORT)
    outcome = wire.GRANTED if answer.code == OK else wire.REFUSED
    return Decision(outcome, answer.code, post.amount_minor, answer.after_minor, numbers, review)


def hold(amount: int | None, held: told.Held, review: tuple[str, ...] = ()) -> Decision:
    """Keep what a reader has granted as evidence, and charge nothing.

    Of what else was to be looked at only the clock is left: who decides looks at all of it.
    """
    doubt = tuple(reason for reason in review if reason == CLOCK_DOUBT)
    return Decision(wire.GRANTED, errors.HELD, amount, None, held.numbers, (*doubt, held.reason))


def _refuse(code: str, amount: int | None = None, numbers: Mapping[str, Number] = _NOTHING) -> Decision:
    return Decision(wire.REFUSED, code, amount, None, numbers)


def _refused(refusal: Refusal, amount: int | None = None) -> Decision:
    return _refuse(refusal.code, amount, refusal.numbers)


def _asked(
    entry: TapEntry, terminal: Terminal | None, resolved: ResolvedCard | str, terms: Terms
) -> Decision | Pending:
    is_known = terminal is not None and entry.purpose in (terminal.purpose, wire.BALANCE)
    refusal = rules.terminal_refusal(is_known=is_known, is_enabled=terminal is not None and terminal.enabled)
    if terminal is None or refusal:
        return _refused(refusal) if refusal else _refuse(errors.TERMINAL_UNKNOWN)
    amount = amount_of(entry, terminal) if entry.purpose == wire.PAY else None
    if entry.purpose == wire.PAY and amount is None:
        return _refused(rules.amount_refusal(), entry.amount_minor)
    refusal = rules.shown_refusal(entry.credential, accepts_numbers=terminal.accepts_numbers)
    if refusal:
        return _refused(refusal)
    if isinstance(resolved, str):
        return _refuse(resolved)
    refusal = resolved.refusal(terms.on)
    if refusal:
        return _refused(refusal)
    if amount is None:
        return Pending(resolved.wallet_id)
    is_bare = entry.credential.startswith(BARE)
    refusal = rules.wallet_refusal(resolved.wallet_state) or rules.bare_refusal(
        amount, terms.uid_limit_minor, is_bare=is_bare
    )
    if refusal:
        return _refused(refusal, amount)
    return _charge(entry.uuid, resolved, terminal, amount, is_bare=is_bare)


def _told(
    entry: TapEntry, terminal: Terminal | None, resolved: ResolvedCard | str, terms: Terms, proof: told.Proof
) -> Decision | Pending:
    doubt = (CLOCK_DOUBT,) if (entry.rule or "").startswith(wire.DOUBTFUL_CLOCK) else ()
    if entry.outcome == wire.REFUSED:
        code = entry.code or errors.ABANDONED
        return Decision(wire.REFUSED, code, entry.amount_minor, review=doubt if code in _TIMED else ())
    if isinstance(resolved, str):
        return Decision(wire.GRANTED, resolved, entry.amount_minor, None, _NOTHING, (*doubt, UNKNOWN_CARD))
    review = [*doubt, HOTLISTED] if resolved.refusal(terms.on) else [*doubt]
    if entry.purpose == wire.PAY:
        return _sold(entry, terminal, resolved, terms, proof, review)
    if entry.at_ms > terms.now_ms + told.CLOCK_AHEAD_MS:
        review.append(told.CLOCK)
    return Pending(resolved.wallet_id, None, tuple(review))


def _sold(
    entry: TapEntry,
    terminal: Terminal | None,
    resolved: ResolvedCard,
    terms: Terms,
    proof: told.Proof,
    review: list[str],
) -> Decision | Pending:
    """What a told sale costs, if its edge is believed; ``review`` is added to."""
    amount = entry.amount_minor
    if amount is None and terminal is not None:
        amount = terminal.amount_minor
    if terminal is None or not terminal.merchant_id or amount is None or not 0 < amount <= MAX_MINOR:
        return Decision(wire.GRANTED, OK, amount, None, _NOTHING, (*review, NO_MERCHANT))
    if terminal.amount_mode == FIXED and amount != terminal.amount_minor:
        review.append(AMOUNT_DIFFERS)
    caps = told.caps_of(terms.history, entry.snapshot, entry.at_ms)
    held = _held(entry, amount, caps, terms, proof)
    if held:
        return hold(amount, held, tuple(review))
    return _charge(entry.uuid, resolved, terminal, amount, review=tuple(review), caps=caps)


def _held(
    entry: TapEntry, amount: int, caps: told.Caps | None, terms: Terms, proof: told.Proof
) -> told.Held | None:
    """Why a told sale is not believed, as far as that hangs on no wallet and no other sale."""
    held = told.held_by_time(entry, caps, terms.now_ms)
    if held is None:
        held = proof.doubt(entry.snapshot, amount, is_bare=entry.credential.startswith(BARE))
    if held is None and caps and entry.credential.startswith(BARE):
        held = told.held_by_uid(caps, amount)
    return held


def amount_of(entry: TapEntry, terminal: Terminal) -> int | None:
    """Return the cents that the tap is to pay; None where the amount makes no sense at that terminal."""
    return rules.payable_minor(terminal.amount_mode, terminal.amount_minor, entry.amount_minor)


def _charge(
    uuid: str,
    resolved: ResolvedCard,
    terminal: Terminal,
    amount: int,
    *,
    review: tuple[str, ...] = (),
    caps: told.Caps | None = None,
    is_bare: bool = False,
) -> Pending:
    """A charge; with ``caps`` it has been told, and what the pockets cannot bear becomes debt."""
    settle = caps is not None
    post = Post(
        uuid,
        "purchase",
        resolved.wallet_id,
        terminal.merchant_id,
        amount,
        None,
        None,
        resolved.card_id,
        settle,
    )
    return Pending(resolved.wallet_id, post, review, caps, is_bare)
