from odoo import models


class ResPartner(models.Model):
    """Edges know a holder's name and days."""

    _inherit = "res.partner"

    def write(self, vals):
        if {"name", "campus_valid_from", "campus_valid_until"} & vals.keys():
            self.env["campus.snapshot"]._announce()
        return super().write(vals)
