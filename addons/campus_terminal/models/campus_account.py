from odoo import models


class CampusAccount(models.Model):
    """A merchant is in use while a terminal sells for it."""

    _inherit = "campus.account"

    def _uses(self):
        """Terminals sell for merchants."""
        # sudo: finance archives merchants, and reads terminals of other departments as well
        terminals = self.env["campus.terminal"].sudo().search([("merchant_id", "=", self.id)])
        return [*super()._uses(), *terminals.mapped("display_name")]
