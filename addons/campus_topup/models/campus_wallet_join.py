from odoo import models


class CampusWallet(models.Model):
    """Payments under way, links and automatic top-ups go on with the wallet that took this one over."""

    _inherit = "campus.wallet"

    def _move_links(self, target):
        result = super()._move_links(target)
        # Also what is paid and not on the card yet: between the two lies a job.
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
        # The consent was given for this wallet: it ends with it, and can be given again.
        self.env["campus.topup.mandate"]._of_wallet(self)._revoke()
        return result
