from odoo import api, fields, models


class CampusCorrection(models.Model):
    """A correction that stands for an online payment, after two people have confirmed what the provider did.

    It is for payments about which the provider reported nothing. One person looks there and says what
    happened; another person confirms it. Then the payment is booked once, as if the provider had reported it.
    """

    _inherit = "campus.correction"

    direction = fields.Selection(
        selection_add=[("charged", "Charged or refunded at the provider")], ondelete={"charged": "cascade"}
    )
    campus_topup_id = fields.Many2one(
        "payment.transaction", "Online Top-up", index="btree_not_null", ondelete="restrict"
    )

    _charged_names_payment = models.Constraint(
        "CHECK (direction <> 'charged' OR campus_topup_id IS NOT NULL)",
        "Say which payment it is about.",
    )
    _one_credit = models.UniqueIndex(
        "(campus_topup_id) WHERE direction = 'in' AND state IN ('requested', 'approved')",
        "There is another correction for this payment already.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            tx = self.env["payment.transaction"].browse(vals.get("campus_topup_id") or ())
            if tx:
                tx.check_access("read")
                if vals.get("direction") == "charged":
                    vals.pop("amount", None)
                # sudo: corrections copy fields of the payment that their author may not read
                vals.update(tx.sudo()._campus_correction_vals(vals.get("direction", "in")))
        return super().create(vals_list)

    def _book(self):
        # sudo: two people have checked at the provider; nobody may write a payment by hand
        tx = self.sudo().campus_topup_id
        if self.direction == "charged":
            return tx._campus_was_charged(self)
        if tx:
            tx._campus_check_not_booked(self.direction)
        return super()._book()

    def _campus_left_minor(self):
        """Cents booked by this correction that have not been reversed."""
        self.ensure_one()
        return self.env["campus.transfer"]._left_minor(self.uuid)

    def _campus_take_back(self, uuid, amount_minor, tx):
        """Reverse up to ``amount_minor`` of this correction, because the payment itself is booked now. Returns
        the ledger's answer.
        """
        [answer] = self.env["campus.ledger"]._reverse(
            [
                {
                    "uuid": uuid,
                    "reverses_uuid": self.uuid,
                    "amount_minor": min(self._campus_left_minor(), amount_minor),
                    "origin": f"payment.transaction,{tx.id}",
                    "memo": f"{self.name}: {tx.reference}",
                }
            ]
        )
        if answer["ok"]:
            self._campus_note_reversed(tx)
        return answer

    def _campus_note_reversed(self, tx):
        self.message_post(
            body=self.env._(
                "This correction was reversed, because the payment %s itself was booked or refunded. If "
                "the correction was for something else, ask for it again.",
                tx.reference,
            )
        )
