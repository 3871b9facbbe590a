from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """Settings of the card: its books, the card office, what a bare UID is good for."""

    _inherit = "res.config.settings"

    campus_journal_id = fields.Many2one(related="company_id.campus_journal_id", readonly=False)
    campus_clearing_account_id = fields.Many2one(
        related="company_id.campus_clearing_account_id", readonly=False
    )
    campus_debt_account_id = fields.Many2one(related="company_id.campus_debt_account_id", readonly=False)
    campus_has_chart = fields.Boolean(compute="_compute_campus_has_chart")

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

    campus_chip_required = fields.Boolean(related="company_id.campus_chip_required", readonly=False)
    campus_uid_limit = fields.Monetary(
        related="company_id.campus_uid_limit", currency_field="campus_currency_id", readonly=False
    )
    campus_uid_hour = fields.Monetary(
        related="company_id.campus_uid_hour", currency_field="campus_currency_id", readonly=False
    )

    def _compute_campus_has_chart(self):
        for settings in self:
            settings.campus_has_chart = settings.company_id._campus_has_chart()

    def action_campus_setup(self):
        """Make the accounts, journal and plans that the card still lacks in this company."""
        self.check_access("write")
        self.company_id._campus_check_currency()
        self.company_id._campus_setup()
        return {"type": "ir.actions.client", "tag": "reload"}
