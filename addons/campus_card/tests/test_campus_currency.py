from unittest.mock import patch

from odoo.addons.account.tests.common import AccountTestInvoicingCommon
from odoo.exceptions import UserError
from odoo.tests import tagged


@tagged("post_install", "-at_install")
class TestCampusCurrency(AccountTestInvoicingCommon):
    """A currency without cents is refused wherever a company becomes part of the card."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.kuwait = cls.setup_other_company(name="Kuwait Campus", currency_id=cls.env.ref("base.KWD").id)[
            "company"
        ]
        cls.japan = cls.setup_other_company(name="Tokyo Campus", currency_id=cls.env.ref("base.JPY").id)[
            "company"
        ]
        cls.env = cls.env(su=True)

    def refuse(self, call, text="needs one with two"):
        with self.assertRaisesRegex(UserError, text), self.cr.savepoint():
            call()

    def test_a_chart_in_such_a_currency_brings_no_card(self):
        for company in (self.kuwait, self.japan):
            self.assertNotEqual(company.currency_id.decimal_places, 2)
            self.assertTrue(company._campus_has_chart())
            with patch.object(type(company), "_campus_setup_gl_accounts") as made:
                company._campus_setup()
                made.assert_not_called()

    def test_setting_up_says_why_not(self):
        for company, digits in ((self.kuwait, "3"), (self.japan, "0")):
            settings = self.env["res.config.settings"].with_company(company).create({})
            self.refuse(settings.action_campus_setup, f"{digits} decimals")

    def test_no_plan_merchant_or_wallet_by_hand_either(self):
        holder = self.env["res.partner"].create({"name": "Fatima", "campus_number": "KWD-1"})
        for company in (self.kuwait, self.japan):
            self.refuse(
                lambda company=company: self.env["campus.pocket.plan"].create(
                    {"name": "Food", "code": "food", "company_id": company.id}
                )
            )
            self.refuse(
                lambda company=company: self.env["campus.account"].create(
                    {"name": "Canteen", "code": "canteen", "kind": "merchant", "company_id": company.id}
                )
            )
            self.refuse(lambda company=company: self.env["campus.wallet"]._for_holder(holder, company))

    def test_a_company_with_cards_keeps_a_currency_with_cents(self):
        company = self.company_data_2["company"] if hasattr(self, "company_data_2") else self.env.company
        company._campus_setup()
        holder = self.env["res.partner"].create({"name": "Sun Li", "campus_number": "CUR-1"})
        self.env["campus.wallet"]._for_holder(holder, company)
        self.refuse(lambda: company.write({"currency_id": self.env.ref("base.KWD").id}))
        self.refuse(lambda: company.currency_id.write({"rounding": 0.001}))
        self.assertEqual(company.currency_id.decimal_places, 2)

    def test_the_currency_stays_once_money_has_moved(self):
        company = self.env.company
        company._campus_setup()
        holder = self.env["res.partner"].create({"name": "Sun Li", "campus_number": "CUR-2"})
        wallet = self.env["campus.wallet"]._for_holder(holder, company)
        answer = self.env["campus.ledger"]._post(
            [
                {
                    "uuid": "c0000000-0000-4000-8000-00000000c001",
                    "kind": "topup",
                    "wallet_id": wallet.id,
                    "account_id": self.env["campus.account"]._system("cash_desk", company).id,
                    "amount_minor": 1,
                }
            ]
        )[0]
        self.assertTrue(answer["ok"])
        other = self.env.ref("base.EUR") if company.currency_id.name != "EUR" else self.env.ref("base.USD")
        self.refuse(lambda: company.write({"currency_id": other.id}), "currency stays")
