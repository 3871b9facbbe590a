from odoo import api, models
from odoo.exceptions import ValidationError

ASSETS = {"asset_current", "asset_cash", "asset_receivable", "asset_prepayments"}
LIABILITIES = {"liability_current", "liability_payable", "liability_non_current"}
INCOME = {"income", "income_other"}
EXPENSES = {"expense", "expense_other", "expense_direct_cost"}
EQUITY = {"equity", "equity_unaffected"}

#: What is booked -> types of general ledger accounts that can show it. ``plan``: money on cards.
ALLOWED_TYPES = {
    "plan": LIABILITIES,
    "debt": ASSETS,
    "clearing": ASSETS | LIABILITIES,
    "transit": ASSETS | LIABILITIES,
    "merchant": INCOME | LIABILITIES | {"asset_current", "asset_receivable"},
    "channel": ASSETS | LIABILITIES,
    "fee": INCOME | LIABILITIES,
    "fund": EXPENSES | EQUITY | LIABILITIES,
    "campaign": EXPENSES | EQUITY | LIABILITIES,
    "opening": ASSETS | LIABILITIES | EQUITY,
    "correction": ASSETS | LIABILITIES | EXPENSES | INCOME,
    "suspense": ASSETS | LIABILITIES,
    "loss": EXPENSES | EQUITY,
    "expired": INCOME | LIABILITIES,
}


class CampusAccountLinks(models.AbstractModel):
    """Where the card is booked: which general ledger accounts and journals can be chosen for what.

    Asked when a link is set, when an account changes, and before a day is closed.
    """

    _name = "campus.account.links"
    _description = "Links from the Card to the Books"

    @api.model
    def _account_problem(self, name, use, account, company):
        """Say why ``account`` cannot show what ``name`` is, in a sentence; None when it can.

        :param use: a key of ``ALLOWED_TYPES``
        """
        # sudo: who sets a link may see the account's name, not its companies
        account = account.sudo().with_company(company)
        values = {"name": name, "account": account.display_name, "company": company.name}
        # sudo: a branch uses the accounts of companies that its users may not see
        if not account.company_ids & company.sudo().parent_ids:
            return self.env._("“%(name)s”: the account %(account)s does not belong to %(company)s.", **values)
        if not account.active:
            return self.env._("“%(name)s”: the account %(account)s is archived.", **values)
        if account.account_type not in ALLOWED_TYPES[use]:
            types = dict(account._fields["account_type"]._description_selection(self.env))
            values["type"] = types[account.account_type]
            values["wanted"] = ", ".join(sorted(types[kind] for kind in ALLOWED_TYPES[use]))
            return self.env._(
                "“%(name)s” cannot be booked on %(account)s, which is of the type “%(type)s”. Choose one of: %(wanted)s.",
                **values,
            )
        return None

    @api.model
    def _journal_problem(self, name, journal, company):
        """Say why ``journal`` cannot take the entries of ``name``; None when it can."""
        journal = journal.sudo()  # sudo: as above
        values = {"name": name, "journal": journal.display_name, "company": company.name}
        # sudo: as for accounts
        if journal.company_id not in company.sudo().parent_ids:
            return self.env._("“%(name)s”: the journal %(journal)s does not belong to %(company)s.", **values)
        if not journal.active:
            return self.env._("“%(name)s”: the journal %(journal)s is archived.", **values)
        return None

    @api.model
    def _company_problems(self, company):
        """Problems of the links that the company itself has."""
        found = [
            self._account_problem(
                company._fields[field]._description_string(self.env), use, company[field], company
            )
            for field, use in (
                ("campus_clearing_account_id", "clearing"),
                ("campus_debt_account_id", "debt"),
                ("campus_transit_account_id", "transit"),
            )
            if company[field]
        ]
        if journal := company.campus_journal_id:
            label = company._fields["campus_journal_id"]._description_string(self.env)
            found.append(self._journal_problem(label, journal, company))
        return [problem for problem in found if problem]

    @api.model
    def _plan_problems(self, plans):
        """Return sentences about pocket plans whose general ledger account does not fit; empty when all do."""
        found = [
            self._account_problem(plan.name, "plan", plan.liability_account_id, plan.company_id)
            for plan in plans
            if plan.liability_account_id
        ]
        return [problem for problem in found if problem]

    @api.model
    def _ledger_problems(self, accounts):
        """Problems of ledger accounts; what sells over a till is looked at by the addon that has tills."""
        found = []
        for account in accounts:
            name, company = account.display_name, account.company_id
            if account.gl_account_id:
                use = "plan" if account.kind == "pocket" else account.kind
                found.append(self._account_problem(name, use, account.gl_account_id, company))
            if account.journal_id:
                found.append(self._journal_problem(name, account.journal_id, company))
        return [problem for problem in found if problem]

    @api.model
    def _raise(self, problems):
        """Raise a ``ValidationError`` of these sentences, if there are any."""
        if problems:
            raise ValidationError("\n".join(problems))

    @api.model
    def _users_of(self, field, records):
        """What of the card points to these accounts or journals: (plans, ledger accounts, companies)."""
        # sudo: who changes an account need not see the card
        env = self.sudo().with_context(active_test=False).env
        none = [("id", "=", False)]
        plan, ledger, company = {
            "account": (
                [("liability_account_id", "in", records.ids)],
                [("gl_account_id", "in", records.ids), ("kind", "not in", ("pocket", "debt"))],
                [
                    "|", "|", ("campus_clearing_account_id", "in", records.ids),
                    ("campus_debt_account_id", "in", records.ids), ("campus_transit_account_id", "in", records.ids),
                ],
            ),
            "journal": (none, [("journal_id", "in", records.ids)], [("campus_journal_id", "in", records.ids)]),
        }[field]  # fmt: skip
        # Each debt keeps the account on which it began, also when the company has chosen another one since;
        # one of them stands for all.
        debts = [("gl_account_id", "in", records.ids), ("kind", "=", "debt")]
        debt = env["campus.account"].search(debts, limit=1) if field == "account" else env["campus.account"]
        return (
            env["campus.pocket.plan"].search(plan),
            env["campus.account"].search(ledger) | debt,
            env["res.company"].search(company),
        )

    @api.model
    def _check_users(self, field, records):
        """Raise if what points to these accounts or journals could not be booked there any more."""
        plans, accounts, companies = self._users_of(field, records)
        problems = self._plan_problems(plans) + self._ledger_problems(accounts)
        for company in companies:
            problems += self._company_problems(company)
        self._raise(problems)
