from odoo import api, models
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
    """A paid order cannot be changed, because it is evidence for the books.

    Odoo lets every cashier write on all of their orders, by any call. Odoo's own program changes only fields
    of a paid order that are not listed above.
    """

    _inherit = "pos.order"

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
