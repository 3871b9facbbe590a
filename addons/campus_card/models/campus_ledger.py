import logging
from contextlib import contextmanager

from odoo import api, models, modules
from odoo.exceptions import UserError

from ..campus_core import errors
from ..campus_core.ledger import types as lt
from ..campus_core.ledger.decide import decide
from ..db import own_cursor, prepared
from ..db.prepared import Statement

_logger = logging.getLogger(__name__)

# Class id of the advisory locks that separate posts from the day close.
DAY_LOCK = 0x0CA4D
_SHARE_DAY = Statement("day_share", "SELECT pg_advisory_xact_lock_shared(%s, %s)")
_CLOSE_DAY = Statement("day_close", "SELECT pg_advisory_xact_lock(%s, %s)")


class CampusLedger(models.AbstractModel):
    """The only way to move money.

    Every method takes a list of requests (dicts; amounts in whole cents) and returns a
    list of answers in the same order. A business refusal is an answer with a stable
    ``code`` and the ``numbers`` that explain it; what raises is a programming error or the
    database's wish to have the transaction repeated.

    An answer: ``{uuid, ok, code, numbers, wallet_id, amount_minor, balance_before_minor,
    balance_after_minor, pockets: [{plan, account_id, amount_minor}], transfer_ids}``.
    """

    _name = "campus.ledger"
    _description = "Campus Ledger"

    # -- verbs -----------------------------------------------------------------

    @api.model
    def _post(self, requests, booking_date=None):
        """Move money in or out of wallets.

        :param requests: ``{uuid, kind, wallet_id, account_id, amount_minor, plan, card_id,
            expires_on, settle, attempt, pin_given, origin, memo, occurred_at}``; the first five are required
        :param booking_date: business day, for generated histories; the server's day if None
        """
        return self._run([self._to_post(request) for request in requests], requests, booking_date)

    @api.model
    def _quote(self, requests):
        """Dry-run twin of :meth:`_post`: same input, same answers, nothing stored."""
        return self._run([self._to_post(request) for request in requests], requests, dry=True)

    @api.model
    def _reserve(self, requests):
        """Set money aside: ``{uuid, wallet_id, account_id, amount_minor, card_id, purpose,
        expires_at, attempt, pin_given, origin, memo}``; ``account_id`` is the merchant's."""
        return self._run([self._to_reserve(request) for request in requests], requests)

    @api.model
    def _quote_reserve(self, requests):
        """Dry-run twin of :meth:`_reserve`."""
        return self._run([self._to_reserve(request) for request in requests], requests, dry=True)

    @api.model
    def _capture(self, requests):
        """Turn reservations into purchases: ``{uuid, amount_minor or None, origin}``."""
        typed = [lt.Capture(str(r["uuid"]), r.get("amount_minor")) for r in requests]
        return self._run(typed, requests)

    @api.model
    def _release(self, requests):
        """Give reservations back: ``{uuid, state: released or expired, reason}``."""
        typed = [lt.Release(str(r["uuid"]), r.get("state", lt.HOLD_RELEASED)) for r in requests]
        return self._run(typed, requests)

    @api.model
    def _reverse(self, requests, booking_date=None):
        """Undo postings or captured reservations, whole or in part:
        ``{uuid, reverses_uuid, amount_minor or None, origin, memo}``."""
        return self._run([self._to_reverse(request) for request in requests], requests, booking_date)

    @api.model
    def _quote_reverse(self, requests):
        """Dry-run twin of :meth:`_reverse`."""
        return self._run([self._to_reverse(request) for request in requests], requests, dry=True)

    # -- machinery -------------------------------------------------------------

    @staticmethod
    def _to_post(request):
        if request["kind"] not in lt.KINDS:
            raise ValueError(f"no kind of posting {request['kind']!r}")
        return lt.Post(
            uuid=str(request["uuid"]),
            kind=request["kind"],
            wallet_id=request["wallet_id"],
            account_id=request["account_id"],
            amount_minor=request["amount_minor"],
            plan=request.get("plan"),
            expires_on=request.get("expires_on") or None,
            card_id=request.get("card_id") or None,
            settle=bool(request.get("settle")),
            attempt=request.get("attempt", 0),
            pin_given=bool(request.get("pin_given")),
        )

    @staticmethod
    def _to_reserve(request):
        return lt.Reserve(
            uuid=str(request["uuid"]),
            wallet_id=request["wallet_id"],
            account_id=request["account_id"],
            amount_minor=request["amount_minor"],
            card_id=request.get("card_id") or None,
            attempt=request.get("attempt", 0),
            pin_given=bool(request.get("pin_given")),
        )

    @staticmethod
    def _to_reverse(request):
        return lt.Reverse(str(request["uuid"]), str(request["reverses_uuid"]), request.get("amount_minor"))

    @api.model
    def _run(self, typed, requests, booking_date=None, dry=False):
        if not typed:
            return []
        for request in typed:
            amount = getattr(request, "amount_minor", None)
            if amount is not None and (not isinstance(amount, int) or isinstance(amount, bool)):
                raise TypeError(f"amount_minor is whole cents, not {amount!r}")
        self.env.flush_all()
        shelf = self._open_shelf(typed, booking_date, dry)
        outcomes = [decide(shelf.book_of(request), request) for request in typed]
        if not dry:
            self._store(shelf, typed, requests)
        for request, outcome in zip(typed, outcomes, strict=True):
            if outcome.code == errors.CONFLICT:
                _logger.warning("Request %s came again with other content; refused.", request.uuid)
        return [self._answer(outcome, shelf.transfer_ids) for outcome in outcomes]

    @staticmethod
    def _answer(outcome, transfer_ids):
        """An outcome of the core as the dict that callers get and the register keeps."""
        return {
            "uuid": outcome.uuid,
            "ok": outcome.ok,
            "code": outcome.code,
            "numbers": dict(outcome.numbers),
            "wallet_id": outcome.wallet_id,
            "amount_minor": outcome.amount_minor,
            "balance_before_minor": outcome.before_minor,
            "balance_after_minor": outcome.after_minor,
            "pockets": [
                {"plan": p.plan, "account_id": p.account_id, "amount_minor": p.amount_minor}
                for p in outcome.parts
            ],
            "transfer_ids": list(outcome.transfer_ids) or transfer_ids.get((outcome.uuid, outcome.verb), []),
            "verb": outcome.verb,
        }

    @api.model
    def _lock_day(self, company, exclusive=False):
        """Hold the company's business day: posts share the lock, the day close has it alone."""
        lock = (_CLOSE_DAY, DAY_LOCK, company.id) if exclusive else self._share_day(company.id)
        prepared.run_all(self.env.cr, lock)

    @staticmethod
    def _share_day(company_id):
        """The shared lock as a call for ``prepared.run_all``."""
        return _SHARE_DAY, DAY_LOCK, company_id

    @contextmanager
    def _own_transaction(self, *calls, settings=own_cursor.POSTS):
        """Yield an environment on a cursor of its own at READ COMMITTED, committed at the end.

        Odoo's REPEATABLE READ turns each contended pocket into a serialization failure and
        a retry after a sleep; here the second request just waits its turn. In tests, where
        requests share the test's transaction, that transaction is used.

        ``calls``: what the transaction begins with, see ``prepared.run_all``.
        """
        if modules.module.current_test:
            with self.env.cr.savepoint():
                prepared.run_all(self.env.cr, *calls)
                yield self.env
            self.env.invalidate_all()  # as a commit does
        elif own_cursor.is_between_transactions(self.env.cr):
            with own_cursor.transaction(self.env.cr, *calls):
                yield self.env
        else:
            with (
                own_cursor.borrow(self.env.registry, settings) as cr,
                own_cursor.transaction(cr, *calls),
            ):
                yield self.env(cr=cr)

    @api.model
    def _raise_refusal(self, answer):
        """Raise a readable error unless the answer is a yes; returns the answer."""
        if not answer["ok"]:
            raise UserError(self._explain(answer))
        return answer
