from unittest.mock import patch

from odoo.addons.campus_card.models.campus_setup import GL_ACCOUNTS, POCKET_PLANS, SYSTEM_ACCOUNTS
from odoo.exceptions import AccessError
from odoo.tests import TransactionCase, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestResCompanySetup(TransactionCase):
    """The books of the card follow the chart of accounts of a company."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env["res.company"].create({"name": "Setup University"})
        cls.env.user.company_ids += cls.company

    def load_chart(self, company=None, code="generic_coa"):
        company = company or self.company
        self.env["account.chart.template"].try_loading(code, company=company, install_demo=False)

    def records(self, company=None):
        """What the setup has made in the company's books."""
        company = company or self.company
        of_company = [("company_id", "=", company.id)]
        return (
            [company._campus_ref(row.key) for row in GL_ACCOUNTS],
            self.env["campus.pocket.plan"].search(of_company),
            self.env["campus.account"].search([*of_company, ("code", "!=", False)]),
            company.campus_journal_id,
        )

    def test_a_company_without_a_chart_is_left_alone(self):
        self.company._campus_setup()
        gl_accounts, plans, accounts, journal = self.records()
        self.assertFalse(any(gl_accounts) or plans or accounts or journal)

    def test_loading_a_chart_makes_everything_once(self):
        self.load_chart()
        made = self.records()
        gl_accounts, plans, accounts, journal = made
        self.assertTrue(all(gl_accounts))
        self.assertEqual(plans.mapped("code"), [row.code for row in POCKET_PLANS])
        self.assertEqual(set(accounts.mapped("code")), {row.code for row in SYSTEM_ACCOUNTS})
        self.assertEqual((journal.code, journal.type), ("CAMP", "general"))
        self.assertTrue(all(accounts.mapped("gl_account_id")))
        self.assertEqual(self.company.campus_clearing_account_id, self.company._campus_ref("campus_clearing"))
        self.company._campus_setup()
        self.assertEqual(self.records(), made)

    def test_money_on_cards_is_a_liability_per_plan(self):
        self.load_chart()
        accounts = self.records()[1].liability_account_id
        self.assertEqual(len(accounts), len(POCKET_PLANS))
        self.assertEqual(set(accounts.mapped("account_type")), {"liability_current"})
        self.assertFalse(any(accounts.mapped("reconcile")))

    def test_what_people_have_changed_stays_and_what_is_missing_comes_back(self):
        self.load_chart()
        _gl_accounts, plans, accounts, journal = self.records()
        cash = self.company._campus_ref("campus_cash")
        cash.write({"name": "Prepaid by students"})
        plans.filtered(lambda plan: plan.code == "cash").write({"name": "Purse", "sequence": 99})
        fee = accounts.filtered(lambda account: account.code == "fee")
        fee.gl_account_id = False
        self.company.campus_journal_id = False
        self.company._campus_setup()
        purse = plans.filtered(lambda plan: plan.code == "cash")
        self.assertEqual((cash.name, purse.name, purse.sequence), ("Prepaid by students", "Purse", 99))
        self.assertEqual(fee.gl_account_id, self.company._campus_ref("campus_fee"))
        self.assertEqual(self.company.campus_journal_id, journal)

    def test_a_code_that_is_taken_is_not_taken_twice(self):
        self.load_chart()
        clearing = self.company._campus_ref("campus_clearing")
        other = self.env["res.company"].create({"name": "Other University"})
        with patch.object(type(other), "_campus_setup", lambda company: None):
            self.load_chart(other)
        Account = self.env["account.account"].with_company(other)
        Account.create(
            {
                "name": "Mine",
                "code": clearing.with_company(self.company).code,
                "account_type": "asset_current",
            }
        )
        journal = {"name": "Mine", "code": "CAMP", "type": "purchase", "company_id": other.id}
        self.env["account.journal"].create(journal)
        other._campus_setup()
        self.assertEqual(other.campus_journal_id.code, "CAMP2")
        self.assertNotEqual(
            other.campus_clearing_account_id.with_company(other).code,
            clearing.with_company(self.company).code,
        )

    def test_a_chart_without_a_table_of_its_own_gets_codes_behind_its_accounts(self):
        self.load_chart()
        self.company._campus_forget_chart()
        with patch.object(type(self.company), "_campus_ref", lambda company, key: None):
            self.company.chart_template = "generic_coa"
            codes = dict.fromkeys(("campus_cash", "campus_fee"))
            for row in GL_ACCOUNTS:
                if row.key in codes:
                    row = row._replace(codes={})
                    codes[row.key] = self.company.with_context(
                        allowed_company_ids=self.company.ids
                    )._campus_free_code(row)
        Account = self.env["account.account"].with_company(self.company)
        self.assertTrue(all(codes.values()) and codes)
        for code in codes.values():
            self.assertFalse(Account.search_count([("code", "=", code)]))

    def test_a_chart_that_replaces_another_takes_the_ledger_along(self):
        self.load_chart()
        till, shop = self.env["campus.account"].create(
            [
                {"name": name, "kind": "merchant", "company_id": self.company.id, "gl_account_id": account.id}
                for name, account in (
                    ("Till", self.company.campus_clearing_account_id),
                    ("Shop", self.company._campus_ref("campus_sales")),
                )
            ]
        )
        old = self.company.campus_clearing_account_id
        self.company.chart_template = False
        self.load_chart()
        self.assertFalse(old.exists())
        self.assertEqual(till.gl_account_id, self.company.campus_clearing_account_id)
        self.assertTrue(till.gl_account_id)
        # A merchant that sells without till is finance's to decide: the close names it.
        self.assertFalse(shop.gl_account_id)
        self.assertTrue(all(self.records()[2].mapped("gl_account_id")))

    def test_a_branch_books_on_the_accounts_of_its_root(self):
        self.load_chart()
        branch = self.env["res.company"].create({"name": "Branch", "parent_id": self.company.id})
        branch._campus_setup()
        self.assertEqual(branch.campus_clearing_account_id, self.company.campus_clearing_account_id)
        self.assertEqual(branch.campus_journal_id, self.company.campus_journal_id)
        self.assertEqual(len(self.records(branch)[1]), len(POCKET_PLANS))

    def test_names_follow_the_languages_unless_somebody_changed_them(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.load_chart()
        changed = self.company._campus_ref("campus_fee")
        changed.with_context(lang="zh_CN").name = "我的收入"

        self.company._campus_translate()
        cash = self.company._campus_ref("campus_cash")
        chinese = next(row.name for row in GL_ACCOUNTS if row.key == "campus_cash")._translate("zh_CN")
        self.assertNotEqual(chinese, "Card Balances: Cash")
        self.assertEqual(cash.with_context(lang="zh_CN").name, chinese)
        self.assertEqual(cash.with_context(lang="en_US").name, "Card Balances: Cash")
        self.assertEqual(changed.with_context(lang="zh_CN").name, "我的收入")

    def test_accounts_of_the_ledger_take_the_language_that_the_company_gets_later(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.load_chart()
        accounts = self.env["campus.account"].search([("company_id", "=", self.company.id)]).grouped("code")
        accounts["fee"].name = "Our Fees"
        self.assertEqual(accounts["opening"].name, "Opening Balances")
        self.company.partner_id.lang = "zh_CN"
        self.company._campus_setup()
        self.assertEqual(accounts["opening"].name, "期初余额")
        self.assertEqual(accounts["fee"].name, "Our Fees")

    def test_the_button_in_the_settings_sets_up(self):
        self.load_chart()
        self.company.campus_journal_id = False
        settings = self.env["res.config.settings"].with_company(self.company).create({})
        self.assertTrue(settings.campus_has_chart)
        settings.action_campus_setup()
        self.assertTrue(self.company.campus_journal_id)

    def test_the_button_is_for_those_who_may_change_settings(self):
        clerk = new_test_user(self.env, "setup-clerk", "campus_card.group_campus_card_manager")
        with self.assertRaises(AccessError):
            self.env["res.config.settings"].with_user(clerk).create({}).action_campus_setup()
