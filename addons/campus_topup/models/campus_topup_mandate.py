import logging

from odoo import api, fields, models
from odoo.addons.campus_card.campus_core import money
from odoo.addons.campus_card.campus_core.ledger import auto_topup
from odoo.exceptions import ValidationError

from ..const import CONSENT_VERSION

_logger = logging.getLogger(__name__)


class CampusTopupMandate(models.Model):
    """The holder's consent to automatic top-up with a saved payment method.

    A consent is never changed: a change ends this mandate and makes a new one. A failed payment pauses the
    mandate and the payer gets one message; then the holder continues or ends it.
    """

    _name = "campus.topup.mandate"
    _description = "Automatic Top-up"
    _order = "id desc"
    _rec_name = "wallet_id"

    wallet_id = fields.Many2one(
        "campus.wallet", required=True, index=True, readonly=True, ondelete="restrict"
    )
    company_id = fields.Many2one(related="wallet_id.company_id", store=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    # The payer: the holder, or another person who owns the saved payment method.
    partner_id = fields.Many2one("res.partner", required=True, readonly=True, ondelete="restrict")
    token_id = fields.Many2one("payment.token", required=True, readonly=True, ondelete="restrict")
    threshold_minor = fields.Integer(string="Below (cents)", required=True, readonly=True)
    amount_minor = fields.Integer(string="Amount (cents)", required=True, readonly=True)
    threshold = fields.Monetary("Below", compute="_compute_amounts")
    amount = fields.Monetary("Charges", compute="_compute_amounts")
    state = fields.Selection(
        [("active", "Active"), ("paused", "Paused"), ("revoked", "Ended")],
        required=True,
        readonly=True,
        default="active",
        index=True,
    )
    consented_at = fields.Datetime(required=True, readonly=True)
    consent_version = fields.Char(required=True, readonly=True)
    consent_text = fields.Text(required=True, readonly=True, help="The words that the holder agreed to.")
    revoked_at = fields.Datetime(readonly=True)
    paused_reason = fields.Char(readonly=True)
    charged_at = fields.Datetime("Last Charged", readonly=True)
    transaction_ids = fields.One2many("payment.transaction", "campus_mandate_id", readonly=True)

    _one_per_wallet = models.UniqueIndex(
        "(wallet_id) WHERE state <> 'revoked'", "A wallet has one automatic top-up."
    )
    _amounts_check = models.Constraint(
        "CHECK (threshold_minor > 0 AND amount_minor > 0)", "Threshold and amount are above zero."
    )

    @api.depends("threshold_minor", "amount_minor")
    def _compute_amounts(self):
        for mandate in self:
            mandate.threshold = mandate.threshold_minor / money.MINOR_PER_MAJOR
            mandate.amount = mandate.amount_minor / money.MINOR_PER_MAJOR

    # -- the holder's verbs (the caller has checked that it is the holder) -----------

    @api.model
    def _consent_text(self, wallet, threshold_minor, amount_minor):
        """The text of the consent, in the user's language. The same text is shown and stored."""
        to_text = self.env["campus.amount"]._to_text
        return self.env._(
            "When less than %(threshold)s can be spent on my card, %(school)s may charge my saved way of payment "
            "with %(amount)s and put it on the card, %(times)s per day at most. I can end this at any time "
            "in the portal; a failed payment pauses it.",
            threshold=to_text(threshold_minor, wallet.currency_id),
            amount=to_text(amount_minor, wallet.currency_id),
            school=wallet.company_id.name,
            times=wallet.company_id.campus_auto_topup_per_day,
        )

    @api.model
    def _agree(self, wallet, token, threshold_minor, amount_minor):
        """Store the consent. An earlier mandate of the wallet ends."""
        company = wallet.company_id
        if not company.campus_auto_topup_per_day:
            raise ValidationError(self.env._("Automatic top-up is switched off at this school."))
        if token.provider_id.company_id != company or not token.active:
            raise ValidationError(self.env._("This way of payment cannot be used for automatic top-up."))
        if threshold_minor <= 0:
            raise ValidationError(self.env._("The threshold must be above zero."))
        refusal = wallet._topup_refusal(amount_minor)
        if refusal and refusal["code"] != "topup_month_cap":
            raise ValidationError(self.env["campus.ledger"]._explain(refusal))
        self._of_wallet(wallet)._revoke()
        return self.create(
            {
                "wallet_id": wallet.id,
                "partner_id": token.partner_id.id,
                "token_id": token.id,
                "threshold_minor": threshold_minor,
                "amount_minor": amount_minor,
                "consented_at": fields.Datetime.now(),
                "consent_version": CONSENT_VERSION,
                "consent_text": self._consent_text(wallet, threshold_minor, amount_minor),
            }
        )

    @api.model
    def _of_wallet(self, wallet):
        return self.search([("wallet_id", "=", wallet.id), ("state", "!=", "revoked")])

    def _revoke(self):
        self.write({"state": "revoked", "revoked_at": fields.Datetime.now()})
        self.flush_recordset()

    def _resume(self):
        self.filtered(lambda mandate: mandate.state == "paused").write(
            {"state": "active", "paused_reason": False}
        )

    # -- charging ------------------------------------------------------------------

    @api.model
    def _cron_charge(self):
        """Charge each mandate whose balance is low, each in transactions of its own."""
        mandates = self.search([("state", "=", "active")])._worth_a_look()
        self.env["ir.cron"]._commit_progress(remaining=len(mandates))
        for mandate in mandates:
            try:
                mandate._charge_if_low()
            except Exception:
                # an error of one mandate must not stop the others
                _logger.exception("Automatic top-up %s failed.", mandate.id)
            if not self.env["ir.cron"]._commit_progress(1):
                break
        self.env["payment.transaction"]._campus_cron_unasked()
        self.env["payment.transaction"]._campus_cron_unanswered()

    def _worth_a_look(self):
        """Mandates whose balance is low, or with a payment that was stored but not sent to the provider. The
        others are left out, because each decision needs a transaction.
        """
        unasked = self.env["payment.transaction"].search(
            [("campus_mandate_id", "in", self.ids), ("state", "=", "draft"), ("campus_asked_at", "=", False)]
        )
        left = unasked.campus_mandate_id
        return self.filtered(
            lambda mandate: mandate in left or mandate.wallet_id.available_minor < mandate.threshold_minor
        )

    def _charge_if_low(self):
        """Charge once if the rules say so. Returns the decision.

        The payment is stored before the provider is asked. The answer is stored before the money goes on the
        card. See ``payment.transaction._campus_ask``.
        """
        self.ensure_one()
        decision, tx = self._intend()
        if tx:
            tx._campus_ask("_charge_with_token")
            tx._campus_settle_apart()
        return decision

    def _intend(self):
        """Decide under the wallet's lock and store the planned payment: ``(decision, payment)``."""
        with self.env["payment.transaction"]._campus_turn(self.wallet_id) as env:
            mandate = self.with_env(env)
            mandate.invalidate_recordset()
            left = mandate._unasked()
            decision = "charge" if left else mandate._decide()
            if decision == "charge" and not left:
                mandate.charged_at = fields.Datetime.now()
                left = env["payment.transaction"].create(mandate._prepare_transaction_vals())
            tx_id = left.id
        self.invalidate_recordset()
        return decision, self.env["payment.transaction"].browse(tx_id or ())

    def _unasked(self):
        """A payment of today that was stored but not sent to the provider, because the server stopped."""
        if self.state != "active":
            return self.env["payment.transaction"]
        return self._tried_today().filtered(
            lambda tx: tx.state == "draft" and not tx.campus_asked_at and tx.campus_mandate_id == self
        )[:1]

    def _tried(self):
        """Payments of all automatic top-ups of this wallet. A new consent does not reset the day's limit."""
        return self.env["payment.transaction"].search(
            [("campus_mandate_id.wallet_id", "=", self.wallet_id.id), ("source_transaction_id", "=", False)]
        )

    def _tried_today(self):
        today = self.env["payment.transaction"]._campus_start_of(self.company_id, "day")
        return self._tried().filtered(lambda tx: tx.create_date >= today)

    def _decide(self):
        self.ensure_one()
        company, wallet = self.company_id, self.wallet_id
        if not company.campus_auto_topup_per_day or wallet.state != "open" or not self.token_id.active:
            return "off"
        today = self._tried_today()
        wallet.invalidate_recordset()
        return auto_topup.decide(
            auto_topup.Mandate(
                self.threshold_minor,
                self.amount_minor,
                company.campus_auto_topup_per_day,
                consented=True,
                paused=self.state != "active",
            ),
            auto_topup.Now(
                wallet.available_minor,
                started_today=len(today),
                waiting=any(tx._campus_may_come() for tx in self._tried()),
                month_minor=self.env["payment.transaction"]._campus_month_minor(wallet),
                failed_today=any(tx.state in ("cancel", "error") for tx in today),
            ),
            company._campus_topup_rules(),
        )

    def _prepare_transaction_vals(self):
        self.ensure_one()
        token, transactions = self.token_id, self.env["payment.transaction"]
        reference = transactions._compute_reference(
            token.provider_id.code, prefix=f"AUTO-{self.wallet_id.id}"
        )
        return {
            "provider_id": token.provider_id.id,
            "payment_method_id": token.payment_method_id.id,
            "token_id": token.id,
            "reference": reference,
            "amount": self.currency_id.round(self.amount_minor / money.MINOR_PER_MAJOR),
            "currency_id": self.currency_id.id,
            "partner_id": self.partner_id.id,
            "operation": "offline",
            "campus_mandate_id": self.id,
            "campus_charge": f"{self.company_id._campus_today()}/{len(self._tried_today()) + 1}",
            **transactions._campus_topup_vals(self.wallet_id),
        }

    def _note_outcome(self, tx):
        """After a failed payment: pause the mandate and tell the payer once."""
        self.ensure_one()
        if tx.state not in ("cancel", "error") or self.state != "active":
            return
        self.write({"state": "paused", "paused_reason": tx.state_message or tx.state})
        _logger.info("Automatic top-up %s paused: transaction %s is %s.", self.id, tx.id, tx.state)
        reader = self.with_context(lang=self.partner_id.lang)
        self.partner_id.message_notify(
            partner_ids=self.partner_id.ids,
            subject=reader.env._("Automatic top-up is paused"),
            body=reader.env._(
                "The payment for your campus card failed. Nothing was charged, and nothing more is tried "
                "until you continue: open the card in the portal and look at automatic top-up."
            ),
        )
