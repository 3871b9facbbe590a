from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """The card office's own settings."""

    _inherit = "res.config.settings"

    campus_currency_id = fields.Many2one(related="company_id.currency_id", string="Campus Currency")
    campus_replacement_fee = fields.Monetary(
        related="company_id.campus_replacement_fee", currency_field="campus_currency_id", readonly=False
    )
    campus_counter_ask = fields.Monetary(
        related="company_id.campus_counter_ask", currency_field="campus_currency_id", readonly=False
    )
    campus_counter_most = fields.Monetary(
        related="company_id.campus_counter_most", currency_field="campus_currency_id", readonly=False
    )
    campus_approver_id = fields.Many2one(related="company_id.campus_approver_id", readonly=False)
    campus_uid_form = fields.Selection(related="company_id.campus_uid_form", readonly=False)
