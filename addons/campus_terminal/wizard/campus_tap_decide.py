from odoo import api, fields, models
from odoo.addons.campus_card.campus_core import money
from odoo.exceptions import UserError

from ..models.campus_tap_review import CHARGE, DROP, PART, TAKE


class CampusTapDecide(models.TransientModel):
    """What becomes of money that an edge has taken on its own word and nobody has booked."""

    _name = "campus.tap.decide"
    _description = "Decide about a Tap"

    review_id = fields.Many2one("campus.tap.review", required=True, readonly=True, ondelete="cascade")
    held_text = fields.Char(related="review_id.held_text")
    is_take_back = fields.Boolean(related="review_id.is_take_back")
    company_id = fields.Many2one(related="review_id.company_id")
    currency_id = fields.Many2one(related="review_id.currency_id")
    evidence_text = fields.Char(related="review_id.evidence_text")
    tap_partner_id = fields.Many2one(related="review_id.partner_id")
    tap_amount = fields.Monetary("Amount of the Tap", compute="_compute_sale")
    terminal_id = fields.Many2one(related="review_id.terminal_id")
    occurred_at = fields.Datetime(compute="_compute_sale")
    has_card = fields.Boolean(compute="_compute_sale")
    has_merchant = fields.Boolean(compute="_compute_sale")
    charge = fields.Selection(
        [(CHARGE, "Charge all of it"), (PART, "Charge a part"), (DROP, "Charge nothing")], "Decision"
    )
    take = fields.Selection([(TAKE, "Give the money back"), (DROP, "Leave the charge")], "Your Decision")
    amount = fields.Monetary("Part to Charge")
    card_id = fields.Many2one(
        "campus.card",
        "Charged Card",
        compute="_compute_proposal",
        store=True,
        readonly=False,
        domain="[('company_id', '=', company_id)]",
        ondelete="cascade",
    )
    merchant_id = fields.Many2one(
        "campus.account",
        "Paid Merchant",
        compute="_compute_proposal",
        store=True,
        readonly=False,
        domain="[('company_id', '=', company_id), ('kind', '=', 'merchant')]",
        ondelete="cascade",
    )
    note = fields.Char("Reason", help="What was found, and why you decide so.")

    @api.depends("review_id")
    def _compute_sale(self):
        for wizard in self:
            sale = wizard.review_id._sale()
            wizard.tap_amount = wizard.currency_id.round(sale.amount_minor / money.MINOR_PER_MAJOR)
            wizard.occurred_at = sale.occurred_at
            wizard.has_card = sale.is_shown and bool(sale.card)
            wizard.has_merchant = sale.is_shown and bool(sale.merchant)

    @api.depends("review_id")
    def _compute_proposal(self):
        """Card and merchant that a second content names; what the tap itself shows is no choice."""
        for wizard in self:
            sale = wizard.review_id._sale()
            wizard.card_id = not sale.is_shown and sale.card
            wizard.merchant_id = not sale.is_shown and sale.merchant

    def action_apply(self):
        """Do what was chosen; the review says who decided and why."""
        self.ensure_one()
        decision = self.take if self.is_take_back else self.charge
        if not decision:
            raise UserError(self.env._("Choose what becomes of the money."))
        amount_minor = self.env["campus.amount"]._to_minor(self.amount) if decision == PART else 0
        self.review_id._decide(decision, self.note, amount_minor, self.card_id, self.merchant_id)
        return {"type": "ir.actions.act_window_close"}
