from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import TopupCase


@tagged("post_install", "-at_install")
class TestTopupCredit(TopupCase):
    """What a provider did and nobody was told, and corrections that were made meanwhile: booked once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.asker, cls.second = cls.new_user("finance"), cls.users["manager"]

    def given_up(self, amount=50.0):
        tx = self.transaction(amount)
        self.report(tx, "cancel")
        return tx

    def credit(self, tx, amount=50.0, **values):
        corrections = self.env["campus.correction"].with_user(self.asker)
        correction = corrections.create(
            {
                "wallet_id": tx.campus_wallet_id.id,
                "amount": amount,
                "reason": "Paid, not on the card",
                **values,
            }
        )
        correction.with_user(self.second).action_approve()
        return correction

    def say_charged(self, tx):
        context = tx.with_user(self.asker).action_campus_was_charged()["context"]
        values = {name.removeprefix("default_"): value for name, value in context.items()}
        corrections = self.env["campus.correction"].with_user(self.asker)
        return corrections.create({**values, "amount": 9, "reason": "Seen at the provider"})

    def test_what_was_charged_after_all_is_booked_once_by_two_people(self):
        tx, before = self.given_up(), self.balance()
        correction = self.say_charged(tx)
        self.assertEqual((correction.direction, correction.amount_minor), ("charged", 5_000))
        with self.assertRaisesRegex(AccessError, "another person"):
            correction.action_approve()
        self.assertEqual(self.balance(), before)
        correction.with_user(self.second).action_approve()
        self.assertEqual(
            (tx.state, tx.campus_topup_state, self.balance()), ("done", "booked", before + 5_000)
        )
        with mute_logger("odoo.addons.payment.models.payment_transaction"):
            self.report(tx, "done")
        self.assertEqual(self.balance(), before + 5_000, "the late report books nothing more")
        with self.assertRaisesRegex(UserError, "is known and booked"):
            self.say_charged(tx)

    def test_a_refund_that_was_made_after_all_is_taken_off_again(self):
        tx, before = self.transaction(50.0), self.balance()
        self.report(tx, "done")
        child = tx.with_context(campus_asks_provider=True)._create_child_transaction(20.0, is_refund=True)
        self.report(child, "error")
        self.assertEqual(self.balance(), before + 5_000)
        self.say_charged(child).with_user(self.second).action_approve()
        self.assertEqual((child.state, self.balance()), ("done", before + 3_000))

    def test_a_late_report_takes_the_place_of_a_correction(self):
        for named in (True, False):
            tx, before = self.given_up(), self.balance()
            correction = self.credit(tx, **({"campus_topup_id": tx.id} if named else {}))
            self.assertEqual(self.balance(), before + 5_000)
            for _time in range(2):
                with self.subTest(named=named), mute_logger("odoo.addons.payment.models.payment_transaction"):
                    self.report(tx, "done")
                    self.assertEqual((tx.campus_topup_state, self.balance()), ("booked", before + 5_000))
            self.assertEqual(correction._campus_left_minor(), 0)
            self.assertEqual(tx._refund(50.0).state, "done")
            self.assertEqual(self.balance(), before)

    def test_where_the_correction_is_spent_the_late_report_is_for_a_person(self):
        tx, before = self.given_up(), self.balance()
        self.credit(tx)
        debts = self.env["campus.wallet"]
        debts._ensure_debt_accounts([self.wallet.id])
        merchant = self.env["campus.account"].create({"name": "Line", "code": "t-line", "kind": "merchant"})
        request = {
            "uuid": tx._campus_uuid("late"),
            "kind": "purchase",
            "wallet_id": self.wallet.id,
            "account_id": merchant.id,
            "amount_minor": before + 5_000 + 2_000,
            "settle": True,
        }
        self.assertTrue(self.env["campus.ledger"]._post([request])[0]["ok"])
        self.report(tx, "done")
        self.assertEqual((tx.campus_topup_state, tx.campus_topup_code), ("refused", "topup_corrected"))
        self.assertEqual((self.balance(), self.wallet.debt_minor), (0, 2_000))

    def refused(self):
        tx = self.transaction(50.0)
        tx._process("demo", {"reference": tx.reference, "simulated_state": "done", "payment_details": "1234"})
        tx._campus_refuse("wallet_closed")
        tx._post_process()
        self.assertEqual((tx.state, tx.campus_topup_state), ("done", "refused"))
        return tx

    def test_a_refused_payment_that_a_correction_has_credited_is_not_paid_twice(self):
        tx, before = self.refused(), self.balance()
        context = tx.with_user(self.asker).action_campus_request_correction()["context"]
        self.credit(tx, campus_topup_id=context["default_campus_topup_id"])
        self.assertEqual(self.balance(), before + 5_000)
        for amount, left in ((20.0, 3_000), (30.0, 0)):
            self.assertEqual(tx._refund(amount).state, "done")
            self.assertEqual(self.balance(), before + left)

    def test_a_refund_of_a_credited_payment_that_failed_leaves_nothing_on_the_card_when_it_succeeds(self):
        tx, before = self.refused(), self.balance()
        self.credit(tx, campus_topup_id=tx.id)
        with patch.object(type(tx), "_send_refund_request", lambda child: child._set_error("no")):
            tx._refund(50.0)._post_process()
        self.assertEqual(self.balance(), before + 5_000)
        self.assertEqual(tx._refund(50.0).state, "done")
        self.assertEqual(self.balance(), before)

    def test_a_refused_payment_without_a_correction_is_refunded_as_it_was(self):
        tx, before = self.refused(), self.balance()
        self.assertEqual(tx._refund(50.0).state, "done")
        self.assertEqual(self.balance(), before)

    def test_a_correction_that_waits_while_its_payment_is_booked_is_not_approved(self):
        tx, before = self.given_up(), self.balance()
        correction = (
            self.env["campus.correction"]
            .with_user(self.asker)
            .create(
                {
                    "wallet_id": tx.campus_wallet_id.id,
                    "amount": 50.0,
                    "reason": "Paid, not on the card",
                    "campus_topup_id": tx.id,
                }
            )
        )
        with mute_logger("odoo.addons.payment.models.payment_transaction"):
            self.report(tx, "done")
        self.assertEqual(self.balance(), before + 5_000)
        with self.assertRaisesRegex(UserError, "on the card already"):
            correction.with_user(self.second).action_approve()
        self.assertEqual(self.balance(), before + 5_000)

    def test_a_payment_that_is_on_the_card_is_not_credited_again(self):
        tx = self.transaction(50.0)
        self.report(tx, "done")
        with self.assertRaisesRegex(UserError, "on the card already"):
            self.credit(tx, campus_topup_id=tx.id)

    def test_a_topup_of_before_the_wallets_were_joined_is_refunded(self):
        tx = self.transaction(50.0)
        self.report(tx, "done")
        total = self.balance() + self.balance(self.other_wallet)
        self.wallet._join_into(self.other_wallet)
        self.assertEqual(tx._refund(30.0).state, "done")
        self.assertEqual((self.balance(), self.balance(self.other_wallet)), (0, total - 3_000))
        child = tx.with_context(campus_asks_provider=True)._create_child_transaction(20.0, is_refund=True)
        self.report(child, "error")
        self.assertEqual(self.balance(self.other_wallet), total - 3_000)
