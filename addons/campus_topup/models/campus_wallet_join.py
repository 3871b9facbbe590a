from odoo import models


class CampusWallet(models.Model):
    """When wallets are joined, payments under way, links and automatic top-ups move to the wallet that stays."""

    _inherit = "campus.wallet"

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
