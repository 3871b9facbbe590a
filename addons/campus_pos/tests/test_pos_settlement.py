from uuid import uuid4

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger
from psycopg2.errors import UniqueViolation

from .common import WANG_UID, CampusPosCommon


@tagged("post_install", "-at_install")
class TestPosSettlement(CampusPosCommon):
    """Orders on their way into the database: money moves with them, or they are refused."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.top_up(cls.lin_card, 5000)
        cls.top_up(cls.lin_card, 1000, kind="subsidy", plan="subsidy", account="subsidy_fund")

    def pocket(self, plan):
        return self.lin_card.wallet_id.pocket_ids.filtered(lambda p: p.plan_id.code == plan)

    # -- sales -------------------------------------------------------------------

    def test_a_sale_moves_the_money_with_the_order(self):
        order = self.sell(12.5)
        self.assertEqual(order.state, "paid")
        self.assertEqual(self.money(self.lin_card), (4750, 0))
        self.assertEqual(self.earned(), 1250)
        payment = order.payment_ids
        self.assertEqual(payment.cardholder_name, "Lin Xiaoyu")
        transfers = self.sudo_env["campus.transfer"].search([("uuid", "=", payment.uuid)])
        self.assertEqual(set(transfers.mapped("origin")), {f"pos.order,{order.id}"})
        self.assertEqual(transfers.card_id, self.lin_card)

    def test_the_same_order_twice_is_one_sale(self):
        answer = self.authorise(1250)
        vals = self.order_vals([(self.method, 12.5, answer["uuid"])])
        order = self.sync(dict(vals))
        self.assertEqual(self.sync(dict(vals)), order)
        self.assertEqual(self.earned(), 1250)

    def test_card_and_cash_pay_one_order(self):
        answer = self.authorise(800)
        order = self.sync(
            self.order_vals([(self.method, 8.0, answer["uuid"]), (self.cash_method, 4.5, str(uuid4()))])
        )
        self.assertEqual(order.amount_paid, 12.5)
        self.assertEqual(self.earned(), 800)

    def test_two_cards_pay_one_order(self):
        self.top_up(self.wang_card, 1000)
        first, second = self.authorise(800), self.authorise(450, WANG_UID)
        self.sync(self.order_vals([(self.method, 8.0, first["uuid"]), (self.method, 4.5, second["uuid"])]))
        self.assertEqual(self.money(self.wang_card), (550, 0))
        self.assertEqual(self.earned(), 1250)

    def test_amounts_that_floats_cannot_hold_are_exact_cents(self):
        for minor in (10, 29, 57, 115, 1999, 3333):
            self.sell(minor / 100)
        self.assertEqual(self.earned(), 10 + 29 + 57 + 115 + 1999 + 3333)

    def test_a_draft_order_moves_nothing_and_pays_later(self):
        answer = self.authorise(1250)
        vals = self.order_vals([(self.method, 12.5, answer["uuid"])], state="draft")
        order = self.sync(dict(vals, lines=list(vals["lines"])))
        self.assertEqual(order.state, "draft")
        self.assertEqual(self.money(self.lin_card), (6000, 1250))
        self.sync(dict(vals, state="paid", lines=[], payment_ids=[], access_token=order.access_token))
        self.assertEqual(order.state, "paid")
        self.assertEqual(self.earned(), 1250)

    # -- what the browser may not say ------------------------------------------------

    def refuse(self, vals, text):
        with self.assertRaisesRegex(UserError, text), self.cr.savepoint():
            self.sync(vals)
        self.assertFalse(self.env["pos.order"].search([("uuid", "=", vals["uuid"])]))
        self.assertEqual(self.earned(), 0)

    def test_a_payment_without_a_tap_is_refused(self):
        self.refuse(self.order_vals([(self.method, 12.5, str(uuid4()))]), "no card was tapped")

    def test_a_payment_with_an_id_of_another_form_is_refused(self):
        self.refuse(self.order_vals([(self.method, 12.5, "1' OR '1'='1")]), "not the id")

    def test_another_amount_than_authorised_is_refused(self):
        for amount in (12.49, 12.51):
            uuid = self.authorise(1250)["uuid"]
            self.refuse(self.order_vals([(self.method, amount, uuid)]), "another amount")

    def test_a_payment_of_another_till_is_refused(self):
        uuid = self.authorise(1250)["uuid"]
        other = self.config.copy({"name": "Canteen 2"})
        other._campus_setup_pos()
        other.with_user(self.cashier).open_ui()
        vals = self.order_vals([(self.method, 12.5, uuid)], session_id=other.current_session_id.id)
        self.refuse(vals, "another till")

    def test_a_released_payment_is_refused(self):
        uuid = self.authorise(1250)["uuid"]
        self.till.campus_card_release(uuid, self.session.id)
        self.refuse(self.order_vals([(self.method, 12.5, uuid)]), "settled before")

    def test_one_tap_pays_one_order(self):
        order = self.sell(12.5)
        uuid = order.payment_ids.uuid
        with self.assertRaises(UniqueViolation), self.cr.savepoint(), mute_logger("odoo.sql_db"):
            self.sync(self.order_vals([(self.method, 12.5, uuid)]))
        self.assertEqual(self.earned(), 1250)

    def test_a_card_is_no_cash_machine(self):
        """Paying 50.00 by card for goods of 12.50 and taking the change in cash."""
        uuid = self.authorise(5000)["uuid"]
        vals = self.order_vals([(self.method, 50.0, uuid)], lines=[self.line_vals(1, 12.5)])
        self.refuse(dict(vals, amount_total=12.5, amount_return=-37.5), "more than the order costs")

    def test_an_order_is_not_paid_by_writing_that_it_is(self):
        vals = self.order_vals([(self.method, 12.5, str(uuid4()))], state="draft")
        order = self.sync(vals)
        for state in ("paid", "done"):
            with self.assertRaises(UserError), self.cr.savepoint():
                order.write({"state": state})

    def test_a_card_payment_added_to_a_paid_order_is_refused(self):
        order = self.sync(self.order_vals([(self.cash_method, 12.5, str(uuid4()))]))
        with self.assertRaises(UserError), self.cr.savepoint():
            order.add_payment({"pos_order_id": order.id, "amount": 12.5, "payment_method_id": self.method.id})
        with self.assertRaises(UserError), self.cr.savepoint():
            order.payment_ids.payment_method_id = self.method

    def test_a_booked_payment_is_neither_changed_nor_deleted(self):
        payment = self.sell(12.5).payment_ids
        for vals in ({"amount": 1}, {"payment_method_id": self.cash_method.id}, {"uuid": str(uuid4())}):
            with self.assertRaises(UserError), self.cr.savepoint():
                payment.write(vals)
        with self.assertRaises(UserError), self.cr.savepoint():
            payment.unlink()
        payment.write({"amount": 12.5, "ticket": "printed"})

    def test_a_removed_payment_of_a_draft_order_is_released(self):
        uuid = self.authorise(1250)["uuid"]
        order = self.sync(self.order_vals([(self.method, 12.5, uuid)], state="draft"))
        order.payment_ids.unlink()
        self.assertEqual(self.money(self.lin_card), (6000, 0))

    def test_a_cancelled_order_is_released(self):
        uuid = self.authorise(1250)["uuid"]
        order = self.sync(self.order_vals([(self.method, 12.5, uuid)], state="draft"))
        order.action_pos_order_cancel()
        self.assertEqual(self.money(self.lin_card), (6000, 0))

    # -- refunds -------------------------------------------------------------------

    def test_a_refund_goes_back_to_the_same_pockets(self):
        order = self.sell(12.5)
        self.assertEqual(self.pocket("subsidy").balance_minor, 0)
        vals = self.refund_vals(order, [(self.method, -12.5, str(uuid4()))])
        self.sync(vals)
        self.assertEqual(self.pocket("subsidy").balance_minor, 1000)
        self.assertEqual(self.pocket("cash").balance_minor, 5000)
        self.assertEqual(self.earned(), 0)

    def test_partial_refunds_give_back_at_most_what_was_paid(self):
        order = self.sell(12.5)
        self.sync(self.refund_vals(order, [(self.method, -4.0, str(uuid4()))]))
        self.assertEqual(self.money(self.lin_card), (5150, 0))
        self.sync(self.refund_vals(order, [(self.method, -8.5, str(uuid4()))]))
        self.assertEqual(self.money(self.lin_card), (6000, 0))
        with self.assertRaisesRegex(UserError, "0.00"), self.cr.savepoint():
            self.sync(self.refund_vals(order, [(self.method, -0.01, str(uuid4()))]))
        self.assertEqual(self.earned(), 0)

    def test_a_refund_that_comes_twice_is_booked_once(self):
        order = self.sell(12.5)
        vals = self.refund_vals(order, [(self.method, -4.0, str(uuid4()))])
        refund = self.sync(dict(vals))
        self.sync(dict(vals))
        refund.payment_ids._campus_settle()
        self.assertEqual(self.money(self.lin_card), (5150, 0))

    def test_a_refund_of_an_order_of_two_cards_goes_to_both(self):
        self.top_up(self.wang_card, 1000)
        first, second = self.authorise(800), self.authorise(450, WANG_UID)
        order = self.sync(
            self.order_vals([(self.method, 8.0, first["uuid"]), (self.method, 4.5, second["uuid"])])
        )
        self.sync(self.refund_vals(order, [(self.method, -10.0, str(uuid4()))]))
        self.assertEqual(self.money(self.wang_card), (1000, 0))
        self.assertEqual(self.money(self.lin_card), (5750, 0))
        self.assertEqual(self.earned(), 250)

    def test_what_was_paid_in_cash_is_not_refunded_to_the_card(self):
        answer = self.authorise(800)
        order = self.sync(
            self.order_vals([(self.method, 8.0, answer["uuid"]), (self.cash_method, 4.5, str(uuid4()))])
        )
        with self.assertRaisesRegex(UserError, "8.00"), self.cr.savepoint():
            self.sync(self.refund_vals(order, [(self.method, -12.5, str(uuid4()))]))
        self.sync(
            self.refund_vals(
                order, [(self.method, -8.0, str(uuid4())), (self.cash_method, -4.5, str(uuid4()))]
            )
        )
        self.assertEqual(self.money(self.lin_card), (6000, 0))

    def test_a_refund_without_an_order_that_was_paid_by_card_is_refused(self):
        vals = self.order_vals([(self.method, -12.5, str(uuid4()))], lines=[self.line_vals(-1, 12.5)])
        self.refuse(vals, "refunded")

    def test_a_frozen_holder_gets_a_refund_all_the_same(self):
        order = self.sell(12.5)
        self.lin_card._do("freeze")
        self.lin_card.wallet_id.action_freeze()
        self.sync(self.refund_vals(order, [(self.method, -12.5, str(uuid4()))]))
        self.assertEqual(self.money(self.lin_card), (6000, 0))

    def test_the_quote_of_a_refund_moves_nothing_and_tells_the_truth(self):
        order = self.sell(12.5)
        uuid = str(uuid4())
        quote = self.till.campus_card_quote_refund(uuid, 400, order.id, self.session.id)
        self.assertTrue(quote["ok"])
        self.assertEqual((quote["before_minor"], quote["after_minor"]), (4750, 5150))
        self.assertEqual(quote["left_minor"], 1250)
        self.assertEqual([part["holder"]["name"] for part in quote["parts"]], ["Lin Xiaoyu"])
        self.assertEqual(self.money(self.lin_card), (4750, 0))
        self.sync(self.refund_vals(order, [(self.method, -4.0, uuid)]))
        self.assertEqual(self.money(self.lin_card), (5150, 0))

    def test_the_quote_of_too_large_a_refund_says_what_is_possible(self):
        order = self.sell(12.5)
        quote = self.till.campus_card_quote_refund(str(uuid4()), 1300, order.id, self.session.id)
        self.assertEqual((quote["ok"], quote["code"]), (False, "reversal_exceeds"))
        self.assertEqual(quote["left_minor"], 1250)
        self.assertEqual(quote["holder"]["name"], "Lin Xiaoyu")

    def test_payments_added_through_the_backend_follow_the_same_rules(self):
        order = self.sell(12.5)
        refund = self.env["pos.order"].browse(order.refund()["res_id"])
        wizard = self.env["pos.make.payment"].with_context(active_id=refund.id)
        wizard = wizard.create({"payment_method_id": self.method.id, "amount": refund.amount_total})
        wizard.with_context(active_id=refund.id).check()
        self.assertEqual(refund.state, "paid")
        self.assertEqual(self.money(self.lin_card), (6000, 0))
