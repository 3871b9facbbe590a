from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..campus_core import archiving
from .campus_setup import SYSTEM_ACCOUNTS

KINDS = [
    ("pocket", "Pocket"),
    ("debt", "Holder's debt"),
    ("merchant", "Merchant"),
    ("channel", "Top-up channel"),
    ("fund", "Subsidy fund"),
    ("fee", "Fee income"),
    ("opening", "Opening balances"),
    ("correction", "Corrections"),
    ("campaign", "Campaign cost"),
    ("suspense", "Suspense"),
    ("loss", "Losses"),
    ("expired", "Expired money"),
]
SYSTEM_CODES = frozenset(row.code for row in SYSTEM_ACCOUNTS)


class CampusAccount(models.Model):
    """An account of the campus ledger: a pocket of a wallet, or a system account.

    Only pockets store a balance; database triggers keep it in step with the transfers
    and refuse every other change. System accounts are summed when asked.

    What the campus finds by its code keeps it; ``campus_core.archiving`` says what may be archived.
    """

    _name = "campus.account"
    _description = "Ledger Account"
    _order = "kind, code, id"

    name = fields.Char(required=True)
    code = fields.Char(help="Short name of a system account, unique in the company.")
    kind = fields.Selection(KINDS, required=True, index=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    wallet_id = fields.Many2one("campus.wallet", index="btree_not_null", ondelete="restrict")
    plan_id = fields.Many2one("campus.pocket.plan", ondelete="restrict")
    expires_on = fields.Date(help="Last day on which the money in this pocket can be spent.")
    balance_minor = fields.Integer(
        string="Balance (cents)", required=True, default=0, readonly=True, copy=False
    )
    reserved_minor = fields.Integer(
        string="Reserved (cents)", required=True, default=0, readonly=True, copy=False
    )
    available_minor = fields.Integer(
        string="Available (cents)",
        compute="_compute_available",
        help="What of this pocket can be spent today: nothing once its last day is over.",
    )
    is_expired = fields.Boolean("Expired", compute="_compute_available")
    balance = fields.Monetary(compute="_compute_balance")
    available = fields.Monetary(compute="_compute_available")
    reserved = fields.Monetary(compute="_compute_balance")
    gl_account_id = fields.Many2one("account.account", string="General Ledger Account", ondelete="restrict")
    journal_id = fields.Many2one(
        "account.journal",
        ondelete="restrict",
        help="Journal of the day close; empty takes the company's campus journal.",
    )
    partner_id = fields.Many2one("res.partner", string="Merchant Contact", ondelete="restrict")
    active = fields.Boolean(default=True)

    _code_company_unique = models.UniqueIndex(
        "(company_id, code) WHERE code IS NOT NULL", "A company has one ledger account with this code."
    )
    _pocket_unique = models.UniqueIndex(
        "(wallet_id, plan_id, COALESCE(expires_on, DATE '9999-12-31')) WHERE kind = 'pocket'",
        "A wallet has one pocket per plan and expiry date.",
    )
    _debt_unique = models.UniqueIndex("(wallet_id) WHERE kind = 'debt'", "A wallet has one debt account.")
    _available_check = models.Constraint(
        "CHECK (balance_minor - reserved_minor >= 0 AND reserved_minor >= 0)",
        "A pocket never goes below zero.",
    )
    _stored_balance_check = models.Constraint(
        "CHECK (kind = 'pocket' OR (balance_minor = 0 AND reserved_minor = 0))",
        "Only pockets store a balance.",
    )
    _pocket_complete_check = models.Constraint(
        "CHECK (kind NOT IN ('pocket', 'debt') OR wallet_id IS NOT NULL)",
        "Pockets and debt accounts belong to a wallet.",
    )

    _archived_check = models.Constraint(
        "CHECK (active OR wallet_id IS NULL)",
        "The pockets of a wallet are not archived: their money would disappear from the screens.",
    )

    def _compute_balance(self):
        sums = self._signed_sums(self.filtered(lambda a: a.kind != "pocket"))
        for account in self:
            minor = account.balance_minor if account.kind == "pocket" else sums.get(account.id, 0)
            account.balance = account.currency_id.round(minor / 100)
            account.reserved = account.currency_id.round(account.reserved_minor / 100)

    @api.depends("balance_minor", "reserved_minor", "expires_on")
    def _compute_available(self):
        known = self.env["campus.ledger"]._look_at(self.wallet_id)
        seen = {
            pocket.id: (pocket.spendable_minor(today), not pocket.alive(today))
            for wallet, today in known.values()
            for pocket in wallet.pockets
        }
        for account in self:
            account.available_minor, account.is_expired = seen.get(account.id, (0, False))
            account.available = account.currency_id.round(account.available_minor / 100)

    @api.model
    def _signed_sums(self, accounts):
        """Credits minus debits of accounts in cents, summed from the transfers: ``{id: int}``."""
        if not accounts.ids:
            return {}
        rows = self.env.execute_query(
            SQL(
                """SELECT account_id, SUM(minor)::bigint FROM (
                       SELECT credit_account_id AS account_id, amount_minor::bigint AS minor
                         FROM campus_transfer WHERE credit_account_id = ANY(%(ids)s)
                        UNION ALL
                       SELECT debit_account_id, -amount_minor::bigint
                         FROM campus_transfer WHERE debit_account_id = ANY(%(ids)s)) AS side
                   GROUP BY account_id""",
                ids=list(accounts.ids),
            )
        )
        return dict(rows)

    @api.model
    def _system(self, code, company=None):
        """The company's system account with this code; tells what to do where it is missing."""
        company = company or self.env.company
        account = self.search([("code", "=", code), ("company_id", "=", company.id)], limit=1)
        if not account:
            raise UserError(
                self.env._(
                    "%(company)s has no ledger account “%(code)s”. Set up the campus card for it first.",
                    company=company.name,
                    code=code,
                )
            )
        return account

    @api.ondelete(at_uninstall=False)
    def _unlink_except_wallet(self):
        if any(account.wallet_id for account in self):
            raise UserError(self.env._("Accounts of a wallet are never deleted."))

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

    @api.constrains("gl_account_id", "journal_id", "kind", "company_id")
    def _check_links(self):
        links = self.env["campus.account.links"]
        links._raise(links._ledger_problems(self))

    def _is_system(self):
        self.ensure_one()
        return self.code in SYSTEM_CODES and not self.wallet_id

    def write(self, vals):
        if "active" in vals and not vals["active"]:
            for account in self.filtered("active"):
                account._check_may_archive()
        # top-ups, fees, corrections and imports find their accounts by these codes
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
