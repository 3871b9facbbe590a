from datetime import timezone
from uuid import uuid5
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.addons.campus_card.campus_core import money

from ..const import TOPUP_NAMESPACE


class PaymentTransaction(models.Model):
    """A payment that goes on a card: booked in the ledger once, whoever reports it how often.

    Odoo's payment engine decides when a transaction is done. Post-processing then makes the
    ``account.payment`` and the ledger's top-up in one database transaction. The posting's
    uuid derives from the transaction's id: webhook, poll and cron may all come, and come again.
    """

    _inherit = "payment.transaction"

    campus_wallet_id = fields.Many2one(
        "campus.wallet", "Topped up Wallet", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    campus_link_id = fields.Many2one(
        "campus.topup.link", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    campus_mandate_id = fields.Many2one(
        "campus.topup.mandate", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    campus_topup_state = fields.Selection(
        [("waiting", "Waiting"), ("booked", "On the card"), ("refused", "Needs a person")],
        string="Top-up",
        readonly=True,
        copy=False,
    )
    campus_topup_code = fields.Char(readonly=True, copy=False, help="Why the ledger refused the money.")
    campus_way = fields.Selection(
        [("holder", "Holder"), ("link", "By a link"), ("automatic", "Automatic")],
        "How",
        compute="_compute_campus_way",
        store=True,
    )

    @api.depends("campus_wallet_id", "campus_link_id", "campus_mandate_id")
    def _compute_campus_way(self):
        for tx in self:
            way = "automatic" if tx.campus_mandate_id else "link" if tx.campus_link_id else "holder"
            tx.campus_way = way if tx.campus_wallet_id else False

    # -- what Odoo calls -----------------------------------------------------------

    def _post_process(self):
        """Put the money on the card after the payment is made, in the same transaction."""
        done = super()._post_process()
        for tx in self.filtered("campus_wallet_id"):
            tx._campus_settle()
        return done

    def _create_payment(self, **extra_create_values):
        """Book a top-up against the transit account, from which the day close takes it."""
        if self.campus_wallet_id:
            transit = self.provider_id._campus_channel().gl_account_id
            extra_create_values.setdefault("destination_account_id", transit.id)
        return super()._create_payment(**extra_create_values)

    # -- the top-up ----------------------------------------------------------------

    def _campus_settle(self):
        self.ensure_one()
        if self.operation == "refund":
            self._campus_settle_refund()
        elif self.state == "done" and self.campus_topup_state != "booked" and self.operation != "validation":
            self._campus_book()
        if self.campus_mandate_id:
            self.campus_mandate_id._note_outcome(self)

    def _campus_uuid(self, purpose="topup"):
        return str(uuid5(TOPUP_NAMESPACE, f"{purpose}:{self.id}"))

    def _campus_amount_minor(self):
        return self.env["campus.amount"]._to_minor(abs(self.amount))

    def _campus_book(self):
        """Post the top-up; a replay of the same transaction gets the first answer."""
        [answer] = self.env["campus.ledger"]._post([self._prepare_campus_posting()])
        if answer["ok"]:
            self.write({"campus_topup_state": "booked", "campus_topup_code": False})
            self.campus_link_id._note_use()
            return
        self.write({"campus_topup_state": "refused", "campus_topup_code": answer["code"]})
        self._campus_ask_finance(self.env["campus.ledger"]._explain(answer))

    def _prepare_campus_posting(self):
        return {
            "uuid": self._campus_uuid(),
            "kind": "topup",
            "wallet_id": self.campus_wallet_id.id,
            "account_id": self.provider_id._campus_channel().id,
            "amount_minor": self._campus_amount_minor(),
            "plan": "cash",
            "origin": f"payment.transaction,{self.id}",
            "memo": self.reference,
        }

    def _campus_ask_finance(self, why):
        """The money has come in and fits on no card: finance pays it back or finds its place."""
        company = self.company_id
        group = self.env.ref("campus_card.group_campus_card_finance")
        users = group.all_user_ids.filtered(
            lambda user: user.active and not user.share and company in user.company_ids
        )
        note = self.env._(
            "Top-up %(reference)s was paid and cannot be put on the card: %(why)s",
            reference=self.reference,
            why=why,
        )
        for user in users - self.env.ref("base.user_root"):
            self.payment_id.activity_schedule(
                "campus_topup.mail_activity_type_refused", note=note, user_id=user.id
            )

    # -- asking --------------------------------------------------------------------

    def _campus_month_minor(self, wallet):
        """Cents that came or are coming in online for a wallet in the company's current month."""
        start = self._campus_start_of(wallet.company_id, "month")
        total = self._read_group(
            [
                ("campus_wallet_id", "=", wallet.id),
                ("operation", "not in", ("refund", "validation")),
                ("state", "in", ("pending", "authorized", "done")),
                ("create_date", ">=", start),
            ],
            aggregates=["amount:sum"],
        )[0][0]
        return round((total or 0) * money.MINOR_PER_MAJOR)

    @api.model
    def _campus_start_of(self, company, span):
        """When the company's current ``day`` or ``month`` began, in UTC."""
        zone = ZoneInfo(company.partner_id.tz or "UTC")
        now = fields.Datetime.now().replace(tzinfo=timezone.utc).astimezone(zone)
        start = now.replace(hour=0, minute=0, second=0, microsecond=0)
        if span == "month":
            start = start.replace(day=1)
        return start.astimezone(timezone.utc).replace(tzinfo=None)
