from odoo import api, fields, models
from odoo.addons.campus_card.campus_core import money

AMOUNTS = (
    "campus_offline_tap",
    "campus_offline_card",
    "campus_offline_edge",
    "campus_lease",
    "campus_debt_limit",
)


class ResCompany(models.Model):
    """What a company allows its devices, above all while they are on their own."""

    _inherit = "res.company"

    campus_edge_requests_per_s = fields.Integer(
        "Requests per Edge (per second)", default=100, required=True, tracking=True
    )
    campus_silent_after_min = fields.Integer("Silent After (minutes)", default=5, required=True)
    campus_offline_tap_minor = fields.Integer(
        "Offline: per Tap (cents)", default=5000, required=True, tracking=True
    )
    campus_offline_card_minor = fields.Integer(
        "Offline: per Card (cents)", default=10000, required=True, tracking=True
    )
    campus_offline_edge_minor = fields.Integer(
        "Offline: per Edge (cents)", default=500000, required=True, tracking=True
    )
    campus_snapshot_age_h = fields.Integer(
        "Offline: Snapshot Good for (hours)", default=24, required=True, tracking=True
    )
    campus_lease_minor = fields.Integer(
        "Lease per Regular (cents)", default=2000, required=True, tracking=True
    )
    campus_debt_limit_minor = fields.Integer(
        "Offline: Debt per Holder (cents)", default=10000, required=True, tracking=True
    )
    campus_offline_tap = fields.Monetary(
        "Offline: per Tap", compute="_compute_campus_offline", inverse="_inverse_campus_offline"
    )
    campus_offline_card = fields.Monetary(
        "Offline: per Card", compute="_compute_campus_offline", inverse="_inverse_campus_offline"
    )
    campus_offline_edge = fields.Monetary(
        "Offline: per Edge", compute="_compute_campus_offline", inverse="_inverse_campus_offline"
    )
    campus_lease = fields.Monetary(
        "Lease per Regular", compute="_compute_campus_offline", inverse="_inverse_campus_offline"
    )
    campus_debt_limit = fields.Monetary(
        "Offline: Debt per Holder",
        compute="_compute_campus_offline",
        inverse="_inverse_campus_offline",
        help="Most that a holder may come to owe by sales that were made without the server. What is beyond "
        "waits for review.",
    )
    campus_lease_taps = fields.Integer("Taps That Make a Regular", default=6, required=True, tracking=True)
    campus_lease_days = fields.Integer("Regulars: Days Looked Back", default=14, required=True, tracking=True)
    campus_lease_hours = fields.Integer("Lease Good for (hours)", default=48, required=True, tracking=True)
    campus_device_user_id = fields.Many2one(
        "res.users", "Devices: Responsible", help="Is reminded to renew the key of the campus."
    )
    campus_key_days = fields.Integer(
        "Renew Signing Key After (days)", default=365, required=True, tracking=True
    )

    _campus_edge_requests_check = models.Constraint(
        "CHECK (campus_edge_requests_per_s > 0)", "An edge must be allowed at least one request per second."
    )
    _campus_offline_check = models.Constraint(
        "CHECK (campus_offline_tap_minor >= 0 AND campus_offline_card_minor >= 0"
        " AND campus_offline_edge_minor >= 0 AND campus_lease_minor >= 0 AND campus_debt_limit_minor >= 0)",
        "Sums for devices on their own are not negative.",
    )
    _campus_device_times_check = models.Constraint(
        "CHECK (campus_silent_after_min > 0 AND campus_snapshot_age_h > 0 AND campus_key_days > 0"
        " AND campus_lease_taps > 0 AND campus_lease_days > 0 AND campus_lease_hours > 0)",
        "Times and numbers of devices are at least 1.",
    )

    @api.depends(*(f"{name}_minor" for name in AMOUNTS))
    def _compute_campus_offline(self):
        for company in self:
            for name in AMOUNTS:
                company[name] = company[f"{name}_minor"] / money.MINOR_PER_MAJOR

    def _inverse_campus_offline(self):
        for company in self:
            values = {f"{name}_minor": self.env["campus.amount"]._to_minor(company[name]) for name in AMOUNTS}
            company.write({name: value for name, value in values.items() if company[name] != value})

    def _campus_offline_limits(self):
        """``limits`` of a snapshot: what an edge may decide alone."""
        self.ensure_one()
        return {
            "tap_minor": self.campus_offline_tap_minor,
            "card_minor": self.campus_offline_card_minor,
            "edge_minor": self.campus_offline_edge_minor,
            "snapshot_age_s": self.campus_snapshot_age_h * 3600,
            "uid_minor": self.campus_uid_limit_minor,
        }

    def _campus_device_user(self):
        """Who looks after the devices: the one who is set, or the first device manager."""
        self.ensure_one()
        group = self.env.ref("campus_card.group_campus_card_device_manager")
        managers = group.all_user_ids.filtered(
            lambda user: user._is_internal() and not user._is_superuser() and self in user.company_ids
        )
        return self.campus_device_user_id or managers.sorted("id")[:1]
