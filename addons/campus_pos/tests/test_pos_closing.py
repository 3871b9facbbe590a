from uuid import uuid4

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger
from psycopg2.errors import UniqueViolation

from .common import CampusPosCommon


@tagged("post_install", "-at_install")
class TestCampusPosClosing(CampusPosCommon):
    """The end of a session: its books, and payments that never became an order."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.top_up(cls.lin_card, 6000)

    # -- the books -----------------------------------------------------------------

    def test_the_session_books_card_sales_on_the_clearing_account(self):
        order = self.sell(12.5)
        self.sync(self.refund_vals(order, [(self.method, -4.0, str(uuid4()))]))
        self.session.post_closing_cash_details(0)
        self.assertTrue(self.session.close_session_from_ui()["successful"])
        lines = self.sudo_env["account.move.line"].search(
            [("account_id", "=", self.company.campus_clearing_account_id.id)]
        )
        self.assertEqual(sum(lines.mapped("balance")), 8.5)
        self.assertEqual(self.earned(), 850)

    def test_a_difference_typed_for_the_card_is_not_booked(self):
        self.sell(12.5)
        self.session.post_closing_cash_details(0)
        self.session.close_session_from_ui([(self.method.id, -5.0)])
        lines = self.sudo_env["account.move.line"].search(
            [("account_id", "=", self.company.campus_clearing_account_id.id)]
        )
        self.assertEqual(sum(lines.mapped("balance")), 12.5)

    # -- closing -------------------------------------------------------------------

    def test_a_session_with_an_open_payment_does_not_close(self):
        self.authorise(1250)
        self.session.post_closing_cash_details(0)
        answer = self.session.close_session_from_ui()
        self.assertFalse(answer["successful"])
        with self.assertRaises(UserError), self.cr.savepoint():
            self.session.action_pos_session_closing_control()
        self.assertNotEqual(self.session.state, "closed")

    def test_a_session_ends_by_being_booked_and_not_by_writing_its_state(self):
        self.sell(12.5)
        with self.assertRaisesRegex(UserError, "not booked yet"), self.cr.savepoint():
            self.session.write({"state": "closed"})
        uuid = self.authorise(1250)["uuid"]
        with self.assertRaisesRegex(UserError, "authorised"), self.cr.savepoint():
            self.session.write({"state": "closed"})
        self.session.campus_card_settle_payment(uuid, False)
        self.session.post_closing_cash_details(0)
        self.assertTrue(self.session.close_session_from_ui()["successful"])
        with self.assertRaisesRegex(UserError, "stays closed"), self.cr.savepoint():
            self.session.write({"state": "opened"})

    def test_a_released_payment_lets_the_session_close(self):
        uuid = self.authorise(1250)["uuid"]
        (row,) = self.session.campus_card_open_payments()
        self.assertEqual((row["uuid"], row["holder"], row["amount_minor"]), (uuid, "Lin Xiaoyu", 1250))
        self.assertEqual(self.session.campus_card_settle_payment(uuid, False), "released")
        self.assertFalse(self.session.campus_card_open_payments())
        self.session.post_closing_cash_details(0)
        self.assertTrue(self.session.close_session_from_ui()["successful"])
        self.assertEqual(self.money(self.lin_card), (6000, 0))

    def test_a_charged_payment_becomes_an_order_and_the_books_agree(self):
        uuid = self.authorise(1250)["uuid"]
        self.assertEqual(self.session.campus_card_settle_payment(uuid, True), "captured")
        order = self.session.order_ids
        self.assertEqual((order.state, order.amount_total, order.payment_ids.uuid), ("paid", 12.5, uuid))
        self.assertIn("Lin Xiaoyu", self.session.message_ids[0].body)
        self.session.post_closing_cash_details(0)
        self.assertTrue(self.session.close_session_from_ui()["successful"])
        lines = self.sudo_env["account.move.line"].search(
            [("account_id", "=", self.company.campus_clearing_account_id.id)]
        )
        self.assertEqual((sum(lines.mapped("balance")), self.earned()), (12.5, 1250))

    def test_an_order_found_after_its_payment_was_charged_is_refused(self):
        uuid = self.authorise(1250)["uuid"]
        self.session.campus_card_settle_payment(uuid, True)
        with self.assertRaises(UniqueViolation), self.cr.savepoint(), mute_logger("odoo.sql_db"):
            self.sync(self.order_vals([(self.method, 12.5, uuid)]))
        self.assertEqual(self.earned(), 1250)
