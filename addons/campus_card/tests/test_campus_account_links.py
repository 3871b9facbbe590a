from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from ..models.campus_account_links import ALLOWED_TYPES
from .ledger_common import LedgerCase


@tagged("post_install", "-at_install")
class TestCampusAccountLinks(LedgerCase):
    """What the card is booked on is checked when it is chosen, and when it changes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.env["res.company"].create({"name": "Other School"})
        cls.env["account.chart.template"].try_loading("generic_coa", company=cls.other, install_demo=False)
        cls.plan = cls.env["campus.pocket.plan"].search(
            [("code", "=", "cash"), ("company_id", "=", cls.company.id)]
        )
        cls.accounts = {
            account_type: cls.env["account.account"].create(
                {"name": account_type, "code": f"999{number:02}", "account_type": account_type}
            )
            for number, account_type in enumerate(
                ("income", "expense", "liability_current", "liability_payable", "asset_current", "equity")
            )
        }

    def assertRefused(self, words, attempt):
        with self.assertRaisesRegex(ValidationError, words), self.cr.savepoint():
            attempt()
            self.env.flush_all()
        self.env.invalidate_all()

    def test_a_plan_is_booked_on_a_liability_of_its_company(self):
        for account_type in ("income", "expense", "asset_current", "equity"):
            with self.subTest(account_type):
                self.assertRefused(
                    "“Cash” cannot be booked", lambda kind=account_type: self.plan.write(
                        {"liability_account_id": self.accounts[kind].id}
                    )
                )  # fmt: skip
        foreign = self.other._campus_ref("campus_cash")
        self.assertRefused(
            "does not belong to", lambda: self.plan.write({"liability_account_id": foreign.id})
        )
        self.plan.liability_account_id = self.accounts["liability_current"]

    def test_the_account_on_which_debts_began_stays_though_the_company_has_chosen_another(self):
        old = self.company.campus_debt_account_id
        self.ledger._post([{**self.purchase(100), "settle": True}])
        self.company.campus_debt_account_id = self.accounts["asset_current"]
        self.assertRefused("is archived", lambda: old.write({"active": False}))
        self.assertRefused("cannot be booked", lambda: old.write({"account_type": "expense"}))

    def test_each_kind_of_ledger_account_is_booked_where_it_makes_sense(self):
        system = self.env["campus.account"]._system
        kinds = {code: system(code) for code in ("fee", "cash_desk", "subsidy_fund", "campaign", "opening")}
        kinds["merchant"] = self.merchant
        for name, record in kinds.items():
            for account_type, account in self.accounts.items():
                if account_type in ALLOWED_TYPES[record.kind]:
                    record.gl_account_id = account
                    continue
                with self.subTest(f"{name} on {account_type}"):
                    self.assertRefused(
                        "cannot be booked", lambda r=record, a=account: r.write({"gl_account_id": a.id})
                    )
        foreign = self.other._campus_ref("campus_sales")
        self.assertRefused("does not belong to", lambda: self.merchant.write({"gl_account_id": foreign.id}))
        journal = self.other.campus_journal_id
        self.assertRefused("does not belong to", lambda: self.merchant.write({"journal_id": journal.id}))

    def test_the_company_s_own_accounts_are_checked(self):
        for field in ("campus_clearing_account_id", "campus_debt_account_id", "campus_transit_account_id"):
            for account in (self.accounts["income"], self.other._campus_ref("campus_clearing")):
                with (
                    self.subTest(f"{field} {account.name}"),
                    self.assertRaises(UserError),
                    self.cr.savepoint(),
                ):
                    self.company.write({field: account.id})
                    self.env.flush_all()
        with self.assertRaises(UserError), self.cr.savepoint():
            self.company.campus_journal_id = self.other.campus_journal_id

    def test_an_account_in_use_changes_neither_type_nor_company_and_is_not_archived(self):
        cash = self.plan.liability_account_id
        for values in (
            {"account_type": "income"},
            {"active": False},
            {"company_ids": [(6, 0, self.other.ids)]},
        ):
            with self.subTest(str(values)), self.assertRaises(UserError), self.cr.savepoint():
                cash.write(values)
                self.env.flush_all()
            self.env.invalidate_all()
        self.assertRefused(
            "archived", lambda: self.company._campus_ref("campus_fee").write({"active": False})
        )
        self.assertRefused("archived", lambda: self.company.campus_journal_id.write({"active": False}))

    # -- codes -------------------------------------------------------------------

    def test_the_code_of_a_plan_in_use_stays_and_its_name_may_change(self):
        with self.assertRaisesRegex(UserError, "stays"):
            self.plan.code = "money"
        self.plan.write({"code": "cash", "name": "Purse"})
        self.top_up(100)
        own = self.env["campus.pocket.plan"].create({"name": "Trip", "code": "trip"})
        own.code = "trips"
        self.wallet._ensure_pockets({(self.wallet.id, "trips", None)})
        with self.assertRaisesRegex(UserError, "stays"):
            own.code = "trip"

    def test_cash_is_neither_archived_nor_deleted(self):
        for attempt in (lambda: self.plan.write({"active": False}), self.plan.unlink):
            with self.assertRaises(UserError), self.cr.savepoint():
                attempt()
        self.env["campus.pocket.plan"].search([("code", "=", "meal")]).active = False

    def test_system_accounts_keep_their_code_and_are_not_archived_or_deleted(self):
        for attempt in (
            lambda: self.cash_desk.write({"active": False}),
            lambda: self.cash_desk.write({"code": "desk"}),
            lambda: self.cash_desk.write({"kind": "merchant"}),
            self.cash_desk.unlink,
        ):
            with self.assertRaises(UserError), self.cr.savepoint():
                attempt()
        self.cash_desk.write({"code": "cash_desk", "active": True, "name": "Counter"})
        self.merchant.write({"code": "renamed", "active": False})

    def test_set_up_repairs_an_archived_card_office(self):
        self.env.flush_all()
        self.cr.execute("UPDATE campus_account SET active = FALSE WHERE id = %s", self.cash_desk.ids)
        self.env.invalidate_all()
        with self.assertRaises(UserError):
            self.env["campus.account"]._system("cash_desk")
        self.company._campus_setup()
        self.assertTrue(self.cash_desk.active)
        self.top_up(100)
