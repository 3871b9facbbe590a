from uuid import uuid5

from odoo import api, fields, models
from odoo.addons.campus_card.html_text import to_html

from ..const import TOPUP_NAMESPACE


class _NotInPlace(Exception):
    """The top-up cannot replace the correction that has put its money on the card."""


class PaymentTransaction(models.Model):
    """A payment that goes on a card. The ledger books it once, however often it is reported.

    Odoo's payment engine decides when a transaction is done. Post-processing then makes the
    ``account.payment`` and the ledger's top-up in one database transaction. The uuid of the posting derives
    from the transaction's id, so webhook, polling and cron may all report it, also several times.

    If a provider authorises first, the authorised transaction has one child per capture. The children carry
    the wallet of their parent, and the card gets what they have captured.
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
        [
            ("waiting", "Waiting"),
            ("booked", "On the card"),
            ("split", "In its captures"),
            ("refused", "Needs a person"),
        ],
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
        elif self.state == "done" and self.campus_topup_state == "waiting" and self.operation != "validation":
            if self._campus_captures():
                self.campus_topup_state = "split"
            else:
                self._campus_book()
        if self.campus_mandate_id and not self.source_transaction_id:
            self.campus_mandate_id._note_outcome(self)

    def _campus_captures(self):
        """The children that were captured or voided. They have the payments; Odoo makes none for their
        parent.
        """
        return self.child_transaction_ids.filtered(
            lambda child: child.operation == self.operation and child.state in ("done", "cancel")
        )

    def _campus_uuid(self, purpose="topup"):
        return str(uuid5(TOPUP_NAMESPACE, f"{purpose}:{self.id}"))

    def _campus_amount_minor(self):
        return self.env["campus.amount"]._to_minor(abs(self.amount))

    def _campus_book(self):
        """Post the top-up. A second call for the same transaction gets the first answer."""
        if self._campus_exceeds_authorised():
            self._campus_refuse("topup_over_authorised")
            return
        answer = self._campus_post()
        if not answer["ok"]:
            self._campus_refuse(answer["code"], answer)
            return
        self.write({"campus_topup_state": "booked", "campus_topup_code": False})
        self.campus_link_id._note_use()

    def _campus_post(self):
        """Post the top-up, and reverse a correction that has put the same money on the card before. Returns
        the ledger's answer.
        """
        credit = self._campus_credit()
        try:
            with self.env.cr.savepoint():
                [answer] = self.env["campus.ledger"]._post([self._prepare_campus_posting()])
                if answer["ok"] and credit:
                    taken = credit._campus_take_back(
                        self._campus_uuid("credited"), answer["amount_minor"], self
                    )
                    if not taken["ok"]:
                        raise _NotInPlace
        except _NotInPlace:
            self.env.invalidate_all()
            return {**taken, "code": "topup_corrected", "numbers": {"correction": credit.name}}
        return answer

    def _campus_exceeds_authorised(self):
        """Whether the transaction and its captures together would put more on the card than was authorised."""
        source = self.source_transaction_id or self
        family = source | source.child_transaction_ids.filtered(lambda tx: tx.operation == source.operation)
        booked = family.filtered(lambda tx: tx.campus_topup_state == "booked") - self
        total = sum(tx._campus_amount_minor() for tx in booked) + self._campus_amount_minor()
        return total > source._campus_amount_minor()

    def _campus_refuse(self, code, answer=None):
        self.write({"campus_topup_state": "refused", "campus_topup_code": code})
        self._campus_ask_finance(
            lambda env: env._(
                "Top-up %(reference)s was paid and cannot be put on the card: %(why)s",
                reference=self.reference,
                why=env["campus.ledger"]._explain(answer or {"code": code}),
            )
        )

    def _prepare_campus_posting(self):
        return {
            "uuid": self._campus_uuid(),
            "kind": "topup",
            # if the wallet was joined with another one, the money is in that one
            "wallet_id": (self.campus_wallet_id.joined_into_id or self.campus_wallet_id).id,
            "account_id": self.provider_id._campus_channel().id,
            "amount_minor": self._campus_amount_minor(),
            "plan": "cash",
            "origin": f"payment.transaction,{self.id}",
            "memo": self.reference,
        }

    def _campus_ask_finance(self, note):
        """Give finance an activity: on the payment, or on the holder if there is no payment yet.

        :param note: called with an environment in the language of who reads it
        """
        company = self.company_id
        group = self.env.ref("campus_card.group_campus_card_finance")
        users = group.all_user_ids.filtered(
            lambda user: user.active and not user.share and company in user.company_ids
        )
        payment = self.payment_id or self.source_transaction_id.payment_id
        record = payment or self.campus_wallet_id.partner_id
        kind = "mail_activity_type_refused" if payment else "mail_activity_type_unanswered"
        for user in users - self.env.ref("base.user_root"):
            asked = record.with_context(lang=user.lang)
            asked.activity_schedule(f"campus_topup.{kind}", note=to_html(note(asked.env)), user_id=user.id)
