from unittest.mock import patch
from uuid import uuid4

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ..const import MAX_CREDENTIAL
from .common import LIN_UID, WANG_UID, CampusPosCommon


@tagged("post_install", "-at_install")
class TestCampusTill(CampusPosCommon):
    """The questions that a till asks while a customer stands in front of it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.top_up(cls.lin_card, 5000)

    def test_a_tap_sets_the_money_aside_and_says_whose_it_is(self):
        answer = self.authorise(1250)
        self.assertTrue(answer["ok"])
        self.assertEqual(answer["state"], "open")
        self.assertEqual((answer["before_minor"], answer["after_minor"]), (5000, 3750))
        self.assertEqual(answer["pockets"], [{"plan": "cash", "name": "Cash", "amount_minor": 1250}])
        self.assertEqual(answer["holder"]["name"], "Lin Xiaoyu")
        self.assertEqual(answer["holder"]["department"], "Computer Science")
        self.assertEqual(answer["holder"]["role"], "Student")
        self.assertEqual(self.money(self.lin_card), (5000, 1250))
        self.assertEqual(self.earned(), 0)

    def test_every_form_of_the_uid_is_understood(self):
        for scan in ("04A1B2C3", "04:a1:b2:c3", "C3B2A104", "0077705923", "3283263748"):
            self.assertTrue(self.authorise(100, scan)["ok"], scan)

    def test_the_same_question_is_answered_once(self):
        uuid = str(uuid4())
        answers = [self.authorise(1250, uuid=uuid) for _ in range(3)]
        self.assertEqual(answers[0], answers[1])
        self.assertEqual(answers[1], answers[2])
        self.assertEqual(self.money(self.lin_card), (5000, 1250))

    def test_another_amount_under_the_same_id_is_refused(self):
        uuid = str(uuid4())
        self.authorise(1250, uuid=uuid)
        with mute_logger("odoo.addons.campus_card.models.campus_ledger"):
            self.assertEqual(self.authorise(1300, uuid=uuid)["code"], "conflict")
        self.assertEqual(self.money(self.lin_card), (5000, 1250))

    def test_not_enough_money_is_explained_with_numbers(self):
        answer = self.authorise(6000)
        self.assertFalse(answer["ok"])
        self.assertEqual(answer["code"], "insufficient")
        self.assertEqual(answer["numbers"]["available_minor"], 5000)
        self.assertEqual(answer["numbers"]["missing_minor"], 1000)
        self.assertIn("10.00", answer["message"])
        self.assertEqual(answer["holder"]["name"], "Lin Xiaoyu")
        self.assertEqual(self.money(self.lin_card), (5000, 0))

    def test_after_a_refusal_another_card_pays_under_the_same_line(self):
        uuid = str(uuid4())
        self.assertEqual(self.authorise(100, WANG_UID, uuid=uuid)["code"], "insufficient")
        self.assertTrue(self.authorise(100, LIN_UID, uuid=uuid, attempt=1)["ok"])

    def test_after_a_top_up_the_refused_card_pays(self):
        uuid = str(uuid4())
        self.assertEqual(self.authorise(100, WANG_UID, uuid=uuid)["code"], "insufficient")
        self.top_up(self.wang_card, 500)
        self.assertEqual(self.authorise(100, WANG_UID, uuid=uuid)["code"], "insufficient", "a replay")
        self.assertTrue(self.authorise(100, WANG_UID, uuid=uuid, attempt=1)["ok"])

    def test_a_card_frozen_a_second_ago_is_refused(self):
        self.assertTrue(self.authorise(100)["ok"])
        self.lin_card._do("freeze")
        answer = self.authorise(100)
        self.assertEqual(answer["code"], "card_frozen")
        self.assertEqual(answer["holder"]["name"], "Lin Xiaoyu")

    def test_an_unknown_card_is_refused_without_a_name(self):
        answer = self.authorise(100, "DEADBEEF")
        self.assertEqual(answer["code"], "unknown_card")
        self.assertFalse(answer["holder"])

    def test_a_frozen_wallet_is_refused_whatever_the_card(self):
        self.lin_card.wallet_id.action_freeze()
        self.assertEqual(self.authorise(100)["code"], "wallet_frozen")

    def test_subsidy_is_spent_before_cash_and_both_are_named(self):
        self.top_up(self.lin_card, 800, kind="subsidy", plan="subsidy", account="subsidy_fund")
        pockets = self.authorise(1250)["pockets"]
        self.assertEqual(
            [(pocket["plan"], pocket["amount_minor"]) for pocket in pockets],
            [("subsidy", 800), ("cash", 450)],
        )

    # -- release and status ----------------------------------------------------

    def test_cancelling_gives_the_money_back_once(self):
        uuid = self.authorise(1250)["uuid"]
        for _ in range(2):
            self.assertEqual(self.till.campus_card_release(uuid, self.session.id), "released")
        self.assertEqual(self.money(self.lin_card), (5000, 0))

    def test_cancelling_what_never_arrived_says_so(self):
        self.assertEqual(self.till.campus_card_release(str(uuid4()), self.session.id), "none")

    def test_a_cancelled_payment_does_not_come_back_by_a_replay(self):
        uuid = self.authorise(1250)["uuid"]
        self.till.campus_card_release(uuid, self.session.id)
        answer = self.authorise(1250, uuid=uuid)
        self.assertEqual(answer["code"], "reservation_closed")
        self.assertEqual(self.money(self.lin_card), (5000, 0))

    def test_the_status_of_a_lost_answer_is_the_answer(self):
        answer = self.authorise(1250)
        status = self.till.campus_card_status(answer["uuid"], self.session.id)
        self.assertEqual(status.pop("attempt"), 1)
        self.assertEqual(status, answer)

    def test_the_status_after_refusals_gives_the_next_attempt(self):
        uuid = str(uuid4())
        self.assertEqual(self.till.campus_card_status(uuid, self.session.id)["attempt"], 0)
        self.authorise(100, WANG_UID, uuid=uuid)
        status = self.till.campus_card_status(uuid, self.session.id)
        self.assertEqual((status["state"], status["attempt"]), ("none", 1))

    def test_a_payment_of_another_session_is_not_touched(self):
        uuid = self.authorise(1250)["uuid"]
        other = self.config.copy({"name": "Canteen 2"})
        other._campus_setup_pos()
        other.with_user(self.cashier).open_ui()
        session = other.current_session_id
        for verb in ("campus_card_release", "campus_card_status"):
            with self.assertRaises(UserError):
                getattr(self.till, verb)(uuid, session.id)
        self.assertEqual(self.money(self.lin_card), (5000, 1250))

    # -- photos ------------------------------------------------------------------

    def test_a_photo_link_works_for_the_cashier_who_saw_the_card_alone(self):
        pixel = (
            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
        )
        self.assertEqual(self.authorise(100)["holder"]["photo"], "")
        self.lin.image_1920 = pixel
        self.env.invalidate_all()
        token = self.authorise(100)["holder"]["photo"].rpartition("/")[2]
        till = self.env["campus.till"].with_user(self.cashier).sudo()
        self.assertEqual(till._photo_of(token), self.lin)
        self.assertFalse(self.env["campus.till"].with_user(self.env.user).sudo()._photo_of(token))
        self.assertFalse(till._photo_of(token[:-3] + "AAA"))
        self.assertFalse(till._photo_of("A"))

    # -- rights ------------------------------------------------------------------

    def test_a_colleague_who_is_no_cashier_is_refused(self):
        clerk = new_test_user(self.env, "campus_clerk_x", groups="campus_card.group_campus_card_clerk")
        till, session = self.method.with_user(clerk), self.session
        uuid = str(uuid4())
        calls = [
            ("campus_card_authorise", [uuid, 100, LIN_UID, session.id]),
            ("campus_card_release", [uuid, session.id]),
            ("campus_card_status", [uuid, session.id]),
            ("campus_card_quote_refund", [uuid, 100, 1, session.id]),
        ]
        for name, args in calls:
            with self.assertRaises(AccessError, msg=name):
                getattr(till, name)(*args)
        for name, args in (("campus_card_open_payments", []), ("campus_card_settle_payment", [uuid, True])):
            with self.assertRaises(AccessError, msg=name):
                getattr(session.with_user(clerk), name)(*args)

    def test_a_cashier_of_another_company_is_refused(self):
        company = self.env["res.company"].create({"name": "Another school"})
        stranger = new_test_user(
            self.env,
            "campus_stranger",
            groups="base.group_user,point_of_sale.group_pos_user",
            company_id=company.id,
            company_ids=company.ids,
        )
        with self.assertRaises(AccessError):
            self.method.with_user(stranger).campus_card_authorise(str(uuid4()), 100, LIN_UID, self.session.id)

    def test_a_cashier_reads_neither_ledger_nor_cards(self):
        for model in (
            "campus.account",
            "campus.wallet",
            "campus.transfer",
            "campus.reservation",
            "campus.posting",
            "campus.card",
        ):
            self.assertFalse(self.env[model].with_user(self.cashier).has_access("read"), model)

    def test_a_manager_of_the_tills_reads_merchants_and_no_pockets(self):
        manager = new_test_user(
            self.env, "campus_pos_manager", groups="base.group_user,point_of_sale.group_pos_manager"
        )
        accounts = self.env["campus.account"].with_user(manager)
        self.assertEqual(set(accounts.search([]).mapped("kind")), {"merchant"})
        self.assertFalse(accounts.has_access("write"))

    def test_a_cashier_cannot_pay_another_merchant(self):
        with self.assertRaises(AccessError):
            self.config.with_user(self.cashier).campus_account_id = False

    def test_a_closed_till_takes_no_card(self):
        self.session.sudo().state = "closed"
        with self.assertRaises(UserError):
            self.authorise(100)

    def test_another_payment_method_takes_no_card(self):
        with self.assertRaises(UserError):
            self.cash_method.with_user(self.cashier).campus_card_authorise(
                str(uuid4()), 100, LIN_UID, self.session.id
            )

    def test_malformed_questions_are_refused(self):
        good = str(uuid4())
        for uuid, amount, credential, attempt in (
            ("x", 100, LIN_UID, 0),
            (good.upper(), 100, LIN_UID, 0),
            (None, 100, LIN_UID, 0),
            (good, 0, LIN_UID, 0),
            (good, -100, LIN_UID, 0),
            (good, 12.5, LIN_UID, 0),
            (good, True, LIN_UID, 0),
            (good, 2**31, LIN_UID, 0),
            (good, 100, "", 0),
            (good, 100, "   ", 0),
            (good, 100, 12345678, 0),
            (good, 100, "0" * (MAX_CREDENTIAL + 1), 0),
            (good, 100, LIN_UID, -1),
            (good, 100, LIN_UID, 10**6),
        ):
            with self.assertRaises(ValidationError, msg=(uuid, amount, credential, attempt)):
                self.till.campus_card_authorise(uuid, amount, credential, self.session.id, attempt)

    # -- what the browser loads ----------------------------------------------------

    def test_holders_are_not_loaded_into_the_browser(self):
        ids = {row[0] for row in self.config.get_limited_partners_loading()}
        self.assertFalse(ids & {self.lin.id, self.wang.id})
        self.assertIn(self.company.partner_id.id, ids)

    def test_setting_up_twice_changes_nothing(self):
        methods, merchant = self.config.payment_method_ids, self.config.campus_account_id
        self.config._campus_setup_pos()
        self.assertEqual(self.config.payment_method_ids, methods)
        self.assertEqual(self.config.campus_account_id, merchant)
        self.assertEqual(self.method.outstanding_account_id, self.company.campus_clearing_account_id)

    def test_a_till_is_set_up_by_its_manager_with_one_button(self):
        bank = self.env["pos.payment.method"].create(
            {"name": "Bank", "journal_id": self.company_data["default_journal_bank"].id}
        )
        config = self.env["pos.config"].create({"name": "Shop", "payment_method_ids": bank.ids})
        with self.assertRaises(UserError):
            config.with_user(self.cashier).action_campus_setup_pos()
        settings = self.env["res.config.settings"].create({"pos_config_id": config.id})
        self.assertFalse(settings.pos_campus_takes_card)
        settings.action_campus_setup_pos()
        self.assertIn(self.method, config.payment_method_ids)
        merchant = config.sudo().campus_account_id
        self.assertEqual((merchant.kind, merchant.name), ("merchant", "Shop"))
        self.assertNotEqual(merchant, self.merchant)

    def test_orders_of_a_till_do_not_wait_for_each_other(self):
        sequences = self.config.order_seq_id | self.config.order_line_seq_id
        self.assertEqual(set(sequences.mapped("implementation")), {"standard"})

    def test_a_wrong_booking_of_the_method_is_refused(self):
        other = self.company_data["default_account_assets"]
        with patch.object(type(self.method), "_is_write_forbidden", lambda *args: False):
            for vals in ({"outstanding_account_id": other.id}, {"split_transactions": True}):
                with self.assertRaises(ValidationError):
                    self.method.write(vals)
