from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.campus_tap_review_decide import CHARGE, DROP, PART, TAKE


class CampusTapDecide(models.TransientModel):
    """What becomes of money that an edge has taken on its own word and nobody has booked."""

    _name = "campus.tap.decide"
    _description = "Decide about a Tap"

    review_id = fields.Many2one("campus.tap.review", required=True, readonly=True, ondelete="cascade")
    held_text = fields.Char(related="review_id.held_text")
    is_take_back = fields.Boolean(related="review_id.is_take_back")
    company_id = fields.Many2one(related="review_id.company_id")
    currency_id = fields.Many2one(related="review_id.currency_id")
    tap_partner_id = fields.Many2one(related="review_id.partner_id")
    tap_amount = fields.Monetary(related="review_id.amount", string="Amount of the Tap")
    terminal_id = fields.Many2one(related="review_id.terminal_id")
    occurred_at = fields.Datetime(related="review_id.occurred_at")
    has_card = fields.Boolean(compute="_compute_missing")
    has_merchant = fields.Boolean(compute="_compute_missing")
    charge = fields.Selection(
        [(CHARGE, "Charge all of it"), (PART, "Charge a part"), (DROP, "Charge nothing")], "Decision"
    )
    take = fields.Selection([(TAKE, "Give the money back"), (DROP, "Leave the charge")], "Your Decision")
    amount = fields.Monetary("Part to Charge")
    card_id = fields.Many2one(
        "campus.card", "Charged Card", domain="[('company_id', '=', company_id)]", ondelete="cascade"
    )
    merchant_id = fields.Many2one(
        "campus.account",
        "Paid Merchant",
        domain="[('company_id', '=', company_id), ('kind', '=', 'merchant')]",
        ondelete="cascade",
    )
    note = fields.Char("Reason", help="What was found, and why you decide so.")

    @api.depends("review_id")
    def _compute_missing(self):
        for wizard in self:
            tap = wizard.review_id.tap_id
            wizard.has_card = bool(tap.card_id)
            wizard.has_merchant = bool(tap.terminal_id.merchant_id)

    def action_apply(self):
        """Do what was chosen; the review says who decided and why."""
        self.ensure_one()
        decision = self.take if self.is_take_back else self.charge
        if not decision:
            raise UserError(self.env._("Choose what becomes of the money."))
        amount_minor = self.env["campus.amount"]._to_minor(self.amount) if decision == PART else 0
        self.review_id._decide(decision, self.note, amount_minor, self.card_id, self.merchant_id)
        return {"type": "ir.actions.act_window_close"}
