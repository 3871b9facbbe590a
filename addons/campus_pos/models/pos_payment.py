from odoo import api, models
from odoo.addons.campus_card.campus_core.money import MINOR_PER_MAJOR
from odoo.exceptions import UserError

from ..const import PAID_STATES
from .pos_order import changed

# Larger than rounding errors of a float, and smaller than any real difference.
NOISE = 1e-4
BOOKED_FIELDS = {"amount", "payment_method_id", "uuid", "pos_order_id"}
# The card, its holder and the time. The program writes them once.
TOLD_FIELDS = {"cardholder_name", "card_no", "transaction_id", "payment_date", "is_change", "name"}


class PosPayment(models.Model):
    """Payments by card are made by the ledger's answer, and nobody changes them afterwards."""

    _inherit = "pos.payment"

    @api.model_create_multi
    def create(self, vals_list):
        payments = super().create(vals_list)
        payments._campus_refuse_late()
        payments._campus_settle()
        return payments

    def write(self, vals):
        if (BOOKED_FIELDS | TOLD_FIELDS) & vals.keys():
            self._campus_check_untouched(vals)
        res = super().write(vals)
        if BOOKED_FIELDS & vals.keys():
            self._campus_settle()
        return res

    @api.ondelete(at_uninstall=False)
    def _unlink_except_booked_card_payment(self):
        """Money that was charged to a card goes back by a refund. Money that is only reserved is released
        now.
        """
        cards = self.filtered(lambda payment: payment._is_campus_card())
        (self - cards)._campus_refuse_late()
        if any(payment.pos_order_id.state in PAID_STATES for payment in cards):
            raise UserError(self.env._("A card payment that is booked is refunded, not deleted."))
        cards._campus_release()

    def _is_campus_card(self):
        return self.payment_method_id._is_campus_card()

    def _campus_minor(self):
        """The amount in whole cents. Raises if it has parts of a cent."""
        self.ensure_one()
        minor = round(self.amount * MINOR_PER_MAJOR)
        if abs(self.amount * MINOR_PER_MAJOR - minor) > NOISE:
            raise UserError(self.env._("%s is not an amount in whole cents.", self.amount))
        return minor

    def _campus_settle(self):
        """Book those of these payments that are card payments of paid orders."""
        payments = self.filtered(
            lambda p: p._is_campus_card() and p.pos_order_id.state in PAID_STATES and p.amount
        )
        if payments:
            # sudo: cashiers have no rights on the ledger; the payments were checked before.
            self.env["campus.till"].sudo()._settle(payments.sudo())

    def _campus_release(self):
        """Release what is reserved for payments that will not be made."""
        uuids = [payment.uuid for payment in self if payment._is_campus_card() and payment.uuid]
        # sudo: as above: a cashier may release what the till has reserved.
        ledger = self.env["campus.ledger"].sudo()
        reservations = ledger.env["campus.reservation"].search(
            [("uuid", "in", uuids), ("state", "=", "open"), ("origin", "=like", "pos.session,%")]
        )
        ledger._release(
            [{"uuid": uuid, "reason": "payment removed"} for uuid in set(reservations.mapped("uuid"))]
        )

    def _campus_check_untouched(self, vals):
        """A booked card payment keeps its amount, method, id, order, card and holder. The other payments of
        the same order keep their amounts.
        """
        kept = BOOKED_FIELDS if self.env.su else BOOKED_FIELDS | TOLD_FIELDS
        for payment in self:
            if payment.pos_order_id.state not in PAID_STATES:
                continue
            if payment._is_campus_card():
                if changed(payment, vals, kept):
                    raise UserError(self.env._("A card payment that is booked is refunded, not changed."))
            elif changed(payment, vals, BOOKED_FIELDS - {"payment_method_id"}):
                payment._campus_refuse_late()

    def _campus_refuse_late(self):
        """Refuse to add, change or remove payments of a paid order with card money, because they decide how
        much may be refunded in cash.
        """
        for payment in self:
            order = payment.pos_order_id
            if order.state in PAID_STATES and order._campus_has_card_money():
                raise UserError(
                    self.env._(
                        "Order %s was paid by card or refunds such an order: its payments cannot be changed.",
                        order.display_name,
                    )
                )
