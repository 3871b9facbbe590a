"""What the server makes of a tap: one decision per journal entry, over a ledger's book.

A tap that *asks* is decided here like any payment. One that was *told* has been answered at
the reader already: its goods are gone, so it is charged whatever the wallet's state (what the
pockets cannot bear becomes debt), and what a person should look at is named in ``review``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from . import card_state, errors, posting, wire
from .ledger import Book
from .ledger_types import DEBT, OPEN, Number, Post
from .money import MAX_MINOR
from .wire import TapEntry

FIXED: Final = "fixed"
OK: Final = "ok"
#: Kind of a credential that proves nothing.
BARE: Final = "uid:"
_NOTHING: Final[Mapping[str, Number]] = MappingProxyType({})

# -- why somebody should look at a tap ---------------------------------------------
SHORT, HOTLISTED, UNKNOWN_CARD, NO_PLACE = "short", "hotlisted", "unknown_card", "no_place"
AMOUNT_DIFFERS, OVER_CAP, CLOCK, TAKEN_BACK = "amount_differs", "over_cap", "clock", "taken_back"
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
#: A told tap may come from this far in the server's future before its clock is questioned.
CLOCK_AHEAD_MS: Final = 300_000


class Place(NamedTuple):
    """A terminal as the rules see it; ``merchant_id`` 0 where nothing is sold, ``shows_names`` where a
    display names people."""

    id: int
    purpose: str
    enabled: bool = True
    amount_mode: str = FIXED
    amount_minor: int = 0
    merchant_id: int = 0
    shows_names: bool = False


class Key(NamedTuple):
    """A card that a credential has led to, with both validities (its own and its holder's), and of its
    wallet what is no money: the state, and the limits in cents, of which 0 is none."""

    card_id: int
    wallet_id: int
    state: str
    valid_from: dt.date | None = None
    valid_until: dt.date | None = None
    holder_from: dt.date | None = None
    holder_until: dt.date | None = None
    name: str = ""
    wallet_state: str = OPEN
    limit_purchase_minor: int = 0
    limit_day_minor: int = 0
    pin_above_minor: int = 0

    @property
    def wallet_terms(self) -> tuple[str, int, int, int]:
        """What is known of the wallet."""
        return self.wallet_state, self.limit_purchase_minor, self.limit_day_minor, self.pin_above_minor

    def refusal(self, on: dt.date) -> str | None:
        """Return why this card may not be used on that day, None when it may."""
        if (
            self.state == card_state.PAYS
            and (self.valid_until is None or on <= self.valid_until)
            and (self.valid_from is None or on >= self.valid_from)
            and self.holder_from is None
            and self.holder_until is None
        ):
            return None
        for first, last in ((self.valid_from, self.valid_until), (self.holder_from, self.holder_until)):
            refusal = card_state.spend_refusal(self.state, first, last, on)
            if refusal:
                return refusal.code
        return None


class Decision(NamedTuple):
    """The answer to one entry; ``balance_minor`` is None where no wallet is concerned."""

    outcome: str
    code: str
    amount_minor: int | None = None
    balance_minor: int | None = None
    numbers: Mapping[str, Number] = _NOTHING
    review: tuple[str, ...] = ()


class Terms(NamedTuple):
    """What the batch is decided under: the calendar day, the server's clock, and two caps.

    ``cap_minor`` is for one tap without the server, ``uid_limit_minor`` for one tap of a card that
    shows a bare UID, which anybody may have copied; 0: no cap.
    """

    on: dt.date
    now_ms: int
    cap_minor: int = 0
    uid_limit_minor: int = 0


class Pending(NamedTuple):
    """An entry that is clear but for the money: a charge, or without ``post`` a look at the balance."""

    wallet_id: int
    post: Post | None = None
    review: tuple[str, ...] = ()


def decide(book: Book, entry: TapEntry, place: Place | None, key: Key | str, terms: Terms) -> Decision:
    """Answer one entry; moves money in ``book`` where the answer does.

    ``key`` is the card, or the refusal code of a credential that led to none.
    """
    return conclude(book, judge(entry, place, key, terms))


def judge(entry: TapEntry, place: Place | None, key: Key | str, terms: Terms) -> Decision | Pending:
    """All of :func:`decide` that no wallet has a say in: a server does this before it locks them."""
    return (_told if entry.mode == wire.TOLD else _asked)(entry, place, key, terms)


def conclude(book: Book, judged: Decision | Pending) -> Decision:
    """The rest of :func:`decide`; moves money in ``book`` where that is what is left."""
    if isinstance(judged, Decision):
        return judged
    post, review = judged.post, judged.review
    if post is None:
        wallet = book.wallets.get(judged.wallet_id)
        available = wallet.available_minor(book.today) if wallet else None
        return Decision(wire.GRANTED, OK, None, available, _NOTHING, review)
    answer = posting.post(book, post)
    numbers = dict(answer.numbers) if answer.numbers else _NOTHING
    debt = sum(part.amount_minor for part in answer.parts if part.plan == DEBT) if post.settle else 0
    if debt:
        numbers, review = {**numbers, "debt_minor": debt}, (*review, SHORT)
    outcome = wire.GRANTED if answer.code == OK else wire.REFUSED
    return Decision(outcome, answer.code, post.amount_minor, answer.after_minor, numbers, review)


def _refuse(code: str, amount: int | None = None, numbers: Mapping[str, Number] = _NOTHING) -> Decision:
    return Decision(wire.REFUSED, code, amount, None, numbers)


def _asked(entry: TapEntry, place: Place | None, key: Key | str, terms: Terms) -> Decision | Pending:
    if place is None or entry.purpose not in (place.purpose, wire.BALANCE):
        return _refuse(errors.TERMINAL_UNKNOWN)
    if not place.enabled:
        return _refuse(errors.TERMINAL_DISABLED)
    if isinstance(key, str):
        return _refuse(key)
    code = key.refusal(terms.on)
    if code:
        return _refuse(code)
    if entry.purpose != wire.PAY:
        return Pending(key.wallet_id)
    amount = amount_of(entry, place)
    if amount is None:
        return _refuse(errors.AMOUNT_INVALID, entry.amount_minor, {"maximum_minor": MAX_MINOR})
    if _is_over_uid_limit(entry, amount, terms):
        return _refuse(errors.LIMIT_UID, amount, {"limit_minor": terms.uid_limit_minor})
    return _charge(entry.uuid, key, place, amount)


def _told(entry: TapEntry, place: Place | None, key: Key | str, terms: Terms) -> Decision | Pending:
    is_doubtful = (entry.rule or "").startswith(wire.DOUBTFUL_CLOCK)
    if entry.outcome == wire.REFUSED:
        doubt = (CLOCK_DOUBT,) if is_doubtful and entry.code in _TIMED else ()
        return Decision(wire.REFUSED, entry.code or errors.ABANDONED, entry.amount_minor, review=doubt)
    review = [CLOCK] if entry.at_ms > terms.now_ms + CLOCK_AHEAD_MS else []
    if is_doubtful:
        review.append(CLOCK_DOUBT)
    if isinstance(key, str):
        return Decision(wire.GRANTED, key, entry.amount_minor, None, _NOTHING, (*review, UNKNOWN_CARD))
    if key.refusal(terms.on):
        review.append(HOTLISTED)
    if entry.purpose != wire.PAY:
        return Pending(key.wallet_id, None, tuple(review))
    amount = entry.amount_minor
    if amount is None and place is not None:
        amount = place.amount_minor
    if place is None or not place.merchant_id or amount is None or not 0 < amount <= MAX_MINOR:
        return Decision(wire.GRANTED, OK, amount, None, _NOTHING, (*review, NO_PLACE))
    if place.amount_mode == FIXED and amount != place.amount_minor:
        review.append(AMOUNT_DIFFERS)
    if 0 < terms.cap_minor < amount or _is_over_uid_limit(entry, amount, terms):
        review.append(OVER_CAP)
    return _charge(entry.uuid, key, place, amount, settle=True, review=tuple(review))


def _is_over_uid_limit(entry: TapEntry, amount: int, terms: Terms) -> bool:
    return 0 < terms.uid_limit_minor < amount and entry.credential.startswith(BARE)


def amount_of(entry: TapEntry, place: Place) -> int | None:
    """Cents that the tap is to pay; None where the amount makes no sense at that terminal."""
    amount = entry.amount_minor
    if place.amount_mode == FIXED:
        amount = place.amount_minor if amount in (None, place.amount_minor) else None
    return amount if amount is not None and 0 < amount <= MAX_MINOR else None


def _charge(
    uuid: str, key: Key, place: Place, amount: int, *, settle: bool = False, review: tuple[str, ...] = ()
) -> Pending:
    post = Post(uuid, "purchase", key.wallet_id, place.merchant_id, amount, None, None, key.card_id, settle)
    return Pending(key.wallet_id, post, review)
