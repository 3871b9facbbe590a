from uuid import uuid5

from odoo import api, fields, models
from odoo.addons.campus_card.db.columns import BigLink
from odoo.addons.campus_card.html_text import to_html
from odoo.exceptions import AccessError, UserError

from ..const import TOPUP_NAMESPACE

FINANCE = "campus_card.group_campus_card_finance"


class CampusDispute(models.Model):
    """A holder disputes a line of their history. Staff check it and answer.

    A sale without an Odoo till can be reversed here. A sale of an Odoo till must be refunded at the till or
    corrected, because its session has booked it too.
    """

    _name = "campus.dispute"
    _description = "Disputed Line"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "id desc"

    transfer_id = BigLink("campus.transfer", required=True, readonly=True, ondelete="restrict", index=True)
    wallet_id = fields.Many2one(related="transfer_id.wallet_id", store=True, index=True)
    partner_id = fields.Many2one(related="wallet_id.partner_id", string="Holder")
    company_id = fields.Many2one(related="wallet_id.company_id", store=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    counter_account_id = fields.Many2one(related="transfer_id.counter_account_id", string="Where")
    amount = fields.Monetary(compute="_compute_amount", help="What is disputed, without a sign.")
    occurred_at = fields.Datetime(related="transfer_id.occurred_at")
    reason = fields.Text(readonly=True)
    state = fields.Selection(
        [("open", "Open"), ("refunded", "Refunded"), ("settled", "Settled"), ("refused", "Refused")],
        required=True,
        readonly=True,
        default="open",
        tracking=True,
        index=True,
    )
    answer = fields.Text(help="What the holder reads.")
    decided_by_id = fields.Many2one("res.users", readonly=True, ondelete="restrict")
    decided_at = fields.Datetime(readonly=True)
    is_till_sale = fields.Boolean(compute="_compute_is_till_sale")

    _one_open = models.UniqueIndex("(transfer_id) WHERE state = 'open'", "This line is disputed already.")

    @api.depends("transfer_id")
    def _compute_amount(self):
        for dispute in self:
            dispute.amount = abs(sum(dispute._lines().mapped("amount")))

    @api.depends("transfer_id")
    def _compute_is_till_sale(self):
        for dispute in self:
            clearing = dispute.company_id.campus_clearing_account_id
            # sudo: finance may learn whether a till sold it, but not read the till
            counter = dispute.transfer_id.sudo().counter_account_id
            dispute.is_till_sale = bool(clearing) and counter.gl_account_id == clearing

    @api.depends("transfer_id")
    def _compute_display_name(self):
        for dispute in self:
            dispute.display_name = self.env._("Dispute of %s", dispute.transfer_id.display_name)

    def _lines(self):
        """All lines of the disputed request: one purchase may have used several pockets."""
        # sudo: the lines belong to the same request as the one that may be read
        return self.transfer_id.sudo().search([("uuid", "=", self.transfer_id.uuid)])

    @api.model
    def _open(self, transfer, reason):
        """The open dispute of a line; it is made if there is none. The caller has checked that the line is
        the holder's.
        """
        first = transfer.search([("uuid", "=", transfer.uuid)], order="line", limit=1)
        known = self.search([("transfer_id", "=", first.id), ("state", "=", "open")], limit=1)
        if known:
            return known
        dispute = self.create({"transfer_id": first.id, "reason": (reason or "").strip()[:500]})
        for user in dispute._staff():
            # who asks is a holder; who reads it has a language of their own
            dispute.with_context(lang=user.lang).activity_schedule(
                "campus_topup.mail_activity_type_dispute",
                user_id=user.id,
                note=to_html(dispute.reason),
            )
        return dispute

    def _staff(self):
        users = self.env.ref(FINANCE).all_user_ids.filtered(
            lambda user: user.active and not user.share and self.company_id in user.company_ids
        )
        admins = self.env.ref("base.group_system").all_user_ids
        return (users - admins) or users - self.env.ref("base.user_root")

    # -- staff ---------------------------------------------------------------------

    def action_refund(self):
        """Reverse the disputed sale. It cannot be reversed twice."""
        for dispute in self:
            if dispute.is_till_sale:
                raise UserError(
                    self.env._(
                        "This sale was made at a till, which has booked it too. Refund it there, or request a "
                        "correction, then settle the dispute."
                    )
                )
            dispute._decide("refunded")
            # sudo: finance decides here; nobody may write the ledger directly
            ledger = self.env["campus.ledger"].sudo()
            [answer] = ledger._reverse(
                [
                    {
                        "uuid": str(uuid5(TOPUP_NAMESPACE, f"dispute:{dispute.id}")),
                        "reverses_uuid": dispute.transfer_id.uuid,
                        "origin": f"campus.dispute,{dispute.id}",
                        "memo": (dispute.answer or "")[:200] or None,
                    }
                ]
            )
            ledger._raise_refusal(answer)
            if answer["numbers"]:
                # finance sees which part the holder does not get, and why
                dispute.message_post(body=ledger._explain(answer))

    def action_settle(self):
        """Close the dispute because it was solved in another way: by a refund at the till, or by a
        correction.
        """
        self._decide("settled")

    def action_refuse(self):
        """Refuse the dispute because the line is right. The answer to the holder gives the reason."""
        if any(not (dispute.answer or "").strip() for dispute in self):
            raise UserError(self.env._("Write an answer that the holder can understand first."))
        self._decide("refused")

    def action_request_correction(self):
        """Open the form for a correction of the disputed line."""
        self.ensure_one()
        action = self.wallet_id.action_request_correction()
        action["context"] = {
            **action["context"],
            "default_amount_minor": round(self.amount * 100),
            "default_reason": self.display_name,
        }
        return action

    def _decide(self, state):
        if not self.env.su and not self.env.user.has_group(FINANCE):
            raise AccessError(self.env._("Disputes are decided by card finance."))
        self.check_access("write")
        for dispute in self:
            if dispute.state != "open":
                raise UserError(self.env._("%s is decided already.", dispute.display_name))
        # sudo: only these methods may write the state
        self.sudo().write(
            {"state": state, "decided_by_id": self.env.uid, "decided_at": fields.Datetime.now()}
        )
        # sudo: the activities may belong to any person who may decide
        self.sudo().activity_feedback(["campus_topup.mail_activity_type_dispute"])

    def write(self, vals):
        fixed = {"state", "decided_by_id", "decided_at", "transfer_id", "reason"} & vals.keys()
        if fixed and not self.env.su:
            raise AccessError(self.env._("A dispute is decided with its buttons."))
        return super().write(vals)
