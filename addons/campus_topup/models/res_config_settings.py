from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """Settings of top-ups."""

    _inherit = "res.config.settings"

    campus_topup_presets = fields.Char(related="company_id.campus_topup_presets", readonly=False)
    campus_topup_minimum = fields.Monetary(
        related="company_id.campus_topup_minimum", currency_field="campus_currency_id", readonly=False
    )
    campus_topup_maximum = fields.Monetary(
        related="company_id.campus_topup_maximum", currency_field="campus_currency_id", readonly=False
    )
    campus_topup_month_cap = fields.Monetary(
        related="company_id.campus_topup_month_cap", currency_field="campus_currency_id", readonly=False
    )
    campus_auto_topup_per_day = fields.Integer(related="company_id.campus_auto_topup_per_day", readonly=False)
