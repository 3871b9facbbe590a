from uuid import NAMESPACE_OID, uuid5

from odoo import api, models
from odoo.addons.campus_card.campus_core.ledger import cash_back
from odoo.addons.campus_card.campus_core.money import MINOR_PER_MAJOR
from odoo.exceptions import UserError

from ..const import MANAGER, PAID_STATES


class CampusTillCash(models.AbstractModel):
    """Paying card money back in another way than to the card, for example in cash.

    Only a manager may do that, with a reason, and only with money from pockets that can be paid out. The
    ledger shows a refund and a payout, so the same money cannot be refunded a second time.
    """

    _inherit = "campus.till"

    @api.model
    def _settle_refund(self, order):
        """Check how the goods of a paid order are refunded, and book card money that is refunded in another
        way.
        """
        now_minor = -self._other_minor(order)
        originals = order.lines.refunded_orderline_id.order_id
        self._line_up(originals)
        self._check_goods(order)
        if not self._card_payments(originals):
            self._check_nameless(order, originals, now_minor)
            return
        self._check_single(order, originals)
        if now_minor < 0:
            raise UserError(
                self.env._(
                    "Refund order %s in an order of its own, without new goods: the customer would have to pay here.",
                    originals.name,
                )
            )
        amount_minor = self._card_money(originals, now_minor, order)
        if order.config_id.cash_rounding:
            # Cash is rounded; card payments are exact to the cent.
            amount_minor = min(amount_minor, round(-order.amount_total * MINOR_PER_MAJOR))
        if amount_minor:
            self._check_cash(order, amount_minor)
            self._pay_out(order, originals, amount_minor)

    @api.model
    def _other_minor(self, orders):
        """Cents that the orders took in other ways than by card, less what they gave back."""
        others = orders.payment_ids.filtered(lambda p: not p._is_campus_card())
        return round(sum(others.mapped("amount")) * MINOR_PER_MAJOR)

    @api.model
    def _worth_minor(self, order):
        """The value in cents of the goods that come back."""
        worth = min(order.amount_total, order._get_rounded_amount(order.amount_total, True))
        return round(-worth * MINOR_PER_MAJOR)

    @api.model
    def _card_money(self, original, now_minor, order=None):
        """How many cents of ``now_minor``, which is given back in another way, were paid by card for
        ``original``.
        """
        refunds = original.lines.refund_orderline_ids.order_id.filtered(lambda o: o.state in PAID_STATES)
        if order:
            refunds -= order
        return cash_back.card_money(self._other_minor(original), -self._other_minor(refunds), now_minor)

    # -- what is refused -----------------------------------------------------------

    @api.model
    def _check_nameless(self, order, originals, now_minor):
        """If nobody knows how the goods were paid, the money may have come from a card."""
        is_known = originals and all(original.state in PAID_STATES for original in originals)
        if now_minor > 0 and not is_known and order.config_id._campus_takes_card():
            self._check_manager(order)

    @api.model
    def _check_single(self, order, originals):
        """Allow refunds of one order only and no new goods in the same order. Otherwise card money could
        become goods and the goods cash.
        """
        if len(originals) > 1:
            raise UserError(self.env._("Refund one order at a time."))
        new = order.lines.filtered(lambda line: not line.refunded_orderline_id)
        if any(not order.currency_id.is_zero(line.price_subtotal_incl) for line in new):
            raise UserError(
                self.env._(
                    "Order %s was paid by card: refund its goods first, and sell the new ones in an order of "
                    "their own.",
                    originals.name,
                )
            )

    @api.model
    def _line_up(self, originals):
        """Lock the original orders. If two refunds of one run at the same time, the second is repeated and sees
        the first.
        """
        for original in originals.sorted("id"):
            self.env.cr.execute("UPDATE pos_order SET write_date = write_date WHERE id = %s", [original.id])

    @api.model
    def _check_goods(self, order):
        """Goods are refunded once, however they were paid. Two tills that have seen one order both offer it."""
        sold = order.lines.refunded_orderline_id
        refunds = self.env["pos.order.line"].search(
            [("refunded_orderline_id", "in", sold.ids), ("order_id.state", "in", PAID_STATES)]
        )
        for line, back in refunds.grouped("refunded_orderline_id").items():
            earlier = back.filtered(lambda refund: refund.order_id != order)
            left = line.price_subtotal_incl + sum(earlier.mapped("price_subtotal_incl"))
            now = -sum((back - earlier).mapped("price_subtotal_incl"))
            # the parts of an amount may be rounded up, each for itself
            tolerance = order.currency_id.rounding * len(earlier)
            if line.price_subtotal_incl > 0 and order.currency_id.compare_amounts(now, left + tolerance) > 0:
                raise UserError(
                    self.env._(
                        "Only %(left)s of “%(product)s” in order %(order)s can still be refunded.",
                        left=order.currency_id.format(max(left, 0)),
                        product=line.full_product_name or line.product_id.display_name,
                        order=line.order_id.display_name,
                    )
                )

    @api.model
    def _check_cash(self, order, amount_minor):
        if not self._is_manager():
            raise UserError(
                self.env._(
                    "%s of it was paid by card and goes back to the card. Only a manager of the point of sale "
                    "gives it back in another way.",
                    order.currency_id.format(amount_minor / MINOR_PER_MAJOR),
                )
            )
        self._check_manager(order)

    @api.model
    def _check_manager(self, order):
        if not self._is_manager():
            raise UserError(
                self.env._(
                    "Refund the order that was paid. Only a manager of the point of sale gives money for goods "
                    "without one."
                )
            )
        if not (order.campus_cash_reason or "").strip():
            raise UserError(self.env._("Say why the money does not go back to the card."))

    @api.model
    def _is_manager(self):
        return self.env.user._is_superuser() or self.env.user.has_group(MANAGER)

    # -- booking -------------------------------------------------------------------

    @staticmethod
    def _cash_uuid(order):
        return str(uuid5(NAMESPACE_OID, f"campus.cash,pos.order,{order.id}"))

    @api.model
    def _pay_out(self, order, original, amount_minor):
        """Refund card payments to their pockets and pay the same amount out of these pockets."""
        ledger, uuid = self._ledger(), self._cash_uuid(order)
        paid = self._refundable(original)
        if self._is_refunded(uuid, paid):
            return
        requests, refusal = self._share_refund(uuid, paid, amount_minor)
        if refusal:
            ledger._raise_refusal(refusal)
        common = {"origin": f"pos.order,{order.id}", "memo": order.campus_cash_reason.strip()}
        payouts = []
        for answer in ledger._reverse([{**request, **common} for request in requests]):
            ledger._raise_refusal(answer)
            self._check_paid_out(order, answer["pockets"])
            payouts += self._prepare_payouts(order, original, answer)
        for answer in ledger._post([{**payout, **common} for payout in payouts]):
            ledger._raise_refusal(answer)
        order.message_post(
            body=self.env._(
                "%(amount)s that a card had paid was given back in another way by %(user)s: %(reason)s",
                amount=order.currency_id.format(amount_minor / MINOR_PER_MAJOR),
                user=self.env.user.name,
                reason=common["memo"],
            )
        )

    @api.model
    def _check_paid_out(self, order, pockets):
        plans = self.env["campus.pocket.plan"].search(
            [
                ("company_id", "=", order.company_id.id),
                ("code", "in", [part["plan"] for part in pockets]),
                ("refundable", "=", False),
            ]
        )
        if plans:
            raise UserError(
                self.env._(
                    "This was paid from %s, which is never paid out. Refund it to the card.",
                    ", ".join(plans.mapped("name")),
                )
            )

    @api.model
    def _prepare_payouts(self, order, original, answer):
        sums = {}
        for part in answer["pockets"]:
            sums[part["plan"]] = sums.get(part["plan"], 0) + part["amount_minor"]
        return [
            {
                "uuid": self._share_uuid(answer["uuid"], f"payout,{plan}"),
                "kind": "payout",
                "wallet_id": answer["wallet_id"],
                # The till that paid the money gets it back from the card, as if the goods had not come back.
                "account_id": (order.config_id.campus_account_id or original.config_id._campus_merchant()).id,
                "amount_minor": minor,
                "plan": plan,
            }
            for plan, minor in sums.items()
        ]

    # -- asked beforehand ------------------------------------------------------------

    @api.model
    def _quote_cash(self, till, original, now_minor):
        """What a till must know before it gives ``now_minor`` back in another way than to the card.

        :return: ``{card_minor, may}``: how many cents of it were paid by card, and whether this user may do
            it
        """
        # sudo: the caller has checked the rights; see the docstring of campus.till.
        own = self.sudo().with_context(allowed_company_ids=[till.company_id])
        order = original.with_env(own.env)
        card_minor = now_minor
        if order:
            card_minor = own._card_money(order, now_minor) if own._card_payments(order) else 0
        return {"card_minor": card_minor, "may": self._is_manager()}
