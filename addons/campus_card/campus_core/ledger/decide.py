"""The ledger's rules: post, reserve, capture, release, reverse.

Requests are decided in order; each gets an ``Outcome``. The book's ``fresh`` collects what has to be
stored. The server fills a book from locked rows and stores ``fresh`` in a few
statements; an offline edge and the tests use the same code on books of their own.

Rules (``ARCHITECTURE.md``, ledger): transfers are never changed; a replay of the same
request gets the first answer, other content under the same uuid is refused; the balance of a
pocket is never below what is reserved in it; at most the amount of a transfer is reversed; a
purchase may use several pockets, and books all or nothing.
"""

from __future__ import annotations

from collections.abc import Iterable

from .. import errors
from ..money import MAX_MINOR
from . import holding, posting, reversal
from .book import BIRTH, CLOSE, Book, Entry, verb_of
from .types import Capture, Outcome, Post, Release, Request, Reserve, Reverse, digest


def run(book: Book, requests: Iterable[Request]) -> list[Outcome]:
    """Decide requests in order."""
    return [decide(book, request) for request in requests]


def decide(book: Book, request: Request) -> Outcome:
    """Answer one request: repeat an earlier answer, refuse, or move money."""
    action = CLOSE if isinstance(request, (Capture, Release)) else BIRTH
    attempt = getattr(request, "attempt", 0)
    content = digest(request)
    for entry in book.register.get((request.uuid, action), ()):
        if entry.digest == content and (entry.outcome.ok or entry.attempt == attempt):
            return entry.outcome
        if entry.outcome.ok or entry.attempt == attempt:
            return _clash(book, request, entry)
    outcome = _dispatch(book, request)
    # A refused capture or release does not change the reservation and may be tried again.
    if outcome.ok or (action == BIRTH and outcome.code != errors.CONFLICT):
        entry = Entry(request.uuid, action, attempt, content, outcome)
        book.add_entry(entry)
        book.fresh.entries.append(entry)
    return outcome


def _clash(book: Book, request: Request, entry: Entry) -> Outcome:
    """Answer a request whose id was used before with other content."""
    if entry.action == CLOSE and entry.outcome.verb != verb_of(request):
        wallet = book.wallets.get(entry.outcome.wallet_id)
        return book.refuse(request, errors.RESERVATION_CLOSED, None, wallet)
    return book.refuse(request, errors.CONFLICT)


def _dispatch(book: Book, request: Request) -> Outcome:
    amount = request.amount_minor if not isinstance(request, Release) else None
    if amount is not None and not 0 < amount <= MAX_MINOR:
        return book.refuse(
            request, errors.AMOUNT_INVALID, {"asked_minor": amount, "maximum_minor": MAX_MINOR}
        )
    match request:
        case Post():
            return posting.post(book, request)
        case Reserve():
            return holding.reserve(book, request)
        case Capture():
            return holding.capture(book, request)
        case Release():
            return holding.release(book, request)
        case Reverse():
            return reversal.reverse(book, request)
