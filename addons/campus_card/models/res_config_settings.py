from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    campus_journal_id = fields.Many2one(related="company_id.campus_journal_id", readonly=False)
    campus_clearing_account_id = fields.Many2one(
        related="company_id.campus_clearing_account_id", readonly=False
    )
    campus_debt_account_id = fields.Many2one(related="company_id.campus_debt_account_id", readonly=False)
    campus_has_chart = fields.Boolean(compute="_compute_campus_has_chart")

    def _compute_campus_has_chart(self):
        for settings in self:
            settings.campus_has_chart = settings.company_id._campus_has_chart()

    def action_campus_setup(self):
        """Make the accounts, journal and plans that the card still lacks in this company."""
        self.check_access("write")
        self.company_id._campus_check_currency()
        self.company_id._campus_setup()
        return {"type": "ir.actions.client", "tag": "reload"}
