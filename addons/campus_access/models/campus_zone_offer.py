from odoo import fields, models


class CampusZone(models.Model):
    """What holders may do about a zone in the portal."""

    _inherit = "campus.zone"

    on_request = fields.Boolean(
        "Can Be Asked For",
        tracking=True,
        help="Holders find the zone in the portal and ask for a right there.",
    )
    for_visitors = fields.Boolean(
        "Visitors May Be Invited",
        tracking=True,
        help="Holders who may go there themselves invite visitors in the portal, for a part of a day.",
    )
