from odoo import api, fields, models

from ..const import PAID_STATES


class PosOrder(models.Model):
    _inherit = "pos.order"

    campus_is_paid_by_card = fields.Boolean(compute="_compute_campus_is_paid_by_card")
    campus_cash_reason = fields.Char(
        "Why Not to the Card",
        copy=False,
        help="Why the money did not go back to the card, or why money was given for goods without an order. "
        "Written by a manager.",
    )

    @api.depends("payment_ids.payment_method_id")
    def _compute_campus_is_paid_by_card(self):
        for order in self:
            order.campus_is_paid_by_card = any(p._is_campus_card() for p in order.payment_ids)

    @api.model
    def _process_order(self, order, existing_order):
        # Set by calls that send orders from a till. They set the order to paid at the end, when all its parts
        # are stored.
        return super(PosOrder, self.with_context(campus_pays_later=True))._process_order(
            order, existing_order
        )

    @api.model_create_multi
    def create(self, vals_list):
        """Set an order to paid after its lines and payments are stored. Then they exist when its money is
        booked, and nothing of a paid order has to be changed.
        """
        states = []
        for vals in vals_list:
            is_paid = vals.get("state") in PAID_STATES
            states.append(vals["state"] if is_paid else None)
            if is_paid:
                vals["state"] = "draft"
        orders = super().create(vals_list)
        if not self.env.context.get("campus_pays_later"):
            for order, state in zip(orders, states, strict=True):
                if state:
                    order.write({"state": state})
        return orders

    def write(self, vals):
        self._campus_check_kept(vals)
        fresh = self.browse()
        if vals.get("state") in PAID_STATES:
            fresh = self.filtered(lambda order: order.state not in PAID_STATES)
        res = super().write(vals)
        fresh._campus_settle()
        if vals.get("state") == "cancel":
            self.payment_ids._campus_release()
        return res

    def _campus_settle(self):
        """Book the card money of orders that were paid just now."""
        self.payment_ids._campus_settle()
        for order in self:
            if order.amount_total < 0 or order.lines.refunded_orderline_id:
                # sudo: cashiers have no rights on the ledger; the order was checked before.
                self.env["campus.till"].sudo()._settle_refund(order.sudo())

    def _campus_has_card_money(self):
        """Whether the order, or one that it refunds, was paid by card."""
        # sudo: the result must not depend on which orders a cashier may see
        orders = self.sudo()
        return any(p._is_campus_card() for p in (orders | orders.refunded_order_id).payment_ids)

    def action_view_campus_transfers(self):
        """Open the transfers of this order and their refunds."""
        self.ensure_one()
        uuids = self.env["campus.till"]._booked_uuids(self)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Card Transfers"),
            "res_model": "campus.transfer",
            "view_mode": "list,kanban,form",
            "domain": [
                "|",
                "|",
                ("uuid", "in", uuids),
                ("reverses_id.uuid", "in", uuids),
                ("origin", "=", f"pos.order,{self.id}"),
            ],
        }
