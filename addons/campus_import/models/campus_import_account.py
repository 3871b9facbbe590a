from odoo import fields, models
from odoo.exceptions import UserError


class CampusImportAccount(models.Model):
    """An account of the old card system that was imported: its holder and its opening balance.

    It stores that an opening balance was booked (even if it was zero). So the same account is never opened
    twice, whatever a later file says.
    """

    _name = "campus.import.account"
    _description = "Imported Account"
    _order = "source, account"
    _rec_name = "account"
    _rec_names_search = ["account", "partner_id.campus_number", "partner_id.name"]

    company_id = fields.Many2one("res.company", required=True, index=True, readonly=True)
    source = fields.Char("Old System", required=True, readonly=True)
    account = fields.Char("Account Number", required=True, readonly=True)
    partner_id = fields.Many2one(
        "res.partner", "Holder", required=True, index=True, readonly=True, ondelete="restrict"
    )
    wallet_id = fields.Many2one("campus.wallet", required=True, readonly=True, ondelete="restrict")
    card_id = fields.Many2one("campus.card", index="btree_not_null", readonly=True, ondelete="restrict")
    openings = fields.Json(readonly=True, help="Cents opened, by pocket plan.")
    opening_minor = fields.Integer("Opening Balance (cents)", readonly=True)
    opening = fields.Monetary("Opening Balance", compute="_compute_opening")
    currency_id = fields.Many2one(related="company_id.currency_id")
    status = fields.Char(readonly=True, help="Status in the old system when the account was imported.")
    import_id = fields.Many2one("campus.import", "Import", readonly=True, ondelete="restrict")
    imported_at = fields.Datetime(readonly=True)

    _source_account_unique = models.Constraint(
        "UNIQUE(company_id, source, account)", "This account of the old system was imported already."
    )

    def _compute_opening(self):
        for account in self:
            account.opening = account.currency_id.round(account.opening_minor / 100)

    def unlink(self):
        raise UserError(self.env._("An imported account cannot be deleted."))
