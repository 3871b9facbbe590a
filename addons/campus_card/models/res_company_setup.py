from odoo import fields, models
from odoo.fields import Domain

from .campus_setup import (
    GL_ACCOUNTS,
    JOURNAL_CODE,
    JOURNAL_NAME,
    POCKET_PLANS,
    SYSTEM_ACCOUNTS,
)


class ResCompany(models.Model):
    """What the ledger needs in the books of a company: made when it gets a chart of accounts, named in every
    language, and let go of when the chart is replaced."""

    _inherit = "res.company"

    def _campus_setup(self):
        """Make what the ledger needs in the company's books; safe to repeat.

        Only what is missing is made: renamed accounts and changed choices stay. A
        company without a chart of accounts is left alone; loading one calls this again.
        """
        # sudo: whoever makes a company or loads a chart need not have rights on the ledger
        for company in self.sudo():
            if not company._campus_has_chart():
                continue
            # Every company is set up from inside, whatever companies the user has open.
            company = company.with_context(
                allowed_company_ids=[company.id], lang="en_US", tracking_disable=True
            )
            gl_accounts = company._campus_setup_gl_accounts()
            company._campus_setup_defaults(gl_accounts)
            company._campus_setup_plans(gl_accounts)
            company._campus_setup_system_accounts(gl_accounts)
            company._campus_translate()

    def _campus_has_chart(self):
        # sudo: a branch books on the accounts of its root company, which its users may not see
        return bool(self.root_id.chart_template) and bool(
            self.env["account.account"].sudo().search_count([("company_ids", "=", self.root_id.id)], limit=1)
        )

    def _campus_xmlid(self, key):
        """Like the records of a chart of accounts, so that replacing the chart removes
        them and uninstalling the addon does not."""
        return f"account.{self.root_id.id}_{key}"

    def _campus_ref(self, key):
        return self.env.ref(self._campus_xmlid(key), raise_if_not_found=False)

    def _campus_setup_gl_accounts(self):
        """:return: {key of the table: account.account}"""
        found = {row.key: self._campus_ref(row.key) for row in GL_ACCOUNTS}
        missing = [row for row in GL_ACCOUNTS if not found[row.key]]
        Account = self.env["account.account"].with_company(self.root_id)
        for row in missing:
            found[row.key] = Account.create(self._prepare_campus_gl_account_vals(row))
        self._campus_store_xmlids({row.key: found[row.key] for row in missing})
        return found

    def _prepare_campus_gl_account_vals(self, row):
        return {
            "name": row.name._translate("en_US"),
            "code": self._campus_free_code(row),
            "account_type": row.account_type,
            "reconcile": False,
            "company_ids": [fields.Command.link(self.root_id.id)],
        }

    def _campus_free_code(self, row):
        Account = self.env["account.account"].with_company(self.root_id)
        start = row.codes.get(self.root_id.chart_template)
        if not start:
            # An unknown chart: continue behind its last account of the same type.
            domain = [("company_ids", "=", self.root_id.id)]
            same_type = Account.search([*domain, ("account_type", "=", row.account_type)])
            start = max((same_type or Account.search(domain)).mapped("code"))
        return Account._search_new_account_code(start, cache={})

    def _campus_store_xmlids(self, records):
        self.env["ir.model.data"]._update_xmlids(
            [
                {"xml_id": self._campus_xmlid(key), "record": record, "noupdate": True}
                for key, record in records.items()
            ]
        )

    def _campus_setup_defaults(self, gl_accounts):
        vals = {}
        if not self.campus_clearing_account_id:
            vals["campus_clearing_account_id"] = gl_accounts["campus_clearing"].id
        if not self.campus_debt_account_id:
            vals["campus_debt_account_id"] = gl_accounts["campus_debt"].id
        if not self.campus_transit_account_id:
            vals["campus_transit_account_id"] = gl_accounts["campus_transit"].id
        if not self.campus_journal_id:
            vals["campus_journal_id"] = self._campus_setup_journal().id
        if vals:
            self.write(vals)

    def _campus_setup_journal(self):
        journal = self._campus_ref("campus_journal")
        if journal:
            return journal
        Journal = self.env["account.journal"].with_context(active_test=False)
        domain = [("company_id", "=", self.root_id.id), ("code", "=", JOURNAL_CODE)]
        journal = Journal.search([*domain, ("type", "=", "general")], limit=1)
        if not journal:
            taken = Journal.search_count(domain, limit=1)
            journal = Journal.create(
                {
                    "name": JOURNAL_NAME._translate("en_US"),
                    "code": f"{JOURNAL_CODE}2" if taken else JOURNAL_CODE,
                    "type": "general",
                    "company_id": self.root_id.id,
                    "show_on_dashboard": False,
                }
            )
        self._campus_store_xmlids({"campus_journal": journal})
        return journal

    def _campus_setup_plans(self, gl_accounts):
        plans = self._campus_plans().grouped("code")
        for row in POCKET_PLANS:
            gl_account = gl_accounts[row.gl_key]
            if plan := plans.get(row.code):
                if not plan.liability_account_id:
                    plan.liability_account_id = gl_account
                continue
            self.env["campus.pocket.plan"].create(
                {
                    "code": row.code,
                    "name": row.name._translate("en_US"),
                    "sequence": row.sequence,
                    "refundable": row.refundable,
                    "company_id": self.id,
                    "liability_account_id": gl_account.id,
                }
            )

    def _campus_plans(self):
        Plan = self.env["campus.pocket.plan"].with_context(active_test=False)
        return Plan.search([("company_id", "=", self.id)])

    def _campus_setup_system_accounts(self, gl_accounts):
        Account = self.env["campus.account"].with_context(active_test=False)
        of_company = Domain("company_id", "=", self.id)
        codes = [row.code for row in SYSTEM_ACCOUNTS]
        accounts = Account.search(of_company & Domain("code", "in", codes)).grouped("code")
        for row in SYSTEM_ACCOUNTS:
            gl_account = gl_accounts[row.gl_key]
            name = row.name._translate(self.partner_id.lang or "en_US")
            if account := accounts.get(row.code):
                if not account.gl_account_id:
                    account.gl_account_id = gl_account
                if not account.active:
                    account.active = True
                # A company may get its language after its accounts.
                if account.name == row.name._translate("en_US") != name:
                    account.name = name
                continue
            Account.create(
                {
                    "code": row.code,
                    "name": name,
                    "kind": row.kind,
                    "company_id": self.id,
                    "gl_account_id": gl_account.id,
                }
            )

    def _campus_forget_chart(self):
        """Let go of accounts and journals that a new chart of accounts is about to delete.

        :return: the merchants that sold over tills, to be given the new clearing account
        """
        # sudo: also companies and records that the user does not see lose their accounts
        company_ids = self.sudo().search([("id", "child_of", self.id)]).ids
        clearing = Domain("gl_account_id", "in", self.campus_clearing_account_id.ids)
        # sudo: as above
        merchants = self.env["campus.account"].sudo().search(clearing & Domain("kind", "=", "merchant"))
        for model, values in (
            ("campus.account", {"gl_account_id": False, "journal_id": False}),
            ("campus.pocket.plan", {"liability_account_id": False}),
        ):
            # sudo: as above
            Model = self.env[model].sudo().with_context(active_test=False)
            used = Domain.OR([(name, "!=", False)] for name in values)
            Model.search(used & Domain("company_id", "in", company_ids)).write(values)
        return merchants

    # -- Names in the languages of the database ------------------------------

    def _campus_translate(self, langs=None):
        """Give the records made by the setup their names in every installed language.

        Names that somebody has changed are left alone.
        """
        langs = langs or [code for code, _name in self.env["res.lang"].get_installed()]
        langs = [lang for lang in langs if lang != "en_US"]
        # sudo: names are given by the system, in companies that the user may not see
        for company in self.sudo() if langs else ():
            for record, source in company._campus_named_records():
                company._campus_translate_name(record, source, langs)

    def _campus_named_records(self):
        """:return: [(record, lazy source of its name)]"""
        named = [(self._campus_ref(row.key), row.name) for row in GL_ACCOUNTS]
        named.append((self._campus_ref("campus_journal"), JOURNAL_NAME))
        plans = self._campus_plans().grouped("code")
        named += [(plans.get(row.code), row.name) for row in POCKET_PLANS]
        return [(record, source) for record, source in named if record]

    def _campus_translate_name(self, record, source, langs):
        stored = record._fields["name"]._get_stored_translations(record) or {}
        english = source._translate("en_US")
        if stored.get("en_US") != english:
            return
        names = {}
        for lang in langs:
            translated = source._translate(lang)
            if stored.get(lang, english) == english and translated != english:
                names[lang] = translated
        if names:
            record.update_field_translations("name", names)
