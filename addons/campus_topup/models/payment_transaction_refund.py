from odoo import api, models


class _NotTaken(Exception):
    """Not all of a refund could be taken off the card, so nothing of it is."""


class PaymentTransaction(models.Model):
    """Children of a top-up: captures, voids and refunds.

    A refund takes the money off the card before the provider is asked to return it.
    """

    _inherit = "payment.transaction"

    def _create_child_transaction(self, amount, is_refund=False, **custom_create_values):
        """Copy the wallet and link to the children, whoever makes them."""
        if not self.campus_wallet_id:
            return super()._create_child_transaction(amount, is_refund=is_refund, **custom_create_values)
        child = super()._create_child_transaction(
            amount,
            is_refund=is_refund,
            campus_wallet_id=self.campus_wallet_id.id,
            campus_link_id=self.campus_link_id.id,
            campus_mandate_id=self.campus_mandate_id.id,
            campus_topup_state="waiting",
            **custom_create_values,
        )
        if is_refund and self.campus_topup_state in ("booked", "refused"):
            child._campus_take_off()
        return child

    def _campus_take_off(self, purpose="refund"):
        """Take a refund off the card, wherever its payment's money is there. If the payment was refused and no
        correction has put its money on the card, there is nothing to take.

        Raises if the holder has spent the money; then the provider is not asked. If the provider reports a
        refund by itself, the money has left the bank already; then finance is told what is still on the card.
        """
        requests = self._campus_reversals(purpose)
        if not requests:
            return
        try:
            with self.env.cr.savepoint():
                for answer in self.env["campus.ledger"]._reverse(requests):
                    if not answer["ok"]:
                        raise _NotTaken
        except _NotTaken:
            self.env.invalidate_all()
        self._campus_note_taken(answer)
        if answer["ok"]:
            uuids = [request["reverses_uuid"] for request in requests]
            for credit in self.env["campus.correction"].search([("uuid", "in", uuids)]):
                credit._campus_note_reversed(self.source_transaction_id)

    def _campus_reversals(self, purpose):
        """Requests that take this refund off the card: of the payment itself first, then of earlier refunds that
        failed.
        """
        source, left_minor, shares = self.source_transaction_id, self._campus_amount_minor(), []
        for uuid, minor in source._campus_on_card().items():
            share_minor = min(minor, left_minor)
            left_minor -= share_minor
            if share_minor:
                shares.append((uuid, share_minor))
        if left_minor and source.campus_topup_state == "booked":
            # more than there is: the ledger says how much
            shares = [(source._campus_uuid(), self._campus_amount_minor())]
        return [
            {
                "uuid": self._campus_uuid(self._campus_numbered(purpose, number)),
                "reverses_uuid": uuid,
                "amount_minor": share_minor,
                "origin": f"payment.transaction,{self.id}",
                "memo": self.reference,
            }
            for number, (uuid, share_minor) in enumerate(shares)
        ]

    @api.model
    def _campus_numbered(self, purpose, number):
        return f"{purpose}:{number}" if number else purpose

    def _campus_on_card(self):
        """What of this payment is on the card: ``{uuid: cents}`` of the postings that have put it there. These
        are its own, or that of a correction, and those of refunds that failed and were given back.
        """
        self.ensure_one()
        first = self._campus_credit().uuid if self.campus_topup_state == "refused" else self._campus_uuid()
        refunds = self.child_transaction_ids.filtered(lambda child: child.operation == "refund").sorted("id")
        uuids = [first, *(refund._campus_uuid("giveback") for refund in refunds)]
        transfers = self.env["campus.transfer"]
        return {uuid: transfers._left_minor(uuid) for uuid in uuids if uuid}

    def _campus_note_taken(self, answer):
        ledger = self.env["campus.ledger"]
        if answer["ok"]:
            self.campus_topup_state = "booked"
            return
        if self.env.context.get("campus_asks_provider"):
            ledger._raise_refusal(answer)
        self.write({"campus_topup_state": "refused", "campus_topup_code": answer["code"]})
        self._campus_ask_finance(
            lambda env: env._(
                "The provider refunded %(reference)s, and the money could not be taken off the card: %(why)s",
                reference=self.reference,
                why=env["campus.ledger"]._explain(answer),
            )
        )

    def _campus_settle_refund(self):
        """If a refund failed at the provider, give the money back to the card, once.

        If the provider says later that it did refund, the money is taken off again.
        """
        if self.state == "done" and self.campus_topup_state == "refused" and not self.campus_topup_code:
            self._campus_take_off("refund-after-all")
            return
        if self.state not in ("cancel", "error") or self.campus_topup_state != "booked":
            return
        request = {
            **self._prepare_campus_posting(),
            "uuid": self._campus_uuid("giveback"),
            "amount_minor": self._campus_taken_minor(),
        }
        ledger = self.env["campus.ledger"]
        ledger._raise_refusal(ledger._post([request])[0])
        self.campus_topup_state = "refused"

    def _campus_taken_minor(self):
        """Cents that this refund has taken off the card."""
        sources = self.source_transaction_id.child_transaction_ids
        uuids = [
            self._campus_uuid(self._campus_numbered("refund", number)) for number in range(len(sources) + 1)
        ]
        transfers = self.env["campus.transfer"].search([("uuid", "in", uuids), ("reverses_id", "!=", False)])
        return sum(transfers.mapped("amount_minor"))
