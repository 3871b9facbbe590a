from odoo import models


class CampusAccount(models.Model):
    """A merchant that a till uses must not be archived."""

    _inherit = "campus.account"

    def _uses(self):
        # sudo: finance may archive merchants but not read tills
        tills = self.env["pos.config"].sudo().search([("campus_account_id", "=", self.id)])
        return super()._uses() + tills.mapped("name")
