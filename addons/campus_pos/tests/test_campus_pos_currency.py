from odoo.addons.account.tests.common import AccountTestInvoicingCommon
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged


@tagged("post_install", "-at_install")
class TestCampusPosCurrency(AccountTestInvoicingCommon):
    """A till takes the card in a currency with cents, the company's own."""

    @classmethod
    def get_default_groups(cls):
        return super().get_default_groups() | cls.quick_ref("point_of_sale.group_pos_manager")

    def refuse(self, call, text):
        with self.assertRaisesRegex(UserError, text), self.cr.savepoint():
            call()

    def test_a_till_of_a_company_without_cents_does_not_take_the_card(self):
        for name, digits in (("KWD", "3"), ("JPY", "0")):
            company = self.setup_other_company(
                name=f"{name} Campus", currency_id=self.env.ref(f"base.{name}").id
            )["company"]
            config = self.env["pos.config"].sudo().with_company(company).create({"name": f"{name} till"})
            self.assertEqual(config.company_id, company)
            self.refuse(config._campus_setup_pos, f"{digits} decimals")
            self.refuse(config.action_campus_setup_pos, f"{digits} decimals")
            self.assertFalse(company._campus_pos_method())

    def test_a_till_that_counts_in_another_currency_does_not_take_the_card(self):
        other = self.setup_other_currency("EUR")
        company = self.env.company
        self.assertNotEqual(company.currency_id, other)
        journal = self.company_data["default_journal_sale"].copy({"currency_id": other.id, "code": "SEUR"})
        cash = self.env["pos.payment.method"].create(
            {
                "name": "Euro cash",
                "journal_id": self.company_data["default_journal_cash"]
                .copy({"currency_id": other.id, "code": "CEUR"})
                .id,
            }
        )
        config = self.env["pos.config"].create(
            {
                "name": "Euro till",
                "journal_id": journal.id,
                "payment_method_ids": [Command.set(cash.ids)],
                "use_pricelist": False,
            }
        )
        self.assertEqual(config.currency_id, other)
        self.refuse(config.sudo()._campus_setup_pos, "currency")
