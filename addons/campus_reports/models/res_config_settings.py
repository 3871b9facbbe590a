from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """The settings of the day close."""

    _inherit = "res.config.settings"

    campus_close_daily = fields.Boolean(related="company_id.campus_close_daily", readonly=False)
