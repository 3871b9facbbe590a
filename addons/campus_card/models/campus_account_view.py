from odoo import api, models


class CampusAccount(models.Model):
    """Ledger accounts as people read them."""

    _inherit = "campus.account"

    @api.depends("name", "kind", "plan_id.name", "expires_on")
    def _compute_display_name(self):
        for account in self:
            if account.kind == "pocket" and account.expires_on:
                account.display_name = self.env._(
                    "%(plan)s until %(date)s", plan=account.plan_id.name, date=account.expires_on
                )
            elif account.kind == "pocket":
                account.display_name = account.plan_id.name
            elif account.kind == "debt":
                account.display_name = self.env._("Debt")
            else:
                account.display_name = account.name
