from odoo import fields, models


class ResCompany(models.Model):
    """What a company allows its devices."""

    _inherit = "res.company"

    campus_edge_requests_per_s = fields.Integer("Requests per Edge (per second)", default=100, required=True)

    _campus_edge_requests_check = models.Constraint(
        "CHECK (campus_edge_requests_per_s > 0)", "An edge must be allowed at least one request per second."
    )
