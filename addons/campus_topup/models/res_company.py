from odoo import api, fields, models
from odoo.addons.campus_card.campus_core import money
from odoo.addons.campus_card.campus_core.errors import MoneyError
from odoo.addons.campus_card.campus_core.ledger import topup
from odoo.exceptions import ValidationError


class ResCompany(models.Model):
    """Which top-ups the school allows."""

    _inherit = "res.company"

    campus_topup_presets = fields.Char(
        "Top-up Amounts", default="50, 100, 200, 500", help="Amounts of the buttons, with commas between."
    )
    campus_topup_minimum_minor = fields.Integer("Smallest Top-up (cents)", default=100, tracking=True)
    campus_topup_maximum_minor = fields.Integer("Largest Top-up (cents)", default=100_000, tracking=True)
    campus_topup_month_cap_minor = fields.Integer("Top-ups per Month (cents)", default=500_000, tracking=True)
    campus_topup_minimum = fields.Monetary(
        "Smallest Top-up", compute="_compute_campus_topup", inverse="_inverse_campus_topup_minimum"
    )
    campus_topup_maximum = fields.Monetary(
        "Largest Top-up",
        compute="_compute_campus_topup",
        inverse="_inverse_campus_topup_maximum",
        help="0: no limit of its own.",
    )
    campus_topup_month_cap = fields.Monetary(
        "Top-ups per Month",
        compute="_compute_campus_topup",
        inverse="_inverse_campus_topup_month_cap",
        help="Most that may come in online for one holder in a calendar month. 0: no limit.",
    )
    campus_auto_topup_per_day = fields.Integer(
        "Automatic Top-ups per Day",
        default=1,
        tracking=True,
        help="0 switches automatic top-up off. A further one of the same day is tried only after the one "
        "before is on the card.",
    )

    _campus_topup_check = models.Constraint(
        "CHECK (campus_topup_minimum_minor >= 0 AND campus_topup_maximum_minor >= 0"
        " AND campus_topup_month_cap_minor >= 0 AND campus_auto_topup_per_day BETWEEN 0 AND 24)",
        "Limits of top-ups are not negative, and a card is filled at most 24 times a day.",
    )

    @api.depends("campus_topup_minimum_minor", "campus_topup_maximum_minor", "campus_topup_month_cap_minor")
    def _compute_campus_topup(self):
        for company in self:
            for name in ("minimum", "maximum", "month_cap"):
                company[f"campus_topup_{name}"] = (
                    company[f"campus_topup_{name}_minor"] / money.MINOR_PER_MAJOR
                )

    def _inverse_campus_topup(self, name):
        for company in self:
            minor = self.env["campus.amount"]._to_minor(company[f"campus_topup_{name}"])
            company[f"campus_topup_{name}_minor"] = minor

    def _inverse_campus_topup_minimum(self):
        self._inverse_campus_topup("minimum")

    def _inverse_campus_topup_maximum(self):
        self._inverse_campus_topup("maximum")

    def _inverse_campus_topup_month_cap(self):
        self._inverse_campus_topup("month_cap")

    @api.constrains("campus_topup_presets")
    def _check_campus_topup_presets(self):
        for company in self:
            try:
                topup.parse_presets(company.campus_topup_presets or "")
            except (MoneyError, ValueError) as error:
                raise ValidationError(
                    self.env._("“%s” is not a list of up to six amounts.", company.campus_topup_presets)
                ) from error

    def _campus_topup_rules(self):
        self.ensure_one()
        return topup.TopupRules(
            self.campus_topup_minimum_minor,
            self.campus_topup_maximum_minor,
            self.campus_topup_month_cap_minor,
        )
