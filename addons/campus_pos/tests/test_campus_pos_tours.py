from odoo.addons.point_of_sale.tests.test_frontend import TestPointOfSaleHttpCommon
from odoo.tests import tagged

from .common import LIN_UID, WANG_UID, CampusPosFixture


@tagged("post_install", "-at_install")
class TestCampusPosTours(CampusPosFixture, TestPointOfSaleHttpCommon):
    """A cashier with a reader, in Chromium."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.pos_user.write({"company_id": cls.env.company.id})
        cls.setup_campus(cls.main_pos_config, cls.pos_user)
        cls.top_up(cls.lin_card, 5000)
        cls.top_up(cls.wang_card, 620)
        _holder, cls.frozen_card = cls.create_holder("Zhao Zihan", "P2023003", "04F0F0F0")
        cls.top_up(cls.frozen_card, 5000)
        cls.frozen_card._do("freeze")
        cls.sudo_env["product.product"].create(
            {
                "name": "Campus Lunch",
                "list_price": 12.5,
                "type": "service",
                "available_in_pos": True,
                "taxes_id": False,
            }
        )

    def orders(self):
        return self.main_pos_config.current_session_id.order_ids

    def open_reservations(self):
        return self.sudo_env["campus.reservation"].search([("state", "=", "open")])

    def test_one_scan_pays_and_the_next_order_opens(self):
        self.start_pos_tour("campus_pos_sale")
        paid = self.orders().filtered(lambda order: order.state == "paid")
        self.assertEqual(sorted(paid.mapped("amount_total")), [12.5, 25.0])
        self.assertEqual(set(paid.payment_ids.mapped("cardholder_name")), {"Lin Xiaoyu"})
        self.assertEqual(self.money(self.lin_card), (1250, 0))
        self.assertEqual(self.earned(), 3750)

    def test_a_refusal_is_explained_and_the_rest_is_paid_in_cash(self):
        self.start_pos_tour("campus_pos_refused")
        self.assertEqual(self.money(self.wang_card), (0, 0))
        self.assertEqual(self.money(self.frozen_card), (5000, 0))
        self.assertEqual(self.earned(), 620)
        self.assertFalse(self.open_reservations())

    def test_above_the_pin_sum_the_popup_asks_for_the_pin(self):
        wallet = self.lin_card.wallet_id
        wallet.pin_above_minor = 1000
        wallet._store_pin(wallet._seal_pin("2580"))
        self.start_pos_tour("campus_pos_pin")
        self.assertEqual(self.money(self.lin_card), (3750, 0))

    def test_three_taps_at_once_are_one_payment(self):
        self.start_pos_tour("campus_pos_double_tap")
        self.assertEqual(self.money(self.lin_card), (3750, 0))
        self.assertEqual(self.money(self.wang_card), (620, 0))
        self.assertEqual(len(self.orders().payment_ids), 1)

    def test_a_lost_answer_is_asked_for_and_charged_once(self):
        self.top_up(self.wang_card, 1000)
        self.start_pos_tour("campus_pos_lost_answer")
        self.assertEqual(self.money(self.lin_card), (3750, 0))
        self.assertEqual(self.money(self.wang_card), (1620, 0))
        self.assertFalse(self.open_reservations())

    def test_a_card_payment_is_taken_back_before_the_order_is_stored(self):
        self.start_pos_tour("campus_pos_reversal")
        self.assertEqual(self.money(self.wang_card), (620, 0))
        self.assertEqual(self.orders().payment_ids.payment_method_id.type, "cash")
        self.assertEqual(self.earned(), 0)

    def test_offline_the_card_is_refused_and_cash_is_taken(self):
        self.start_pos_tour("campus_pos_offline")
        self.assertEqual(self.money(self.lin_card), (5000, 0))
        self.assertEqual(self.earned(), 0)

    def test_a_reload_in_the_middle_neither_loses_nor_doubles(self):
        self.start_pos_tour("campus_pos_reload", timeout=180)
        self.assertEqual(self.money(self.lin_card), (2500, 0))
        self.assertEqual(self.orders().mapped("state"), ["paid", "paid"])

    def test_a_partial_refund_goes_back_to_the_card(self):
        self.start_pos_tour("campus_pos_refund")
        self.assertEqual(self.money(self.lin_card), (3750, 0))
        self.assertEqual(self.earned(), 1250)

    def test_a_cashier_gives_card_money_back_to_the_card(self):
        self.start_pos_tour("campus_pos_refund_in_cash")
        self.assertEqual(self.money(self.lin_card), (3750, 0))
        self.assertEqual(self.earned(), 1250)
        self.assertFalse(self.orders().payment_ids.filtered(lambda p: p.payment_method_id.type == "cash"))

    def test_a_manager_gives_card_money_back_in_cash_and_says_why(self):
        self.start_pos_tour("campus_pos_refund_by_manager", login="pos_admin")
        refund = self.orders().filtered(lambda order: order.amount_total < 0)
        self.assertEqual(refund.campus_cash_reason, "The holder is leaving today")
        self.assertEqual(refund.payment_ids.payment_method_id.type, "cash")
        self.assertEqual((self.money(self.lin_card), self.earned()), ((2500, 0), 2500))

    def test_payments_without_an_order_are_settled_before_closing(self):
        self.main_pos_config.with_user(self.pos_user).open_ui()
        session = self.main_pos_config.current_session_id
        till = self.method.with_user(self.pos_user)
        for uuid, minor, uid in (
            ("11111111-1111-4111-8111-111111111111", 1750, LIN_UID),
            ("22222222-2222-4222-8222-222222222222", 620, WANG_UID),
        ):
            self.assertTrue(till.campus_card_authorise(uuid, minor, uid, session.id)["ok"])
        self.start_pos_tour("campus_pos_closing")
        self.assertEqual(session.state, "closed")
        self.assertEqual(self.money(self.lin_card), (2000, 0))
        self.assertEqual(self.money(self.wang_card), (620, 0))
        lines = self.sudo_env["account.move.line"].search(
            [("account_id", "=", self.company.campus_clearing_account_id.id)]
        )
        self.assertEqual(sum(lines.mapped("balance")), 30.0)
