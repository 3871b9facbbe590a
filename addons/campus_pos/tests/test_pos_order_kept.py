from uuid import uuid4

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import CampusPosCommon


@tagged("post_install", "-at_install")
class TestPosOrderKept(CampusPosCommon):
    """What a cashier's calls cannot change once an order is paid."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.top_up(cls.lin_card, 5000)
        cls.bank = cls.env["pos.payment.method"].create(
            {"name": "Bank card", "journal_id": cls.company_data["default_journal_bank"].id}
        )
        cls.config.payment_method_ids = [Command.link(cls.bank.id)]

    def orders(self):
        return self.sell(12.5), self.sync(self.order_vals([(self.cash_method, 12.5, str(uuid4()))]))

    def refuse(self, record, vals):
        with self.assertRaises(UserError, msg=vals), self.cr.savepoint():
            record.write(vals)

    def test_totals_prices_and_who_paid_stay(self):
        for order in self.orders():
            for vals in (
                {"amount_total": 1.0},
                {"amount_tax": 1.0},
                {"amount_paid": 1.0},
                {"amount_return": 1.0},
                {"uuid": str(uuid4())},
                {"pos_reference": "another"},
                {"user_id": self.env.user.id},
                {"date_order": "2020-01-01 00:00:00"},
                {"session_id": False},
                {"campus_cash_reason": "later"},
                {"lines": [self.line_vals(1, 1.0)]},
                {"lines": [Command.update(order.lines.id, {"price_unit": 1.0})]},
            ):
                self.refuse(order, vals)
            for vals in (
                {"price_unit": 1.0},
                {"qty": 2},
                {"discount": 50},
                {"price_subtotal": 1.0},
                {"price_subtotal_incl": 1.0},
                {"product_id": self.product_a.id},
                {"uuid": str(uuid4())},
                {"refunded_orderline_id": order.lines.id},
            ):
                self.refuse(order.lines, vals)
        payment = self.orders()[0].payment_ids
        for vals in (
            {"cardholder_name": "Somebody Else"},
            {"card_no": "0000"},
            {"transaction_id": "another"},
            {"payment_date": "2020-01-01 00:00:00"},
        ):
            self.refuse(payment, vals)
        self.assertEqual(payment.cardholder_name, "Lin Xiaoyu")

    def test_lines_do_not_move_between_orders(self):
        card, cash = self.orders()
        draft = self.sync(self.order_vals([], state="draft", lines=[self.line_vals(1, 1.0)]))
        self.refuse(draft.lines, {"order_id": card.id})
        self.refuse(cash.lines, {"order_id": draft.id})
        with self.assertRaises(UserError), self.cr.savepoint():
            draft.lines.copy({"order_id": card.id})

    def test_a_done_order_stays_too(self):
        order = self.sell(12.5)
        self.session.post_closing_cash_details(0)
        self.assertTrue(self.session.close_session_from_ui()["successful"])
        self.assertEqual(order.state, "done")
        self.refuse(order, {"amount_total": 1.0})
        self.refuse(order.lines, {"price_unit": 1.0})
        self.refuse(order.payment_ids, {"cardholder_name": "Somebody Else"})

    def test_what_odoo_writes_on_paid_orders_passes(self):
        orders = self.orders()
        self.assertTrue(orders)
        for order in orders:
            order.write({"internal_note": "two bowls", "partner_id": self.lin.id})
            order.lines.write({"customer_note": "no chili", "price_unit": order.lines.price_unit})
            order.write({"amount_total": order.amount_total, "amount_paid": order.amount_paid})
            order._compute_prices()
            order.payment_ids.write({"ticket": "printed"})
            self.assertEqual(order.amount_total, 12.5)

    def test_a_way_of_payment_typed_wrong_is_put_right(self):
        order = self.orders()[1]
        payment = order.payment_ids
        payment.with_user(self.cashier).payment_method_id = self.bank
        self.assertEqual(payment.payment_method_id, self.bank)
