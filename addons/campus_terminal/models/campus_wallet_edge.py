from odoo import models


class CampusWallet(models.Model):
    """Freezing a wallet freezes its cards at the edges."""

    _inherit = "campus.wallet"

    def write(self, vals):
        if {"state", "limit_purchase_minor"} & vals.keys():
            self.env["campus.snapshot"]._announce()
        return super().write(vals)
