import logging
from contextlib import contextmanager

import psycopg2
from odoo import api, fields, models
from odoo.addons.campus_card.db import own_cursor
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import SQL

from ..const import ANSWER_WAIT_S, SETTLE_TRIES

_logger = logging.getLogger(__name__)


class PaymentTransaction(models.Model):
    """Asks a provider. A rollback cannot undo what a provider does.

    There are three transactions, each committed before the next: the first stores what is planned, the second
    asks and stores the answer, the third books. The second one locks the payment's row before it asks and
    writes nothing else, so no other transaction can make it fail. It is never repeated, so the provider is
    asked once. The third may be repeated.
    """

    _inherit = "payment.transaction"

    campus_asked_at = fields.Datetime("Provider Asked", readonly=True, copy=False)

    @contextmanager
    def _campus_apart(self):
        """Yield these records in a transaction of their own at READ COMMITTED. Their rows are locked; it
        commits at the end.

        The lock (``FOR NO KEY UPDATE``) allows new rows that point to these: the caller may have written
        some.
        """
        with self.env["campus.ledger"]._own_transaction() as env:
            env.execute_query(
                SQL("SELECT id FROM payment_transaction WHERE id = ANY(%s) FOR NO KEY UPDATE", self.ids)
            )
            yield self.with_env(env)

    def _campus_store_before(self):
        """Commit what the caller has done so far, because what the provider does cannot be rolled back with
        it.
        """
        self.env.flush_all()
        if own_cursor.may_commit():
            self.env.cr.commit()  # pylint: disable=invalid-commit
        self.env.invalidate_all()

    def _campus_ask(self, question):
        """Ask the provider once, by one of Odoo's methods, and store the answer.

        Returns False if it was asked before. If the answer could not be stored, the provider is not asked
        again: the payment stays as it is until the provider reports or finance has looked there.
        """
        self.ensure_one()
        with self._campus_apart() as tx:
            if tx.campus_asked_at or tx.state != "draft":
                return False
            tx.campus_asked_at = fields.Datetime.now()
        with self._campus_not_again(), self._campus_apart() as tx:
            if tx.state == "draft":
                tx._campus_question(question)
            tx.env.ref("payment.cron_post_process_payment_tx")._trigger()
        return True

    @contextmanager
    def _campus_not_again(self):
        """Hide errors of the database from Odoo, which would run the whole request again and ask the provider
        twice.
        """
        try:
            yield
        except psycopg2.OperationalError as error:
            _logger.exception("The provider's answer about payment %s could not be stored.", self.id)
            raise UserError(
                self.env._(
                    "The provider was asked, and the answer could not be stored. Check whether the payment was "
                    "made before you try again."
                )
            ) from error
        finally:
            self.invalidate_recordset()

    def _campus_go_on(self, landing_route):
        """What the payer's browser needs to pay. If the payer uses a saved payment method, this charges it.

        Some providers are asked for these values, so this counts as a question too.
        """
        self.ensure_one()
        with self._campus_apart() as tx:
            tx.landing_route = landing_route
            if tx.operation != "online_token":
                tx._log_sent_message()
                return tx._get_processing_values()
        self._campus_ask("_charge_with_token")
        with self._campus_not_again(), self._campus_apart() as tx:
            return tx._get_processing_values()

    def _campus_question(self, question):
        if question == "_charge_with_token":
            self._charge_with_token()
            return
        self._log_sent_message()
        try:
            getattr(self, question)()
        except ValidationError as error:
            self._set_error(str(error))

    def _campus_may_come(self):
        """Whether the provider may still take the money. If nobody was asked, it cannot."""
        self.ensure_one()
        return self.state in ("pending", "authorized") or (
            self.state == "draft" and bool(self.campus_asked_at)
        )

    def _campus_settle_apart(self):
        """Make the payment and put it on the card. It is tried again if another transaction made it fail.

        If all tries fail, Odoo's own post-processing does it later.
        """
        self.ensure_one()
        for _try in range(SETTLE_TRIES):
            try:
                with self._campus_apart() as tx:
                    if not tx.is_post_processed:
                        tx._post_process()
                break
            except psycopg2.OperationalError as error:
                _logger.info("Payment %s is settled later: %s", self.id, error)
        self.invalidate_recordset()

    # -- children --------------------------------------------------------------------

    def _capture(self, amount_to_capture=None):
        if not self.campus_wallet_id:
            return super()._capture(amount_to_capture=amount_to_capture)
        return self._campus_child("_send_capture_request", amount_to_capture)

    def _void(self, amount_to_void=None):
        if not self.campus_wallet_id:
            return super()._void(amount_to_void=amount_to_void)
        return self._campus_child("_send_void_request", amount_to_void)

    def _refund(self, amount_to_refund=None):
        if not self.campus_wallet_id:
            return super()._refund(amount_to_refund=amount_to_refund)
        return self._campus_child("_send_refund_request", amount_to_refund, is_refund=True)

    def _campus_child(self, question, amount, is_refund=False):
        """Call Odoo's capture, void or refund in transactions that are not repeated."""
        self.ensure_one()
        self._ensure_provider_is_not_disabled()
        self._campus_store_before()
        with self._campus_apart() as tx:
            if is_refund:
                tx._campus_check_refund(amount or tx.amount)
            child_id = (
                tx.with_context(campus_asks_provider=True)
                ._create_child_transaction(amount or tx.amount, is_refund=is_refund)
                .id
            )
        self.invalidate_recordset()
        child = self.browse(child_id)
        child._campus_ask(question)
        return child

    # -- questions without an answer ---------------------------------------------------

    @api.model
    def _campus_cron_unanswered(self):
        """Ask finance to check payments at the provider if it did not answer."""
        since = fields.Datetime.subtract(fields.Datetime.now(), seconds=ANSWER_WAIT_S)
        silent = self.search(
            [
                ("campus_wallet_id", "!=", False),
                ("state", "=", "draft"),
                ("campus_asked_at", "<", since),
                ("campus_topup_code", "=", False),
            ]
        )
        for tx in silent:
            tx.campus_topup_code = "topup_unanswered"
            tx._campus_ask_finance(
                lambda env, reference=tx.reference: env._(
                    "The provider was asked about %(reference)s, and the answer was lost. Check there whether it "
                    "was carried out before you try again.",
                    reference=reference,
                )
            )

    @api.model
    def _campus_cron_unasked(self):
        """Cancel captures, voids and refunds that were stored but not sent to the provider, because the
        server stopped.

        A refund had taken the money off the card; the holder gets it back.
        """
        since = fields.Datetime.subtract(fields.Datetime.now(), seconds=ANSWER_WAIT_S)
        unasked = self.search(
            [
                ("campus_wallet_id", "!=", False),
                ("source_transaction_id", "!=", False),
                ("state", "=", "draft"),
                ("campus_asked_at", "=", False),
                ("create_date", "<", since),
            ]
        )
        for tx in unasked:
            tx._set_error(self.env._("The server stopped before the provider was asked. Please try again."))
            tx._post_process()

    def action_campus_not_charged(self):
        """Finance has checked at the provider: nothing was charged, and nothing will be."""
        if not self.env.user.has_group("campus_card.group_campus_card_finance"):
            raise AccessError(self.env._("Card finance looks after payments without an answer."))
        self.check_access("read")
        # sudo: nobody may write a transaction by hand; whether this user may say so was checked
        for tx in self.sudo():
            if tx.state != "draft" or tx.campus_topup_code != "topup_unanswered" or tx.operation == "refund":
                raise UserError(
                    self.env._("The answer about %s is known: there is nothing to decide.", tx.reference)
                )
            tx._set_canceled(state_message=self.env._("Not charged, as %s has seen.", self.env.user.name))
            tx._post_process()

    def _set_done(self, *, state_message=None, extra_allowed_states=()):
        """If a provider reports money for a payment that was cancelled here, accept it. Otherwise Odoo would
        ignore it and the money would be on no card.
        """
        late = self.filtered(
            lambda tx: tx.campus_wallet_id and not tx.source_transaction_id and tx.state == "cancel"
        )
        done = super(PaymentTransaction, self - late)._set_done(
            state_message=state_message, extra_allowed_states=extra_allowed_states
        )
        if late:
            done |= super(PaymentTransaction, late)._set_done(
                state_message=state_message, extra_allowed_states=(*extra_allowed_states, "cancel")
            )
        return done

    # -- refunds -----------------------------------------------------------------------

    def _campus_check_refund(self, amount):
        """Raise ``UserError`` if this amount of this payment cannot be refunded."""
        minor = self.env["campus.amount"]._to_minor(amount)
        if self.campus_topup_state == "split":
            raise UserError(self.env._("This payment was captured in parts. Refund its captures."))
        if self.state != "done" or self.campus_topup_state == "waiting":
            raise UserError(self.env._("This payment is not on the card yet. Refund it in a few minutes."))
        refunds = self.child_transaction_ids.filtered(
            lambda child: child.operation == "refund" and child.state not in ("cancel", "error")
        )
        left = self._campus_amount_minor() - sum(child._campus_amount_minor() for child in refunds)
        if not 0 < minor <= left:
            raise UserError(
                self.env._(
                    "%(left)s of this payment can still be refunded.",
                    left=self.env["campus.amount"]._to_text(left, self.currency_id),
                )
            )
