from odoo import api, models
from odoo.exceptions import UserError

from .campus_account_archive import SYSTEM_CODES


class CampusAccount(models.Model):
    """Where ledger accounts are booked, and what the campus finds by its code."""

    _inherit = "campus.account"

    @api.constrains("gl_account_id", "journal_id", "kind", "company_id")
    def _check_links(self):
        links = self.env["campus.account.links"]
        links._raise(links._ledger_problems(self))

    def _is_system(self):
        self.ensure_one()
        return self.code in SYSTEM_CODES and not self.wallet_id

    def write(self, vals):
        """Top-ups, fees, corrections and imports find their accounts by these codes."""
        for account in self:
            changes = any(name in vals and vals[name] != account[name] for name in ("code", "kind"))
            if changes and account._is_system():
                raise UserError(
                    self.env._(
                        "The code “%s” stays: the card finds the account by it. Change its name instead.",
                        account.code,
                    )
                )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_system(self):
        for account in self:
            if account._is_system():
                raise UserError(self.env._("“%s” is needed by the card and cannot be deleted.", account.name))
