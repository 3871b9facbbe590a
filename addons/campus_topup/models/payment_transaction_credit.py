from odoo import models
from odoo.exceptions import UserError


class PaymentTransaction(models.Model):
    """Payments whose answer got lost: two people state what happened, and corrections stand for the payment."""

    _inherit = "payment.transaction"

    def _campus_may_be_charged(self):
        """Whether the provider may have charged although the payment's state here says something else."""
        self.ensure_one()
        asked_long_ago = self.state == "draft" and self.campus_topup_code == "topup_unanswered"
        return bool(self.campus_wallet_id) and (asked_long_ago or self.state in ("cancel", "error"))

    def _campus_correction_vals(self, direction):
        """What a correction for this payment must contain: its holder and, for ``charged``, its amount."""
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

    def _campus_check_not_booked(self, direction):
        """Raise ``UserError`` if the payment was booked since the correction for it was asked for.

        The row is written, so a transaction that books the payment at the same time is repeated and then sees
        the correction.
        """
        self.ensure_one()
        self.env.cr.execute(
            "UPDATE payment_transaction SET write_date = now() AT TIME ZONE 'UTC' WHERE id = %s", [self.id]
        )
        self.invalidate_recordset()
        self._campus_correction_vals(direction)

    def _campus_was_charged(self, correction):
        """Book what the provider did, as if it had reported it. A later report books nothing more."""
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
        """State that the provider did charge. A second person must confirm it."""
        return self._campus_ask_correction("charged")

    def action_campus_request_correction(self):
        """Open a correction that puts the money of this payment on the card."""
        return self._campus_ask_correction("in")

    def _campus_ask_correction(self, direction):
        self.ensure_one()
        self.check_access("read")
        # sudo: the reader of the payment may not read all of these fields
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
        """The correction that has put this payment's money on the card. It names the payment, or it came
        after the payment and has its amount.
        """
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
        # a correction that was reversed does not count any more
        left = found.filtered(lambda one: one._campus_left_minor() > 0)
        return left.filtered(lambda one: one.campus_topup_id == self)[:1] or left[-1:]
