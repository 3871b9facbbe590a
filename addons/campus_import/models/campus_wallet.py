from odoo import models


class CampusWallet(models.Model):
    """When a wallet is joined with another one, its imported accounts move to the other one."""

    _inherit = "campus.wallet"

    def _move_links(self, target):
        taken = self.env["campus.import.account"].search([("wallet_id", "=", self.id)])
        taken.write({"wallet_id": target.id})
        return super()._move_links(target)
