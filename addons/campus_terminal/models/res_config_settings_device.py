from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """What devices may do on their own, and how they are watched."""

    _inherit = "res.config.settings"

    campus_offline_tap = fields.Monetary(
        related="company_id.campus_offline_tap", currency_field="campus_currency_id", readonly=False
    )
    campus_offline_card = fields.Monetary(
        related="company_id.campus_offline_card", currency_field="campus_currency_id", readonly=False
    )
    campus_offline_edge = fields.Monetary(
        related="company_id.campus_offline_edge", currency_field="campus_currency_id", readonly=False
    )
    campus_debt_limit = fields.Monetary(
        related="company_id.campus_debt_limit", currency_field="campus_currency_id", readonly=False
    )
    campus_lease = fields.Monetary(
        related="company_id.campus_lease", currency_field="campus_currency_id", readonly=False
    )
    campus_snapshot_age_h = fields.Integer(related="company_id.campus_snapshot_age_h", readonly=False)
    campus_lease_hours = fields.Integer(related="company_id.campus_lease_hours", readonly=False)
    campus_lease_taps = fields.Integer(related="company_id.campus_lease_taps", readonly=False)
    campus_lease_days = fields.Integer(related="company_id.campus_lease_days", readonly=False)
    campus_silent_after_min = fields.Integer(related="company_id.campus_silent_after_min", readonly=False)
    campus_edge_requests_per_s = fields.Integer(
        related="company_id.campus_edge_requests_per_s", readonly=False
    )
    campus_key_days = fields.Integer(related="company_id.campus_key_days", readonly=False)
    campus_device_user_id = fields.Many2one(related="company_id.campus_device_user_id", readonly=False)
