from odoo import api, fields, models
from odoo.fields import Command

from ..const import PAID_STATES


class PosOrder(models.Model):
    _inherit = "pos.order"

    campus_is_paid_by_card = fields.Boolean(compute="_compute_campus_is_paid_by_card")

    @api.depends("payment_ids.payment_method_id")
    def _compute_campus_is_paid_by_card(self):
        for order in self:
            order.campus_is_paid_by_card = any(p._is_campus_card() for p in order.payment_ids)

    @api.model_create_multi
    def create(self, vals_list):
        """An order becomes paid after its lines and payments are stored, so that they are
        there when its card payments are booked."""
        for vals in vals_list:
            if vals.get("state") in PAID_STATES and self._campus_pays(vals.get("payment_ids")):
                vals["state"] = "draft"
        return super().create(vals_list)

    @api.model
    def _campus_pays(self, commands):
        """Whether the commands create a card payment."""
        methods = {
            command[2].get("payment_method_id") for command in commands or () if command[0] == Command.CREATE
        }
        return any(
            method._is_campus_card() for method in self.env["pos.payment.method"].browse(methods - {None})
        )

    def write(self, vals):
        fresh = self.browse()
        if vals.get("state") in PAID_STATES:
            fresh = self.filtered(lambda order: order.state not in PAID_STATES)
        res = super().write(vals)
        fresh.payment_ids._campus_settle()
        if vals.get("state") == "cancel":
            self.payment_ids._campus_release()
        return res

    def action_view_campus_transfers(self):
        """Movements of money that came from this order, and refunds of them."""
        self.ensure_one()
        uuids = self.env["campus.till"]._booked_uuids(self)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Card Transfers"),
            "res_model": "campus.transfer",
            "view_mode": "list,form",
            "domain": ["|", ("uuid", "in", uuids), ("reverses_id.uuid", "in", uuids)],
        }
