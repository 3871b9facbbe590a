from odoo import models
from odoo.exceptions import UserError


class PaymentTransaction(models.Model):
    """Payments whose answer was lost: what two people say about them, and corrections that stand for them."""

    _inherit = "payment.transaction"

    def _campus_may_be_charged(self):
        """Whether the provider may have done what is not known here, or known wrongly."""
        self.ensure_one()
        asked_long_ago = self.state == "draft" and self.campus_topup_code == "topup_unanswered"
        return bool(self.campus_wallet_id) and (asked_long_ago or self.state in ("cancel", "error"))

    def _campus_correction_vals(self, direction):
        """What a correction about this payment has to say: its holder, and for ``charged`` its amount."""
        wallet = self.campus_wallet_id
        vals = {"wallet_id": (wallet.joined_into_id or wallet).id}
        if direction == "charged":
            if not self._campus_may_be_charged():
                raise UserError(
                    self.env._("The answer of the provider about %s is known and booked.", self.reference)
                )
            vals["amount_minor"] = self._campus_amount_minor()
        elif self.campus_topup_state == "booked" or self.operation == "refund":
            raise UserError(self.env._("%s is booked on the card already.", self.reference))
        return vals

    def _campus_was_charged(self, correction):
        """Book what the provider did, as if it had reported it; a late report books nothing more."""
        self.ensure_one()
        if not self._campus_may_be_charged():
            raise UserError(
                self.env._("The answer of the provider about %s is known and booked.", self.reference)
            )
        self._set_done(
            state_message=self.env._("Done at the provider, as %s says.", correction.name),
            extra_allowed_states=("cancel", "error"),
        )
        self._post_process()

    def action_campus_was_charged(self):
        """Say that the provider did it after all; a second person confirms it."""
        return self._campus_ask_correction("charged")

    def action_campus_request_correction(self):
        """Put the money of a payment on the card by a correction that stands for it."""
        return self._campus_ask_correction("in")

    def _campus_ask_correction(self, direction):
        self.ensure_one()
        self.check_access("read")
        # sudo: fields of a payment that its reader may not read one by one
        tx = self.sudo()
        vals = tx._campus_correction_vals(direction)
        action = self.env["ir.actions.act_window"]._for_xml_id("campus_card.campus_correction_action")
        context = {
            "default_direction": direction,
            "default_campus_topup_id": tx.id,
            "default_wallet_id": vals["wallet_id"],
            "default_company_id": tx.company_id.id,
            "default_amount": abs(tx.amount),
        }
        return {**action, "views": [(False, "form")], "context": context}

    def _campus_credit(self):
        """The correction that has put this payment's money on the card: it names the payment, or has its
        amount and came after it."""
        self.ensure_one()
        wallet = self.campus_wallet_id
        wallets = wallet | wallet.joined_into_id
        wallets |= wallets.search([("joined_into_id", "in", wallets.ids)])
        found = self.env["campus.correction"].search(
            [
                ("wallet_id", "in", wallets.ids),
                ("direction", "=", "in"),
                ("state", "=", "approved"),
                "|",
                ("campus_topup_id", "=", self.id),
                "&",
                "&",
                ("campus_topup_id", "=", False),
                ("amount_minor", "=", self._campus_amount_minor()),
                ("decided_at", ">=", self.create_date),
            ]
        )
        # one that was taken back, for another payment or by hand, stands for nothing any more
        left = found.filtered(lambda one: one._campus_left_minor() > 0)
        return left.filtered(lambda one: one.campus_topup_id == self)[:1] or left[-1:]
