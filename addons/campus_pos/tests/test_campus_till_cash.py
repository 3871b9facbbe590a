from uuid import uuid4

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .common import CampusPosCommon


@tagged("post_install", "-at_install")
class TestCampusTillCash(CampusPosCommon):
    """Card money goes back to the card, and once, whichever way a refund takes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = new_test_user(
            cls.env,
            "campus_till_manager",
            groups="base.group_user,point_of_sale.group_pos_manager",
            company_id=cls.env.company.id,
            company_ids=[Command.set(cls.env.company.ids)],
        )
        cls.top_up(cls.lin_card, 5000)

    def add_subsidy(self, minor):
        self.top_up(self.lin_card, minor, kind="subsidy", plan="subsidy", account="subsidy_fund")

    def in_cash(self, order, amount, **kwargs):
        return self.refund_vals(order, [(self.cash_method, -amount, str(uuid4()))], **kwargs)

    def to_card(self, order, amount):
        return self.refund_vals(order, [(self.method, -amount, str(uuid4()))])

    def as_manager(self):
        self.session = self.session.with_user(self.manager)

    def refuse(self, vals, text):
        with self.assertRaisesRegex(UserError, text), self.cr.savepoint():
            self.sync(vals)

    def sell_mixed(self, card, cash):
        answer = self.authorise(round(card * 100))
        return self.sync(
            self.order_vals([(self.method, card, answer["uuid"]), (self.cash_method, cash, str(uuid4()))])
        )

    # -- cashiers ----------------------------------------------------------------

    def test_a_cashier_gives_no_card_money_back_in_cash(self):
        order = self.sell(12.5)
        self.refuse(self.in_cash(order, 12.5), "goes back to the card")
        self.refuse(self.in_cash(order, 12.5, campus_cash_reason="the card is lost"), "goes back to the card")
        self.assertEqual((self.money(self.lin_card), self.earned()), ((3750, 0), 1250))

    def test_what_was_paid_in_cash_goes_back_in_cash_and_no_more(self):
        order = self.sell_mixed(8.0, 4.5)
        self.refuse(self.in_cash(order, 4.51), "0.01")
        self.sync(self.in_cash(order, 3.0))
        self.refuse(self.in_cash(order, 1.51), "0.01")
        self.sync(self.in_cash(order, 1.5))
        self.refuse(self.in_cash(order, 1.0), "1.00")
        self.sync(self.to_card(order, 8.0))
        self.assertEqual(self.money(self.lin_card), (5000, 0))

    def test_change_is_no_money_that_was_paid(self):
        answer = self.authorise(800)
        payments = [(self.method, 8.0, answer["uuid"]), (self.cash_method, 10.0, str(uuid4()))]
        order = self.sync(
            dict(
                self.order_vals(payments, lines=[self.line_vals(1, 12.5)]),
                amount_total=12.5,
                amount_paid=12.5,
                amount_return=-5.5,
            )
        )
        self.assertEqual(order.amount_paid, 12.5)
        self.refuse(self.in_cash(order, 4.51), "0.01")
        self.sync(self.in_cash(order, 4.5))

    def test_the_back_office_is_no_other_door(self):
        order = self.sell(12.5)
        refund = self.env["pos.order"].with_user(self.manager).browse(order.refund()["res_id"])
        wizard = self.env["pos.make.payment"].with_user(self.manager).with_context(active_id=refund.id)
        wizard = wizard.create({"payment_method_id": self.cash_method.id, "amount": refund.amount_total})
        with self.assertRaisesRegex(UserError, "Say why"), self.cr.savepoint():
            wizard.check()
        refund.campus_cash_reason = "Leaves today"
        wizard.check()
        self.assertEqual((refund.state, self.money(self.lin_card)), ("paid", (3750, 0)))

    def test_writing_that_a_refund_is_paid_is_no_other_door(self):
        order = self.sell(12.5)
        for state in ("paid", "done"):
            with self.assertRaisesRegex(UserError, "goes back to the card"), self.cr.savepoint():
                self.session.env["pos.order"].create(self.in_cash(order, 12.5, state=state))
        refund = self.sync(self.in_cash(order, 12.5, state="draft"))
        with self.assertRaisesRegex(UserError, "goes back to the card"), self.cr.savepoint():
            refund.write({"state": "paid"})

    def test_payments_of_such_orders_stay_as_they_are(self):
        order = self.sell_mixed(8.0, 4.5)
        cash = order.payment_ids.filtered(lambda p: p.payment_method_id == self.cash_method)
        payment = {"pos_order_id": order.id, "amount": 8.0, "payment_method_id": self.cash_method.id}
        refund = self.sync(self.to_card(order, 8.0))
        for change in (
            lambda: order.add_payment(payment),
            lambda: cash.write({"amount": 12.5}),
            lambda: cash.unlink(),
            lambda: refund.add_payment({**payment, "pos_order_id": refund.id, "amount": -4.5}),
        ):
            with self.assertRaises(UserError), self.cr.savepoint():
                change()

    def test_card_money_does_not_become_goods_that_become_cash(self):
        order = self.sell(12.5)
        lines = [self.line_vals(-1, 12.5, order.lines), self.line_vals(1, 20.0)]
        vals = self.order_vals([(self.cash_method, 7.5, str(uuid4()))], lines=lines)
        self.refuse(vals, "order of their own")

    def test_card_money_does_not_leave_as_cash_beside_another_way_of_payment(self):
        answer = self.authorise(1250)
        other = self.sudo_env["pos.payment.method"].create({"name": "Invoice", "split_transactions": True})
        # the till of this test is open
        config = self.config.with_context(bypass_payment_method_ids_forbidden_change=True)
        config.payment_method_ids = [Command.link(other.id)]
        payments = [(self.method, 12.5, answer["uuid"]), (self.cash_method, -12.5, str(uuid4()))]
        vals = self.order_vals([*payments, (other, 12.5, str(uuid4()))], lines=[self.line_vals(1, 12.5)])
        self.refuse(dict(vals, amount_total=12.5, partner_id=self.lin.id), "cannot pay money out by")

    def test_cash_does_not_become_card_money(self):
        order = self.sell_mixed(8.0, 4.5)
        payments = [(self.method, -8.0, str(uuid4())), (self.cash_method, 4.0, str(uuid4()))]
        self.refuse(self.refund_vals(order, payments), "refund more to the card")
        payments = [(self.method, -8.0, str(uuid4())), (self.cash_method, 0.5, str(uuid4()))]
        self.refuse(self.refund_vals(order, payments), "refund more to the card")

    def test_goods_without_an_order_are_paid_for_by_a_manager(self):
        vals = self.order_vals([(self.cash_method, -12.5, str(uuid4()))], lines=[self.line_vals(-1, 12.5)])
        self.refuse(dict(vals), "Refund the order")
        self.as_manager()
        self.refuse(dict(vals), "Say why")
        self.sync({**vals, "campus_cash_reason": "Deposit of a bottle"})

    def test_an_order_that_nobody_paid_is_no_order(self):
        draft = self.sync(self.order_vals([], state="draft", lines=[self.line_vals(1, 12.5)]))
        self.refuse(self.in_cash(draft, 12.5), "Refund the order")

    def test_a_sale_in_cash_is_refunded_in_cash(self):
        order = self.sync(self.order_vals([(self.cash_method, 12.5, str(uuid4()))]))
        self.sync(self.in_cash(order, 12.5))

    def test_a_sale_in_cash_is_refunded_once(self):
        order = self.sync(self.order_vals([(self.cash_method, 12.5, str(uuid4()))]))
        self.refuse(self.in_cash(order, 12.51), "Only .*12.50.*Lunch.*can still be refunded")
        vals = self.in_cash(order, 8.0)
        self.sync(dict(vals))
        self.sync(dict(vals))
        self.refuse(self.in_cash(order, 4.52), "Only .*4.50")
        self.as_manager()
        self.refuse(self.in_cash(order, 12.5, campus_cash_reason="Leaves today"), "Only .*4.50")
        self.sync(self.in_cash(order, 4.5))
        self.refuse(self.in_cash(order, 1.0), "Only .*0.00")

    def test_a_refund_that_nobody_has_paid_yet_takes_nothing_from_what_is_left(self):
        order = self.sync(self.order_vals([(self.cash_method, 12.5, str(uuid4()))]))
        self.sync(dict(self.in_cash(order, 12.5), state="draft", payment_ids=[]))
        self.sync(self.in_cash(order, 12.5))

    # -- managers ----------------------------------------------------------------

    def test_a_manager_gives_cash_with_a_reason_and_the_ledger_knows(self):
        order = self.sell(12.5)
        self.as_manager()
        for reason in ({}, {"campus_cash_reason": "  "}):
            self.refuse(self.in_cash(order, 12.5, **reason), "Say why")
        refund = self.sync(self.in_cash(order, 12.5, campus_cash_reason="Leaves today"))
        self.assertEqual((self.money(self.lin_card), self.earned()), ((3750, 0), 1250))
        moved = self.sudo_env["campus.transfer"].search([("origin", "=", f"pos.order,{refund.id}")])
        self.assertEqual(set(moved.mapped("kind")), {"purchase", "payout"})
        self.assertEqual(set(moved.mapped("memo")), {"Leaves today"})
        self.assertIn("Leaves today", refund.message_ids[0].body)
        domain = refund.with_user(self.env.user).action_view_campus_transfers()["domain"]
        self.assertEqual(self.sudo_env["campus.transfer"].search(domain), moved)

    def test_the_same_money_does_not_go_out_twice(self):
        order = self.sell(12.5)
        self.as_manager()
        self.sync(self.in_cash(order, 10.0, campus_cash_reason="Leaves today"))
        self.refuse(self.to_card(order, 12.5), "2.50")
        self.refuse(self.in_cash(order, 2.51, campus_cash_reason="Leaves today"), "2.50")
        quote = self.till.campus_card_quote_refund(str(uuid4()), 1250, order.id, self.session.id)
        self.assertEqual(quote["left_minor"], 250)
        self.sync(self.to_card(order, 2.5))
        self.refuse(self.in_cash(order, 0.01, campus_cash_reason="Leaves today"), "0.00")
        self.assertEqual(self.money(self.lin_card), (4000, 0))

    def test_the_card_first_and_then_cash_is_not_twice_either(self):
        order = self.sell(12.5)
        self.sync(self.to_card(order, 12.5))
        self.as_manager()
        self.refuse(self.in_cash(order, 12.5, campus_cash_reason="Leaves today"), "0.00")

    def test_a_refund_that_comes_twice_is_paid_out_once(self):
        order = self.sell(12.5)
        self.as_manager()
        vals = self.in_cash(order, 12.5, campus_cash_reason="Leaves today")
        refund = self.sync(dict(vals))
        self.sync(dict(vals))
        refund.sudo()._campus_settle()
        self.assertEqual((self.money(self.lin_card), self.earned()), ((3750, 0), 1250))

    def test_a_pocket_that_is_not_paid_out_never_becomes_cash(self):
        self.add_subsidy(1000)
        order = self.sell(12.5)
        self.as_manager()
        self.refuse(self.in_cash(order, 12.5, campus_cash_reason="Leaves today"), "never paid out")
        # of 12.50 the last 2.50 came from the pocket that is
        self.sync(self.in_cash(order, 2.5, campus_cash_reason="Leaves today"))
        self.refuse(self.in_cash(order, 1.0, campus_cash_reason="Leaves today"), "never paid out")
        self.sync(self.to_card(order, 10.0))
        self.assertEqual(self.money(self.lin_card), (5750, 0))

    def test_the_books_are_even_after_cash_was_given(self):
        order = self.sell(12.5)
        self.as_manager()
        self.sync(self.in_cash(order, 12.5, campus_cash_reason="Leaves today"))
        self.session.post_closing_cash_details(-12.5)
        self.assertTrue(self.session.close_session_from_ui()["successful"])
        clearing = self.sudo_env["account.move.line"].search(
            [("account_id", "=", self.company.campus_clearing_account_id.id)]
        )
        self.assertEqual(round(sum(clearing.mapped("balance")) * 100), self.earned())

    # -- asked beforehand ------------------------------------------------------------

    def test_the_till_learns_before_the_drawer_is_opened(self):
        order = self.sell_mixed(8.0, 4.5)
        ask = self.till.campus_card_quote_cash
        self.assertEqual(ask(450, order.id, self.session.id), {"card_minor": 0, "may": False})
        self.assertEqual(ask(500, order.id, self.session.id), {"card_minor": 50, "may": False})
        self.assertEqual(ask(500, False, self.session.id), {"card_minor": 500, "may": False})
        self.till = self.method.with_user(self.manager)
        answer = self.till.campus_card_quote_cash(1250, order.id, self.session.id)
        self.assertEqual(answer, {"card_minor": 800, "may": True})
