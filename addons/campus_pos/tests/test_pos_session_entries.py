import datetime as dt
from uuid import uuid4

from freezegun import freeze_time
from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .common import CampusPosCommon


@tagged("post_install", "-at_install")
class TestPosSessionEntries(CampusPosCommon):
    """The books of a session, for every sign and mix of card sales and refunds."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.top_up(cls.lin_card, 20000)
        cls.receivable = cls.company.account_default_pos_receivable_account_id

    def reopen(self):
        self.config.with_user(self.cashier).open_ui()
        self.session = self.config.current_session_id.with_user(self.cashier)
        self.session.set_opening_control(0, "")

    def close(self):
        self.session.post_closing_cash_details(self.session.cash_register_balance_end)
        answer = self.session.close_session_from_ui()
        self.assertTrue(answer["successful"], answer)
        self.assertEqual(self.session.state, "closed")

    def back(self, order, amount, method=None):
        return self.sync(self.refund_vals(order, [(method or self.method, -amount, str(uuid4()))]))

    def balance(self, account):
        lines = self.sudo_env["account.move.line"].search(
            [("account_id", "=", account.id), ("parent_state", "=", "posted")]
        )
        return round(sum(lines.mapped("balance")) * 100)

    def test_a_till_opens_before_eight_on_the_day_after_the_books_were_locked(self):
        self.company.partner_id.tz = "Asia/Shanghai"
        self.close()
        self.company.sudo().write({"fiscalyear_lock_date": "2020-12-31"})
        session = self.session.sudo()
        # half past six on New Year's Day, by the campus's clock
        session.start_at = dt.datetime(2020, 12, 31, 22, 30)
        with self.assertRaisesRegex(ValidationError, "before"), self.cr.savepoint():
            session.start_at = dt.datetime(2020, 12, 31, 15, 59)

    def check_books(self):
        """What the ledger says the till has earned is what the clearing account waits for."""
        self.close()
        self.assertEqual(self.balance(self.company.campus_clearing_account_id), self.earned())
        self.assertEqual(self.balance(self.receivable), 0)
        open_lines = self.sudo_env["account.move.line"].search(
            [
                ("account_id", "=", self.receivable.id),
                ("reconciled", "=", False),
                ("parent_state", "=", "posted"),
            ]
        )
        self.assertFalse(open_lines, "receivables that nothing clears")

    def sold_before(self, *amounts):
        """Orders of a session that is closed."""
        orders = [self.sell(amount) for amount in amounts]
        self.check_books()
        self.reopen()
        return orders

    def test_sales(self):
        self.sell(12.5)
        self.sell(3.33)
        self.check_books()

    def test_nothing(self):
        self.check_books()

    def test_more_sales_than_refunds(self):
        self.back(self.sell(12.5), 4.0)
        self.check_books()

    def test_sales_and_refunds_that_are_even(self):
        self.back(self.sell(12.5), 12.5)
        self.check_books()

    def test_only_a_refund(self):
        (order,) = self.sold_before(12.5)
        self.back(order, 4.0)
        self.check_books()

    def test_more_refunds_than_sales(self):
        first, second = self.sold_before(12.5, 20.0)
        self.sell(5.0)
        self.back(first, 12.5)
        self.back(second, 7.0)
        self.check_books()

    def test_refunds_of_before_even_with_sales_of_today(self):
        (order,) = self.sold_before(12.5)
        self.sell(12.5)
        self.back(order, 12.5)
        self.check_books()

    def test_a_refund_beside_cash_sales(self):
        (order,) = self.sold_before(12.5)
        self.sync(self.order_vals([(self.cash_method, 30.0, str(uuid4()))]))
        self.back(order, 12.5)
        self.check_books()

    def test_a_refund_in_two_ways(self):
        answer = self.authorise(800)
        order = self.sync(
            self.order_vals([(self.method, 8.0, answer["uuid"]), (self.cash_method, 4.5, str(uuid4()))])
        )
        self.check_books()
        self.reopen()
        self.back(order, 4.5, self.cash_method)
        self.back(order, 8.0)
        self.check_books()

    def test_a_way_of_payment_with_an_account_of_its_own_comes_out_even_too(self):
        """What Odoo books wrong for the card it books wrong for every method like it."""
        account = self.company_data["default_account_revenue"].copy({"name": "Wallet app in transit"})
        account.account_type = "asset_current"
        app = self.env["pos.payment.method"].create(
            {
                "name": "Wallet app",
                "journal_id": self.company_data["default_journal_bank"].id,
                "outstanding_account_id": account.id,
            }
        )
        self.close()
        self.config.payment_method_ids = [Command.link(app.id)]
        self.reopen()
        order = self.sync(self.order_vals([(app, 12.5, str(uuid4()))]))
        self.check_books()
        self.reopen()
        self.back(order, 4.0, app)
        self.check_books()
        self.assertEqual(self.balance(account), 850)

    # -- months --------------------------------------------------------------------

    def test_a_session_over_the_end_of_a_month_says_in_which_month_its_sales_are_booked(self):
        order = self.sell(12.5)
        self.assertFalse(self.session.get_closing_control_data()["campus_late"])
        self.company.partner_id.tz = "Asia/Shanghai"
        # 23:59 on the last day of October in Shanghai; closed two minutes later
        order.sudo().date_order = "2025-10-31 15:59:00"
        with freeze_time("2025-10-31 15:59:30"):
            self.assertFalse(self.session.get_closing_control_data()["campus_late"])
        with freeze_time("2025-10-31 16:01:00"):
            self.assertIn("another month", self.session.get_closing_control_data()["campus_late"])
            self.close()
        self.assertTrue(any("another month" in (m.body or "") for m in self.session.message_ids))

    def test_two_sessions_of_refunds_one_after_the_other(self):
        (order,) = self.sold_before(12.5)
        self.back(order, 4.0)
        self.check_books()
        self.reopen()
        self.back(order, 8.5)
        self.check_books()
        self.assertEqual(self.earned(), 0)
