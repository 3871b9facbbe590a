from odoo import api, fields, models

from ..campus_core import money


class ResCompany(models.Model):
    """What a card is good for that shows nothing but its UID."""

    _inherit = "res.company"

    campus_chip_required = fields.Boolean(
        "Chips Must Prove Themselves",
        tracking=True,
        help="A card whose chip has proven itself is refused when it shows its UID alone: that may be a "
        "copy. Switch it on when the readers can read such chips.",
    )
    campus_uid_limit_minor = fields.Integer(
        "Bare UID: per Purchase (cents)", default=0, required=True, tracking=True
    )
    campus_uid_limit = fields.Monetary(
        "Bare UID: per Purchase",
        compute="_compute_campus_uid_limit",
        inverse="_inverse_campus_uid_limit",
        help="Most that a card may pay at once when it shows its UID alone. 0: no limit of its own.",
    )

    campus_uid_hour_minor = fields.Integer(
        "Bare UID: per Edge and Hour (cents)", default=1_000_000, required=True, tracking=True
    )
    campus_uid_hour = fields.Monetary(
        "Bare UID: per Edge and Hour",
        compute="_compute_campus_uid_hour",
        inverse="_inverse_campus_uid_hour",
        help="Most that one edge may charge within an hour to cards that show their UID or number alone, "
        "also while the server decides. It bounds what a stolen edge can take. 0: no limit.",
    )

    _campus_uid_limit_check = models.Constraint(
        "CHECK (campus_uid_limit_minor >= 0 AND campus_uid_hour_minor >= 0)",
        "The limits for a bare UID are not negative.",
    )

    @api.depends("campus_uid_limit_minor")
    def _compute_campus_uid_limit(self):
        for company in self:
            company.campus_uid_limit = company.campus_uid_limit_minor / money.MINOR_PER_MAJOR

    @api.depends("campus_uid_hour_minor")
    def _compute_campus_uid_hour(self):
        for company in self:
            company.campus_uid_hour = company.campus_uid_hour_minor / money.MINOR_PER_MAJOR

    def _inverse_campus_uid_hour(self):
        for company in self:
            company.campus_uid_hour_minor = self.env["campus.amount"]._to_minor(company.campus_uid_hour)

    def _inverse_campus_uid_limit(self):
        for company in self:
            company.campus_uid_limit_minor = self.env["campus.amount"]._to_minor(company.campus_uid_limit)
