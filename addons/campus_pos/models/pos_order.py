from odoo import api, fields, models
from odoo.exceptions import UserError

from ..const import PAID_STATES

#: The content of an order. Once it is paid, only the program itself may change these fields.
ORDER_KEPT = {
    "amount_total",
    "amount_tax",
    "company_id",
    "config_id",
    "campus_cash_reason",
    "date_order",
    "fiscal_position_id",
    "is_refund",
    "name",
    "pos_reference",
    "pricelist_id",
    "session_id",
    "user_id",
    "uuid",
}
#: Sums over an order's payments. Odoo writes them again each time it computes them.
ORDER_SUMS = {"amount_paid", "amount_return", "amount_difference"}
LINE_KEPT = {
    "combo_parent_id",
    "company_id",
    "discount",
    "order_id",
    "price_extra",
    "price_subtotal",
    "price_subtotal_incl",
    "price_unit",
    "product_id",
    "qty",
    "refunded_orderline_id",
    "tax_ids",
    "uuid",
}


def changed(record, vals, names):
    """The fields among ``names`` that ``vals`` would change on the record."""
    wrong = []
    for name in sorted(names & vals.keys()):
        field = record._fields[name]
        before, after = record[name], vals[name]
        if field.type == "many2many":
            is_same = set(field.convert_to_cache(after, record)) == set(before.ids)
        elif field.type == "monetary":
            currency = record.currency_id
            is_same = not currency.compare_amounts(before, after or 0.0)
        else:
            is_same = field.convert_to_cache(after, record) == field.convert_to_cache(before, record)
        if not is_same:
            wrong.append(name)
    return wrong


class PosOrder(models.Model):
    """An order that was paid cannot be changed, because it is evidence for the books."""

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

    # -- a paid order stays ------------------------------------------------------

    def _campus_check_kept(self, vals):
        # The program itself may: it closes sessions and makes invoices.
        if self.env.su or not (ORDER_KEPT | ORDER_SUMS | {"lines"}) & vals.keys():
            return
        for order in self:
            if order.state not in PAID_STATES:
                continue
            wrong = changed(order, vals, ORDER_KEPT) + order._campus_wrong_sums(vals)
            if wrong:
                names = [order._fields[name]._description_string(self.env) for name in wrong]
                raise UserError(
                    self.env._(
                        "Order %(order)s is paid: %(fields)s stays as it is. Refund the order instead.",
                        order=order.display_name,
                        fields=", ".join(names),
                    )
                )

    def _campus_wrong_sums(self, vals):
        """The sums in ``vals`` that differ from the sums of the order's payments."""
        amounts = self.payment_ids.mapped("amount")
        right = {
            "amount_paid": (sum(amounts),),
            "amount_return": (self.amount_return, -sum(amount for amount in amounts if amount < 0)),
            "amount_difference": (self.amount_difference, sum(amounts) - self.amount_total),
        }
        compare = self.currency_id.compare_amounts
        return [
            name
            for name in sorted(ORDER_SUMS & vals.keys())
            if all(compare(vals[name] or 0.0, value) for value in right[name])
        ]


class PosOrderLine(models.Model):
    """The lines of a paid order cannot be changed either."""

    _inherit = "pos.order.line"

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._campus_refuse_paid()
        return lines

    def write(self, vals):
        if not self.env.su and LINE_KEPT & vals.keys():
            paid = self.filtered(lambda line: line.order_id.state in PAID_STATES)
            paid.filtered(lambda line: changed(line, vals, LINE_KEPT))._campus_refuse_paid()
        res = super().write(vals)
        if "order_id" in vals:
            self._campus_refuse_paid()
        return res

    def _campus_refuse_paid(self):
        """Refuse a change of lines of a paid order."""
        if self.env.su:
            return
        for line in self:
            if line.order_id.state in PAID_STATES:
                raise UserError(
                    self.env._(
                        "Order %s is paid: its goods and prices stay as they are. Refund the order instead.",
                        line.order_id.display_name,
                    )
                )
