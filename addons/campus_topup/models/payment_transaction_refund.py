from odoo import models


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
        if is_refund and self.campus_topup_state == "booked":
            child._campus_take_off()
        elif is_refund and self.campus_topup_state == "refused":
            child._campus_take_off_credit()
        return child

    def _campus_take_off_credit(self):
        """Refund a payment that is not on the card: reverse the correction that put its money there."""
        credit = self.source_transaction_id._campus_credit()
        if credit:
            uuid, amount_minor = self._campus_uuid("refund"), self._campus_amount_minor()
            self._campus_note_taken(credit._campus_take_back(uuid, amount_minor, self.source_transaction_id))

    def _campus_take_off(self, purpose="refund"):
        """Take a refund off the card.

        Raises if the holder has spent the money; then the provider is not asked. If the provider reports a
        refund by itself, the money has left the bank already; then finance is told what is still on the card.
        """
        ledger = self.env["campus.ledger"]
        [answer] = ledger._reverse(
            [
                {
                    "uuid": self._campus_uuid(purpose),
                    "reverses_uuid": self.source_transaction_id._campus_uuid(),
                    "amount_minor": self._campus_amount_minor(),
                    "origin": f"payment.transaction,{self.id}",
                    "memo": self.reference,
                }
            ]
        )
        self._campus_note_taken(answer)

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
        request = {**self._prepare_campus_posting(), "uuid": self._campus_uuid("giveback")}
        ledger = self.env["campus.ledger"]
        ledger._raise_refusal(ledger._post([request])[0])
        self.campus_topup_state = "refused"
