from uuid import uuid4

from odoo.addons.campus_pos.tests.common import WANG_UID, CampusPosCommon
from odoo.fields import Date
from odoo.tests import tagged


@tagged("post_install", "-at_install")
class TestPosClosing(CampusPosCommon):
    """A till's session and the day close book a sale once between them."""

    def clearing(self):
        """Balance of the clearing account in cents, debits positive."""
        lines = self.sudo_env["account.move.line"].search(
            [
                ("account_id", "=", self.company.campus_clearing_account_id.id),
                ("parent_state", "=", "posted"),
            ]
        )
        return round(sum(lines.mapped("balance")) * 100)

    def assertAgrees(self):
        bridge = self.sudo_env["campus.bridge"]._check(self.company)
        self.assertTrue(bridge.is_balanced, bridge.line_ids.read())

    def sell_some(self):
        """12.50 sold, 20.00 sold half in cash, 2.50 given back."""
        self.top_up(self.lin_card, 10_000)
        self.top_up(self.wang_card, 500, kind="subsidy", plan="subsidy", account="subsidy_fund")
        self.top_up(self.wang_card, 2_000)
        sale = self.sell(12.5)
        answer = self.authorise(1_000, WANG_UID)
        self.sync(self.order_vals([(self.method, 10.0, answer["uuid"]), (self.cash_method, 10.0, None)]))
        refund = self.refund_vals(sale, [(self.method, -2.5, str(uuid4()))])
        self.sync(refund)

    def close_session(self):
        session = self.session.sudo()
        session.post_closing_cash_details(10.0)
        session.close_session_from_ui()
        self.assertEqual(session.state, "closed")

    def close_day(self):
        Closing = self.sudo_env["campus.closing"]
        closing_id = Closing._close_day(self.company, Closing._business_today(self.company))
        return Closing.browse(closing_id)

    def test_session_first_then_the_day(self):
        self.sell_some()
        self.assertAgrees()
        self.close_session()
        self.assertEqual(self.clearing(), 2_000)
        self.assertAgrees()
        self.close_day()
        self.assertEqual(self.clearing(), 0)
        self.assertAgrees()

    def test_day_first_then_the_session(self):
        self.sell_some()
        self.close_day()
        self.assertEqual(self.clearing(), -2_000)
        self.assertAgrees()
        self.close_session()
        self.assertEqual(self.clearing(), 0)
        self.assertAgrees()

    def test_an_invoiced_sale_is_booked_once_as_well(self):
        self.top_up(self.lin_card, 10_000)
        answer = self.authorise(1_250)
        payments = [(self.method, 12.5, answer["uuid"])]
        # a cashier finds no holders among the customers
        guest = self.sudo_env["res.partner"].create({"name": "A Guest"})
        order = self.sync(self.order_vals(payments, partner_id=guest.id, to_invoice=True))
        self.assertTrue(order.sudo().account_move)
        self.assertAgrees()
        session = self.session.sudo()
        session.post_closing_cash_details(0.0)
        session.close_session_from_ui()
        self.assertAgrees()
        self.close_day()
        self.assertEqual(self.clearing(), 0)
        self.assertAgrees()

    def test_the_books_hold_every_cent_once(self):
        self.sell_some()
        self.close_session()
        closing = self.close_day()
        plan = {
            row.code: row.liability_account_id
            for row in self.sudo_env["campus.pocket.plan"].search([("company_id", "=", self.company.id)])
        }
        books = {
            account: round(-balance * 100)
            for account, balance in self.sudo_env["account.move.line"]._read_group(
                [("company_id", "=", self.company.id), ("parent_state", "=", "posted")],
                ["account_id"],
                ["balance:sum"],
            )
        }
        self.assertEqual(books[plan["cash"]], 10_000 + 2_000 - 1_000 - 500)
        self.assertEqual(books[plan["subsidy"]], 0)
        income = self.lunch.product_tmpl_id.get_product_accounts()["income"]
        self.assertEqual(books[income], 1_250 + 2_000 - 250)
        self.assertEqual(closing.date, Date.context_today(closing))

    def test_a_session_of_refunds_alone_clears_too(self):
        self.top_up(self.lin_card, 10_000)
        sale = self.sell(12.5)
        session = self.session.sudo()
        session.post_closing_cash_details(0.0)
        session.close_session_from_ui()
        self.setUp()
        self.sync(self.refund_vals(sale, [(self.method, -4.0, str(uuid4()))]))
        self.assertAgrees()
        session = self.session.sudo()
        session.post_closing_cash_details(0.0)
        session.close_session_from_ui()
        self.assertEqual(session.state, "closed")
        self.assertEqual(self.clearing(), 850)
        self.assertAgrees()
        self.close_day()
        self.assertEqual(self.clearing(), 0)
        self.assertAgrees()
        receivable = self.sudo_env["account.move.line"].search(
            [("account_id", "=", self.company.account_default_pos_receivable_account_id.id)]
        )
        self.assertEqual(sum(receivable.mapped("balance")), 0)

    def test_card_money_given_in_cash_is_in_the_books_once(self):
        self.top_up(self.lin_card, 10_000)
        sale = self.sell(12.5)
        # who tests is a manager of the point of sale
        self.session = self.session.with_user(self.env.user)
        vals = self.refund_vals(sale, [(self.cash_method, -12.5, str(uuid4()))])
        self.sync({**vals, "campus_cash_reason": "Leaves today"})
        self.assertAgrees()
        self.session.post_closing_cash_details(-12.5)
        self.session.close_session_from_ui()
        self.assertEqual(self.clearing(), 1_250)
        self.assertAgrees()
        self.close_day()
        self.assertEqual(self.clearing(), 0)
        self.assertAgrees()

    def test_a_till_left_open_over_a_month_is_named_by_the_bridge(self):
        self.top_up(self.lin_card, 10_000)
        order = self.sell(12.5)
        bridges = self.sudo_env["campus.bridge"]
        self.assertFalse(bridges._check(self.company).till_note)
        order.sudo().date_order = "2025-10-15 04:00:00"
        note = bridges._check(self.company).till_note
        self.assertIn(self.config.name, note)
        self.assertIn("another month", note)
        self.session.sudo().post_closing_cash_details(0.0)
        self.session.sudo().close_session_from_ui()
        self.assertFalse(bridges._check(self.company).till_note)
