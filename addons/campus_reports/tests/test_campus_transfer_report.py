from odoo.tests import tagged

from .common import TODAY, ClosingCase


@tagged("post_install", "-at_install")
class TestCampusTransferReport(ClosingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.department = cls.env["campus.department"].create({"name": "Physics", "code": "PHY"})
        cls.partner.write({"campus_department_id": cls.department.id, "campus_role": "student"})
        cls.Report = cls.env["campus.transfer.report"]

    def rows(self, **values):
        domain = [("company_id", "=", self.company.id), *((k, "=", v) for k, v in values.items())]
        return self.Report.search(domain)

    def test_a_sale_says_who_where_when_and_from_what(self):
        self.post("topup", 1_000)
        self.post("purchase", 450, occurred_at="2026-03-04 23:30:00")
        row = self.rows(kind="purchase")
        self.assertEqual(row.counter_account_id, self.merchant)
        self.assertEqual((row.department_id, row.role), (self.department, "student"))
        self.assertEqual((row.partner_id, row.plan_id.code), (self.partner, "cash"))
        # half past eleven at night in UTC is the next morning at the school
        self.assertEqual((row.hour, row.weekday, row.booking_date), ("07:00", "4", TODAY))
        self.assertEqual((row.amount, row.spent, row.loaded), (-4.5, 4.5, 0.0))

    def test_a_refund_lessens_what_was_spent(self):
        self.post("topup", 1_000)
        sale = self.post("purchase", 450)
        self.refund(sale, 150)
        groups = self.Report._read_group(
            [("company_id", "=", self.company.id)],
            ["counter_account_id"],
            ["spent:sum", "loaded:sum", "__count"],
        )
        self.assertIn((self.merchant, 3.0, 0.0, 2), groups)
        self.assertIn((self.cash_desk, 0.0, 10.0, 1), groups)
        self.assertEqual(self.rows(is_refund=True).display_name, "Refund: Purchase")

    def test_the_rows_of_a_wallet_add_up_to_its_balance(self):
        self.post("topup", 1_000)
        self.post("subsidy", 300, self.fund, plan="subsidy")
        self.post("purchase", 450)
        self.assertEqual(round(sum(self.rows(wallet_id=self.wallet.id).mapped("amount")), 2), 8.5)

    def test_it_groups_by_everything_finance_asks_for(self):
        self.post("topup", 1_000)
        self.post("purchase", 450)
        for groupby in (
            "counter_account_id",
            "hour",
            "weekday",
            "booking_date:day",
            "kind",
            "plan_id",
            "department_id",
            "role",
        ):
            rows = self.Report._read_group([("company_id", "=", self.company.id)], [groupby], ["amount:sum"])
            self.assertEqual(round(sum(row[1] for row in rows), 2), 5.5, groupby)
