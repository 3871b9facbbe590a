from odoo import api, models
from odoo.exceptions import UserError


class CampusTillSettlement(models.AbstractModel):
    """When an order is paid, books its card payments, or refuses the order.

    This runs in the transaction that stores the order. Nothing that the browser says is trusted: a payment
    needs its reservation, a refund needs the payment that it refunds.
    """

    _inherit = "campus.till"

    @api.model
    def _settle(self, payments):
        """Book the card payments of paid orders. It may be called again."""
        for order, order_payments in payments.grouped("pos_order_id").items():
            charges = order_payments.filtered(lambda p: p.amount > 0)
            refunds = order_payments.filtered(lambda p: p.amount < 0).sorted("id")
            self._check_no_cash_out(order, charges)
            self._capture_payments(order, charges)
            self._refund_payments(order, refunds)

    # -- payments --------------------------------------------------------------

    @api.model
    def _check_no_cash_out(self, order, charges):
        """Refuse to charge a card for more than the order, because the rest would be given as cash."""
        total = max(order.amount_total, order._get_rounded_amount(order.amount_total, True))
        if charges and order.currency_id.compare_amounts(sum(charges.mapped("amount")), total) > 0:
            raise UserError(
                self.env._(
                    "The card payments of order %s are more than the order costs.", order.pos_reference
                )
            )
        others = order.payment_ids.filtered(lambda p: not p._is_campus_card())
        for method, paid in others.grouped("payment_method_id").items() if charges else ():
            # change may only come from payments in the same way; otherwise it would be card money
            if order.currency_id.compare_amounts(sum(paid.mapped("amount")), 0) < 0:
                raise UserError(
                    self.env._(
                        "Order %(order)s is paid by card, so it cannot pay money out by %(method)s.",
                        order=order.pos_reference,
                        method=method.name,
                    )
                )

    @api.model
    def _capture_payments(self, order, charges):
        if not charges:
            return
        for payment in charges:
            self._check_uuid(payment.uuid)
        held = self.env["campus.reservation"].search([("uuid", "in", charges.mapped("uuid"))])
        held = held.grouped("uuid")
        requests = []
        for payment in charges:
            reservations = held.get(payment.uuid, self.env["campus.reservation"])
            self._check_payment(order, payment, reservations)
            self._note_card(payment, reservations)
            if self._state(reservations) == "open":
                requests.append(
                    {
                        "uuid": payment.uuid,
                        "amount_minor": payment._campus_minor(),
                        "origin": f"pos.order,{order.id}",
                    }
                )
        for answer in self._ledger()._capture(requests):
            self._ledger()._raise_refusal(answer)

    @api.model
    def _check_payment(self, order, payment, reservations):
        """Refuse a payment without a reservation of this till and this amount."""
        if not reservations:
            self._refuse_payment(payment, self.env._("no card was tapped for it"))
        if sum(reservations.mapped("amount_minor")) != payment._campus_minor():
            self._refuse_payment(payment, self.env._("another amount was authorised"))
        # sudo: a cashier may not read the merchant account of the till
        if reservations.merchant_id != order.config_id.sudo()._campus_merchant():
            self._refuse_payment(payment, self.env._("it was authorised at another till"))
        state = self._state(reservations)
        if state == "open":
            return
        origin = f"pos.order,{order.id}"
        transfers = self.env["campus.transfer"].search([("uuid", "=", payment.uuid)])
        if state != "captured" or set(transfers.mapped("origin")) != {origin}:
            self._refuse_payment(payment, self.env._("it was settled before"))

    @api.model
    def _refuse_payment(self, payment, reason):
        raise UserError(
            self.env._(
                "The card payment of %(amount)s is refused: %(reason)s.",
                amount=payment.currency_id.format(payment.amount),
                reason=reason,
            )
        )

    @api.model
    def _note_card(self, payment, reservations):
        """Write the card and its holder on the payment. Values from the browser are replaced."""
        holder, card = reservations.partner_id[:1], reservations.card_id[:1]
        vals = {"cardholder_name": holder.name, "card_no": (card.number or "")[-4:]}
        if any(payment[name] != value for name, value in vals.items()):
            payment.write(vals)
