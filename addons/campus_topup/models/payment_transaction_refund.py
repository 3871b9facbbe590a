from odoo import models


class PaymentTransaction(models.Model):
    """Paying a top-up back: the card loses the money before the provider is asked to return it."""

    _inherit = "payment.transaction"

    def _create_child_transaction(self, amount, is_refund=False, **custom_create_values):
        if not (is_refund and self.campus_wallet_id and self.campus_topup_state == "booked"):
            if is_refund and self.campus_wallet_id:
                custom_create_values["campus_wallet_id"] = self.campus_wallet_id.id
            return super()._create_child_transaction(amount, is_refund=is_refund, **custom_create_values)
        child = super()._create_child_transaction(
            amount, is_refund=True, campus_wallet_id=self.campus_wallet_id.id, **custom_create_values
        )
        ledger = self.env["campus.ledger"]
        request = {
            "uuid": child._campus_uuid("refund"),
            "reverses_uuid": self._campus_uuid(),
            "amount_minor": child._campus_amount_minor(),
            "origin": f"payment.transaction,{child.id}",
            "memo": child.reference,
        }
        # Raises where the holder has spent it: then nothing is asked of the provider.
        ledger._raise_refusal(ledger._reverse([request])[0])
        child.campus_topup_state = "booked"
        return child

    def _campus_settle_refund(self):
        """A refund that failed at the provider gives the money back to the card, once."""
        if self.state not in ("cancel", "error") or self.campus_topup_state != "booked":
            return
        request = {**self._prepare_campus_posting(), "uuid": self._campus_uuid("giveback")}
        ledger = self.env["campus.ledger"]
        ledger._raise_refusal(ledger._post([request])[0])
        self.campus_topup_state = "refused"
