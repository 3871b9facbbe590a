from odoo import models


class CampusAccount(models.Model):
    """A merchant of a till is in use."""

    _inherit = "campus.account"

    def _uses(self):
        # sudo: finance archives merchants and may not read the tills
        tills = self.env["pos.config"].sudo().search([("campus_account_id", "=", self.id)])
        return super()._uses() + tills.mapped("name")
