from odoo import fields, models


class CampusAccount(models.Model):
    """A merchant has a place."""

    _inherit = "campus.account"

    alert_place_id = fields.Many2one(
        "campus.alert.place", "Place", index="btree_not_null", check_company=True
    )
