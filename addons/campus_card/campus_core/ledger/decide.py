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
from . import posting, reserving, reversal
from .book import BIRTH, CLOSE, Answered, Book, verb_of
from .types import Capture, Outcome, Post, Release, Request, Reserve, Reverse, digest


def run(book: Book, requests: Iterable[Request]) -> list[Outcome]:
    """Decide requests in order."""
    return [decide(book, request) for request in requests]


def decide(book: Book, request: Request) -> Outcome:
    """Answer one request: repeat an earlier answer, refuse, or move money."""
    action = CLOSE if isinstance(request, (Capture, Release)) else BIRTH
    attempt = getattr(request, "attempt", 0)
    content = digest(request)
    for answered in book.register.get((request.uuid, action), ()):
        if answered.digest == content and (answered.outcome.ok or answered.attempt == attempt):
            return answered.outcome
        if answered.outcome.ok or answered.attempt == attempt:
            return _clash(book, request, answered)
    outcome = _dispatch(book, request)
    # A refused capture or release does not change the reservation and may be tried again.
    if outcome.ok or (action == BIRTH and outcome.code != errors.CONFLICT):
        answered = Answered(request.uuid, action, attempt, content, outcome)
        book.add_answered(answered)
        book.fresh.answered.append(answered)
    return outcome


def _clash(book: Book, request: Request, answered: Answered) -> Outcome:
    """Answer a request whose id was used before with other content."""
    if answered.action == CLOSE and answered.outcome.verb != verb_of(request):
        wallet = book.wallets.get(answered.outcome.wallet_id)
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
            return reserving.reserve(book, request)
        case Capture():
            return reserving.capture(book, request)
        case Release():
            return reserving.release(book, request)
        case Reverse():
            return reversal.reverse(book, request)
