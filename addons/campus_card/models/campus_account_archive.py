from odoo import models
from odoo.exceptions import UserError

from ..campus_core import archiving
from .campus_setup import SYSTEM_ACCOUNTS

SYSTEM_CODES = frozenset(row.code for row in SYSTEM_ACCOUNTS)


class CampusAccount(models.Model):
    """When a ledger account may be archived; see ``campus_core.archiving``."""

    _inherit = "campus.account"

    _archived_check = models.Constraint(
        "CHECK (active OR wallet_id IS NULL)",
        "The pockets of a wallet are not archived: their money would disappear from the screens.",
    )

    def write(self, vals):
        if "active" in vals and not vals["active"]:
            for account in self.filtered("active"):
                account._check_may_archive()
        return super().write(vals)

    def _check_may_archive(self):
        self.ensure_one()
        uses = self._uses()
        refusal = archiving.account(
            is_of_wallet=bool(self.wallet_id), is_of_system=self.code in SYSTEM_CODES, uses=len(uses)
        )
        if not refusal:
            return
        sentences = {
            "archive_pocket": self.env._(
                "The pockets of a wallet are not archived. Close the wallet instead."
            ),
            "archive_system_account": self.env._(
                "“%s” is needed by the ledger and is not archived.", self.display_name
            ),
            "archive_account_used": self.env._(
                "“%(account)s” is still used: %(uses)s. Choose another merchant there first.",
                account=self.display_name,
                uses=", ".join(uses),
            ),
        }
        raise UserError(sentences[refusal.code])

    def _uses(self):
        """Hook: names of what sells for this merchant."""
        return []
