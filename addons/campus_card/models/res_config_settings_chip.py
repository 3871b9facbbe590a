from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """What a bare UID is good for."""

    _inherit = "res.config.settings"

    campus_chip_required = fields.Boolean(related="company_id.campus_chip_required", readonly=False)
    campus_uid_limit = fields.Monetary(
        related="company_id.campus_uid_limit", currency_field="campus_currency_id", readonly=False
    )
    campus_uid_hour = fields.Monetary(
        related="company_id.campus_uid_hour", currency_field="campus_currency_id", readonly=False
    )
