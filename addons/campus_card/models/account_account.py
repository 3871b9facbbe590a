from odoo import api, models


class AccountAccount(models.Model):
    """An account that the card is booked on keeps its type, its companies and stays in use."""

    _inherit = "account.account"

    @api.constrains("account_type", "company_ids", "active")
    def _check_campus_links(self):
        """An account that the card is booked on does not become one that it cannot be booked on."""
        self.env["campus.account.links"]._check_users("account", self)


class AccountJournal(models.Model):
    """A journal that the card books in keeps its company and stays in use."""

    _inherit = "account.journal"

    @api.constrains("company_id", "active")
    def _check_campus_links(self):
        """A journal that the card is booked in is not archived."""
        self.env["campus.account.links"]._check_users("journal", self)
