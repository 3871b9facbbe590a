from markupsafe import Markup
from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.campus_tap_review import CHARGE, DROP


class CampusTapDecideAll(models.TransientModel):
    """One decision about many sales that wait: what it will do, then what it has done."""

    _name = "campus.tap.decide.all"
    _description = "Decide about Many Taps"

    review_ids = fields.Many2many("campus.tap.review", string="Selected", required=True, readonly=True)
    decision = fields.Selection(
        [(CHARGE, "Charge all of them"), (DROP, "Charge nothing")], required=True, readonly=True
    )
    note = fields.Char("Reason", help="What was found, and why you decide so. Each tap keeps it.")
    currency_id = fields.Many2one("res.currency", compute="_compute_currency_id")
    # before: what can be decided; afterwards: what was decided
    count = fields.Integer("Number of Taps", readonly=True)
    total = fields.Monetary("Sum", readonly=True)
    left_count = fields.Integer("Left Out", readonly=True)
    left_html = fields.Html("Why They Are Left Out", readonly=True, sanitize=False)
    is_done = fields.Boolean("Decided", readonly=True)

    @api.depends("review_ids")
    def _compute_currency_id(self):
        for wizard in self:
            wizard.currency_id = wizard.review_ids[:1].currency_id

    @api.model_create_multi
    def create(self, vals_list):
        wizards = super().create(
            [
                {name: vals[name] for name in ("review_ids", "decision", "note") if name in vals}
                for vals in vals_list
            ]
        )
        for wizard in wizards:
            wizard._show(wizard.review_ids._preview_all(wizard.decision))
        return wizards

    def _show(self, reasons):
        """Say how many it is about and how much, and of each that is left out why."""
        decided = self.review_ids.filtered(lambda review: review not in reasons)
        # sudo: figures of reviews that were chosen by somebody who may decide
        self.sudo().write(
            {
                "count": len(decided),
                "total": sum(decided.mapped("amount")),
                "left_count": len(reasons),
                "left_html": self._rows(reasons),
            }
        )

    @api.model
    def _rows(self, reasons):
        """The reviews that are left out, each with its reason, in the order of the sales; all of it text."""
        rows = []
        for review, reason in sorted(reasons.items(), key=lambda item: item[0].id):
            amount = review.currency_id.format(review.amount) if review.amount else ""
            parts = (review.display_name, review.partner_id.name, review.terminal_id.name, amount)
            name = " · ".join(part for part in parts if part)
            rows.append(Markup("<li><strong>{}</strong><br/>{}</li>").format(name, reason))
        return Markup("<ul>{}</ul>").format(Markup().join(rows)) if rows else False

    def write(self, vals):
        if not self.env.su and vals.keys() - {"note"}:
            raise UserError(self.env._("Select the taps in the list and open the dialog again."))
        return super().write(vals)

    def _open(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Charge All Selected")
            if self.decision == CHARGE
            else self.env._("Drop All Selected"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    def action_apply(self):
        """Decide each tap by itself, and say what became of it; once more changes nothing."""
        self.ensure_one()
        if not (self.note or "").strip():
            raise UserError(self.env._("Write down why you decide so."))
        reasons = self.review_ids._decide_all(self.decision, self.note)
        self._show(reasons)
        # sudo: set by this verb alone
        self.sudo().write({"is_done": True})
        return self._open()
