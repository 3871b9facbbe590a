from odoo import models
from odoo.addons.campus_card.campus_core.ledger import topup


class CampusWallet(models.Model):
    """What may be topped up now, and what moves along when two wallets are joined."""

    _inherit = "campus.wallet"

    def _topup_refusal(self, amount_minor):
        """The reason, as an answer like the ledger's, why this amount may not be topped up now; None if it
        may.
        """
        self.ensure_one()
        if self.state == "closed":
            return {"ok": False, "code": "wallet_closed", "numbers": {}}
        month_minor = self.env["payment.transaction"]._campus_month_minor(self)
        refusal = topup.refusal(self.company_id._campus_topup_rules(), amount_minor, month_minor)
        return refusal and {"ok": False, "code": refusal.code, "numbers": dict(refusal.numbers)}

    # -- wallets that are joined -------------------------------------------------

    def _move_links(self, target):
        result = super()._move_links(target)
        # Payments that are paid but not on the card yet move too: a job puts them on the card later.
        transactions = self.env["payment.transaction"].search(
            [
                ("campus_wallet_id", "=", self.id),
                "|",
                ("state", "in", ("draft", "pending", "authorized")),
                "&",
                ("state", "=", "done"),
                ("campus_topup_state", "=", "waiting"),
            ]
        )
        transactions.write({"campus_wallet_id": target.id})
        self.env["campus.topup.link"].search([("wallet_id", "=", self.id)])._move_to(target)
        # The consent was given for this wallet only, so it ends. The holder may give a new one.
        self.env["campus.topup.mandate"]._of_wallet(self)._revoke()
        return result
