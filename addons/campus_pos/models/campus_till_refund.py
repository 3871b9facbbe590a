from uuid import NAMESPACE_OID, UUID, uuid5

from odoo import api, models
from odoo.addons.campus_card.campus_core import errors
from odoo.exceptions import UserError


class CampusTillRefund(models.AbstractModel):
    """Refunds of goods: what was paid by card goes back to the pockets that paid."""

    _inherit = "campus.till"

    # -- to the card -----------------------------------------------------------

    @api.model
    def _refund_payments(self, order, refunds):
        asked_minor = -sum(payment._campus_minor() for payment in refunds)
        if refunds and asked_minor > self._worth_minor(order):
            raise UserError(
                self.env._(
                    "Order %s would refund more to the card than the returned goods cost.",
                    order.pos_reference,
                )
            )
        for payment in refunds:
            self._check_uuid(payment.uuid)
            paid = self._refundable(order.refunded_order_id)
            if self._is_refunded(payment.uuid, paid):
                continue
            requests, refusal = self._share_refund(payment.uuid, paid, -payment._campus_minor())
            if refusal:
                self._ledger()._raise_refusal(refusal)
            origin = f"pos.order,{order.id}"
            for answer in self._ledger()._reverse([dict(r, origin=origin) for r in requests]):
                self._ledger()._raise_refusal(answer)

    @api.model
    def _refundable(self, order):
        """The card payments of an order, the last one first, each with the amount that can still be refunded.

        :return: ``[(uuid, answer of a dry run that refunds all that is left)]``
        """
        payments = self._card_payments(order).sorted("id", reverse=True)
        # The id is only for the dry run and is never booked.
        quotes = self._ledger()._quote_reverse(
            [
                {"uuid": str(uuid5(NAMESPACE_OID, p.uuid)), "reverses_uuid": p.uuid, "amount_minor": None}
                for p in payments
            ]
        )
        return list(zip(payments.mapped("uuid"), quotes, strict=True))

    @api.model
    def _card_payments(self, order):
        """The card payments of an order."""
        # sudo: the result must not depend on which orders a cashier may see
        return order.sudo().payment_ids.filtered(lambda p: p._is_campus_card() and p.amount > 0)

    @api.model
    def _share_refund(self, uuid, paid, amount_minor):
        """Split a refund among card payments. Returns ``(requests, refusal or None)``.

        The id of each part derives from the refund's and the payment's id. So a refund that comes twice is
        booked once.
        """
        requests, left = [], amount_minor
        for paid_uuid, quote in paid:
            share = min(left, quote["amount_minor"]) if quote["ok"] else 0
            if share:
                requests.append(
                    {
                        "uuid": self._share_uuid(uuid, paid_uuid),
                        "reverses_uuid": paid_uuid,
                        "amount_minor": share,
                    }
                )
                left -= share
        if not left:
            return requests, None
        used_up = (errors.REVERSAL_EXCEEDS, errors.NOT_FOUND)
        blocked = [quote for _uuid, quote in paid if not quote["ok"] and quote["code"] not in used_up]
        if blocked:
            return [], blocked[0]
        refusal = self._refusal(uuid, errors.REVERSAL_EXCEEDS, amount_minor)
        return [], dict(refusal, numbers={"asked_minor": amount_minor, "left_minor": amount_minor - left})

    @staticmethod
    def _share_uuid(uuid, paid_uuid):
        return str(uuid5(UUID(uuid), paid_uuid))

    @api.model
    def _is_refunded(self, uuid, paid):
        shares = [self._share_uuid(uuid, paid_uuid) for paid_uuid, _quote in paid]
        return bool(self.env["campus.transfer"].search_count([("uuid", "in", shares)], limit=1))

    @api.model
    def _quote_refund(self, till, order, uuid, amount_minor):
        """What a refund would do. Nothing is booked.

        :return: an answer with ``left_minor`` and ``parts``: one answer per payment
        """
        self._check_request(uuid, amount_minor, "-", 0)
        # sudo: the caller has checked the rights; see the docstring of campus.till.
        own = self.sudo().with_context(allowed_company_ids=[till.company_id])
        paid = own._refundable(order.with_env(own.env))
        left = sum(quote["amount_minor"] for _uuid, quote in paid if quote["ok"])
        requests, refusal = own._share_refund(uuid, paid, amount_minor)
        cards = own._cards_of([paid_uuid for paid_uuid, _quote in paid])
        parts = [
            own._present(answer, cards[request["reverses_uuid"]])
            for answer, request in zip(own._ledger()._quote_reverse(requests), requests, strict=True)
        ]
        answer = (
            own._present(refusal, cards[paid[-1][0]] if paid else self.env["campus.card"])
            if refusal
            else parts[0]
        )
        return dict(answer, uuid=uuid, amount_minor=amount_minor, left_minor=left, parts=parts)

    @api.model
    def _cards_of(self, uuids):
        """The card of each payment."""
        cards = dict.fromkeys(uuids, self.env["campus.card"])
        for reservation in self.env["campus.reservation"].search([("uuid", "in", uuids)]):
            cards[reservation.uuid] = reservation.card_id
        return cards

    @api.model
    def _booked_uuids(self, order):
        """The ids of the requests with which the card money of an order was booked."""
        paid = self._card_payments(order.refunded_order_id)
        uuids = [self._share_uuid(self._cash_uuid(order), uuid) for uuid in paid.mapped("uuid")]
        for payment in order.payment_ids.filtered(lambda p: p._is_campus_card()):
            if payment.amount > 0:
                uuids.append(payment.uuid)
            else:
                uuids += [self._share_uuid(payment.uuid, uuid) for uuid in paid.mapped("uuid")]
        return uuids
