from odoo import api, fields, models

from ..campus_core.money import MINOR_PER_MAJOR


class CampusCardReplace(models.TransientModel):
    """Ask what a replacement needs: the fee, and the new card where it is at hand."""

    _name = "campus.card.replace"
    _description = "Replace a Card"

    card_id = fields.Many2one("campus.card", required=True, ondelete="cascade")
    partner_id = fields.Many2one(related="card_id.partner_id")
    company_id = fields.Many2one(related="card_id.company_id")
    currency_id = fields.Many2one(related="company_id.currency_id")
    available = fields.Monetary(related="card_id.wallet_id.available", string="Available in the Wallet")
    kind = fields.Selection(
        selection=lambda self: self.env["campus.card"]._fields["kind"]._description_selection(self.env)
    )
    hand_over = fields.Boolean(
        "New card is at hand",
        default=True,
        help="Scan it now and it works at once; otherwise it is produced first.",
    )
    uid = fields.Char("UID of the New Card")
    valid_until = fields.Date()
    fee = fields.Monetary("Fee", compute="_compute_fee")
    waive = fields.Boolean("Waive the fee")
    waive_reason = fields.Char("Reason for Waiving")
    may_waive = fields.Boolean(compute="_compute_may_waive")
    is_short = fields.Boolean(compute="_compute_is_short")

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        card = self.env["campus.card"].browse(values.get("card_id") or self.env.context.get("active_id"))
        return {**values, "card_id": card.id, "kind": card.kind, "valid_until": card.valid_until}

    @api.depends("company_id", "waive")
    def _compute_fee(self):
        for wizard in self:
            fee_minor = 0 if wizard.waive else wizard.company_id.campus_replacement_fee_minor
            wizard.fee = fee_minor / MINOR_PER_MAJOR

    @api.depends_context("uid")
    def _compute_may_waive(self):
        self.may_waive = self.env.user.has_group("campus_card.group_campus_card_manager")

    @api.depends("fee", "card_id")
    def _compute_is_short(self):
        for wizard in self:
            wizard.is_short = wizard.fee > wizard.available

    @api.onchange("uid")
    def _onchange_uid(self):
        self.uid = self.env["campus.card"]._read_scan(self.uid) or self.uid

    def action_replace(self):
        self.ensure_one()
        vals = {"kind": self.kind, "valid_until": self.valid_until}
        if self.hand_over and self.kind != "phone":
            vals["uid"] = self.uid
        new = self.card_id._replace(
            self.company_id.campus_replacement_fee_minor,
            waive_reason=self.waive and (self.waive_reason or " "),
            **vals,
        )
        if self.hand_over and self.kind == "phone":
            new._hand_over()
        return {
            "type": "ir.actions.act_window",
            "res_model": "campus.card",
            "res_id": new.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }
