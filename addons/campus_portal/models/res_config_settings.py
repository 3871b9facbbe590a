from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """The settings of phones and emergency codes."""

    _inherit = "res.config.settings"

    campus_emergency_cap = fields.Monetary(
        related="company_id.campus_emergency_cap", currency_field="campus_currency_id", readonly=False
    )
