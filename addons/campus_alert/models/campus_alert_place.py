from odoo import fields, models


class CampusAlertPlace(models.Model):
    """A place with coordinates. Tills and readers stand at places."""

    _name = "campus.alert.place"
    _description = "Place"
    _order = "name"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    active = fields.Boolean(default=True)
    latitude = fields.Float(digits=(9, 6), required=True)
    longitude = fields.Float(digits=(9, 6), required=True)
    merchant_ids = fields.One2many("campus.account", "alert_place_id", string="Merchants", check_company=True)
    terminal_ids = fields.One2many(
        "campus.terminal", "alert_place_id", string="Terminals", check_company=True
    )

    _degrees_check = models.Constraint(
        "CHECK (latitude BETWEEN -90 AND 90 AND longitude BETWEEN -180 AND 180)",
        "Latitude goes from -90 to 90 degrees and longitude from -180 to 180.",
    )
