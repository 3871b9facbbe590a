from odoo import fields, models


class CampusWalletReopen(models.TransientModel):
    """Asks why a closed wallet is opened again."""

    _name = "campus.wallet.reopen"
    _description = "Open a Wallet Again"

    wallet_ids = fields.Many2many("campus.wallet", string="Wallets", required=True)
    reason = fields.Char(required=True)

    def action_reopen(self):
        self.ensure_one()
        self.wallet_ids.action_reopen(self.reason)
        return {"type": "ir.actions.act_window_close"}
