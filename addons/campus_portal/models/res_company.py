from odoo import api, fields, models
from odoo.addons.campus_card.campus_core import money


class ResCompany(models.Model):
    """What a school sets for phones and emergency codes."""

    _inherit = "res.company"

    campus_emergency_cap_minor = fields.Integer("Emergency Cap (cents)", default=2000, tracking=True)
    campus_emergency_cap = fields.Monetary(
        "Emergency Code Pays",
        compute="_compute_campus_emergency_cap",
        inverse="_inverse_campus_emergency_cap",
        help="Most that an emergency code pays, once a day. 0 switches emergency codes off.",
    )

    _campus_emergency_cap_check = models.Constraint(
        "CHECK(campus_emergency_cap_minor >= 0)", "The cap of an emergency code cannot be negative."
    )

    @api.depends("campus_emergency_cap_minor")
    def _compute_campus_emergency_cap(self):
        for company in self:
            company.campus_emergency_cap = company.campus_emergency_cap_minor / money.MINOR_PER_MAJOR

    def _inverse_campus_emergency_cap(self):
        for company in self:
            company.campus_emergency_cap_minor = self.env["campus.amount"]._to_minor(
                company.campus_emergency_cap
            )
