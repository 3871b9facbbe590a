from odoo import fields, models


class CampusTerminal(models.Model):
    """A terminal has a place."""

    _inherit = "campus.terminal"

    alert_place_id = fields.Many2one(
        "campus.alert.place", "Place", index="btree_not_null", check_company=True
    )
