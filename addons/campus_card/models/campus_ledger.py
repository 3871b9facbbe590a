import logging
from contextlib import contextmanager

from odoo import api, models
from odoo.exceptions import UserError

from ..campus_core import errors, money
from ..campus_core.ledger.decide import decide
from ..db import own_cursor, prepared
from ..ledger import convert, days
from ..ledger.load import Loader
from ..ledger.shelf import Shelf
from ..ledger.store import Store
from ..ledger.wallets import Wallets

_logger = logging.getLogger(__name__)


class _Numbers(dict):
    """A number that an answer lacks shows as a dash: a sentence is better than an error."""

    def __missing__(self, key):
        return "–"


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
        return self._run(convert.to_post, requests, booking_date)

    @api.model
    def _quote(self, requests):
        """Dry-run twin of :meth:`_post`: same input, same answers, nothing stored."""
        return self._run(convert.to_post, requests, dry=True)

    @api.model
    def _reserve(self, requests):
        """Set money aside: ``{uuid, wallet_id, account_id, amount_minor, card_id, purpose,
        expires_at, attempt, pin_given, origin, memo}``; ``account_id`` is the merchant's."""
        return self._run(convert.to_reserve, requests)

    @api.model
    def _quote_reserve(self, requests):
        """Dry-run twin of :meth:`_reserve`."""
        return self._run(convert.to_reserve, requests, dry=True)

    @api.model
    def _capture(self, requests):
        """Turn reservations into purchases: ``{uuid, amount_minor or None, origin}``."""
        return self._run(convert.to_capture, requests)

    @api.model
    def _release(self, requests):
        """Give reservations back: ``{uuid, state: released or expired, reason}``."""
        return self._run(convert.to_release, requests)

    @api.model
    def _reverse(self, requests, booking_date=None):
        """Undo postings or captured reservations, whole or in part:
        ``{uuid, reverses_uuid, amount_minor or None, origin, memo}``."""
        return self._run(convert.to_reverse, requests, booking_date)

    @api.model
    def _quote_reverse(self, requests):
        """Dry-run twin of :meth:`_reverse`."""
        return self._run(convert.to_reverse, requests, dry=True)

    @api.model
    def _run(self, to_type, requests, booking_date=None, dry=False):
        """Take a batch: load, decide, store; ``to_type`` makes the core's type of a request, ``dry`` only decides."""
        typed = [to_type(request) for request in requests]
        if not typed:
            return []
        convert.check_amounts(typed)
        self.env.flush_all()
        shelf = Loader(self.env, self._registers()).load(typed, booking_date, dry)
        outcomes = [decide(shelf.book_of(request), request) for request in typed]
        if not dry and Store(self.env.cr, self.env.uid).store(shelf, typed, requests):
            self._forget()
        for request, outcome in zip(typed, outcomes, strict=True):
            if outcome.code == errors.CONFLICT:
                _logger.warning("Request %s came again with other content; refused.", request.uuid)
        return [convert.to_answer(outcome, shelf.transfer_ids) for outcome in outcomes]

    @api.model
    def _forget(self):
        """Drop cached values that SQL has changed behind the ORM's back."""
        self.env["campus.account"].invalidate_model(
            ["balance_minor", "reserved_minor", "available_minor", "balance", "reserved", "available"]
        )
        self.env["campus.wallet"].invalidate_model()
        self.env["campus.reservation"].invalidate_model()

    @api.model
    def _look_at(self, wallets):
        """Wallets as the ledger's rules see them, for who only shows what is in them.

        What can be spent, and what may be paid out, is said by ``campus_core`` alone: portal, counter,
        till and edge show the same figures. Callers may read the wallets; of their accounts no more is
        shown than sums.

        :return: ``{wallet id: (campus_core Wallet, calendar day of its company)}``, nothing locked
        """
        if not wallets.ids:
            return {}
        for name in ("campus.account", "campus.wallet", "campus.pocket.plan"):
            self.env[name].flush_model()
        shelf = Shelf()
        shelf.company_of_wallet = {wallet.id: wallet.company_id.id for wallet in wallets}
        for company in wallets.company_id:
            # sudo: everybody who sees a wallet may know what time it is at its company
            shelf.books[company.id] = days.book_of_today(company.partner_id.sudo().tz, None)
        reader = Wallets(self.env.cr)
        reader.read(shelf, lock=False)
        reader.read_debts(shelf)
        return {
            wallet_id: (wallet, book.today)
            for book in shelf.books.values()
            for wallet_id, wallet in book.wallets.items()
        }

    @api.model
    def _business_day(self, company):
        """Day on which a posting is booked now."""
        return days.open_book(self.env.cr, company.id).on

    # -- hooks -----------------------------------------------------------------

    @api.model
    def _registers(self):
        """Hook: queries of the tables whose rows have used an id up.

        Each gives ``uuid, action, attempt, digest, answer, id`` for the ids ``%(uuids)s``; ``%(birth)s``
        is the action of a new id, ``%(conflict)s`` the code of an answer that used none up.
        """
        return [
            """SELECT uuid::text, action, attempt, digest, answer, id FROM campus_posting
                WHERE uuid = ANY(%(uuids)s::uuid[])"""
        ]

    # -- locks and transactions ------------------------------------------------

    @api.model
    def _lock_day(self, company, exclusive=False):
        """Hold the company's business day: posts share the lock, the day close has it alone."""
        days.lock_day(self.env.cr, company.id, exclusive)

    @contextmanager
    def _own_transaction(self, *calls, settings=own_cursor.POSTS):
        """Yield an environment on a cursor of its own at READ COMMITTED, committed at the end.

        Odoo's REPEATABLE READ turns each contended pocket into a serialization failure and
        a retry after a sleep; here the second request just waits its turn. Where nothing may be
        committed, see ``own_cursor.may_commit``, the caller's transaction is used.

        ``calls``: what the transaction begins with, see ``prepared.run_all``.
        """
        if not own_cursor.may_commit():
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

    # -- refusals in words ------------------------------------------------------

    @api.model
    def _raise_refusal(self, answer):
        """Raise a readable error unless the answer is a yes; returns the answer."""
        if not answer["ok"]:
            raise UserError(self._explain(answer))
        return answer

    @api.model
    def _explain(self, answer):
        """A sentence for an answer; amounts in the numbers are cents (keys end in ``_minor``)."""
        numbers = {
            name.removesuffix("_minor"): money.format_minor(value) if name.endswith("_minor") else value
            for name, value in answer.get("numbers", {}).items()
        }
        text = self._sentences().get(answer["code"])
        if answer["code"] == "ok" and "expired" in numbers:
            text = self.env._(
                "%(expired)s of it goes back to money whose last day is over: it cannot be spent, and returns "
                "to the school."
            )
        elif answer["code"] == "ok" and "written_off" in numbers:
            text = self.env._(
                "%(written_off)s of it goes back to the school: the holder never paid it, the debt was written off."
            )
        if text is None:
            return self.env._("Refused (%s).", answer["code"])
        try:
            return text % numbers
        except KeyError:
            return self._plain_sentences().get(answer["code"], text) % _Numbers(numbers)

    @api.model
    def _plain_sentences(self):
        """``{code: sentence}`` for refusals that come without numbers: an edge decided, and tells none."""
        return {
            "amount_invalid": self.env._("No amount was keyed or sent, or none that can be paid."),
            "limit_uid": self.env._("Over the limit per purchase for plain cards."),
        }

    @api.model
    def _sentences(self):
        """``{code: sentence}``; other addons add the sentences of their own codes."""
        return {
            "ok": self.env._("Done."),
            **self._card_sentences(),
            "wallet_frozen": self.env._("This account is frozen. Please ask the card office."),
            "wallet_closed": self.env._("This account is closed."),
            "insufficient": self.env._("Not enough money: %(available)s left, %(missing)s missing."),
            "limit_purchase": self.env._("Over the limit of %(limit)s for one purchase."),
            "limit_day": self.env._("Over the daily limit of %(limit)s: %(left)s left today."),
            "pin_needed": self.env._("The PIN is needed above %(limit)s a day."),
            "pin_wrong": self.env._("The PIN is wrong. Tries left: %(tries)s."),
            "pin_locked": self.env._(
                "Too many wrong PINs: wait %(minutes)s minutes, or ask the card office."
            ),
            "pin_not_set": self.env._("No PIN has been chosen yet. The holder chooses one in the portal."),
            "topup_minimum": self.env._("The smallest top-up is %(limit)s."),
            "topup_maximum": self.env._("The largest top-up is %(limit)s."),
            "topup_month_cap": self.env._(
                "Over the %(limit)s that may come in a month: %(left)s can still be topped up this month."
            ),
            "plan_not_usable": self.env._(
                "Only %(available)s can be spent here; %(elsewhere)s is for other places."
            ),
            "conflict": self.env._(
                "This request was already answered with other content. Nothing was booked."
            ),
            "not_found": self.env._("The booking that this is about was not found."),
            "not_reversible": self.env._("This booking is itself a refund and cannot be undone."),
            "reversal_exceeds": self.env._("Only %(left)s of it can still be refunded."),
            "reservation_closed": self.env._("This payment is already settled."),
            "capture_exceeds": self.env._("Only %(reserved)s was authorised."),
            "amount_invalid": self.env._("The amount must be between 0.01 and %(maximum)s."),
            "debt_first": self.env._(
                "%(debt)s is owed: only %(left)s can be given out. The debt is settled first."
            ),
            "debt_exceeds": self.env._("Only %(debt)s is owed."),
            "day_closed": self.env._("This business day is already closed."),
        }

    @api.model
    def _card_sentences(self):
        return {
            "unknown_card": self.env._("This card is not known here."),
            "card_not_active": self.env._("This card is not active yet."),
            "card_frozen": self.env._("This card is frozen. Its holder can unfreeze it at the card office."),
            "card_lost": self.env._("This card was reported lost. Please keep it and call the card office."),
            "card_expired": self.env._("This card has expired."),
            "card_replaced": self.env._(
                "This card was replaced: its holder has a new one. Please keep the old one."
            ),
            "card_returned": self.env._(
                "This card was given back and pays nothing any more. Please keep it."
            ),
            "credential_malformed": self.env._("This was not read as a card. Please try again."),
            "sun_forged": self.env._("The chip of this card is not genuine. Please keep the card."),
            "sun_replayed": self.env._("This message of the chip was used already. Hold the card again."),
            "sun_needed": self.env._(
                "Hold this card to a reader that reads its chip: its number may be a copy."
            ),
            "limit_uid": self.env._("Over the limit of %(limit)s per purchase for plain cards."),
            "key_unknown": self.env._("This card's chip has a key that is not valid here."),
        }
