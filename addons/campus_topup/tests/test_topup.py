from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import TopupCase


@tagged("post_install", "-at_install")
class TestTopup(TopupCase):
    """Money from a provider is on the card once, and meets its payment in the books."""

    def gl_sum(self, account):
        lines = self.env["account.move.line"].search(
            [("account_id", "=", account.id), ("parent_state", "=", "posted")]
        )
        return round(sum(lines.mapped("balance")) * 100)

    def channel_sum(self):
        channel = self.provider._campus_channel()
        return self.env["campus.account"]._signed_sums(channel).get(channel.id, 0)

    def test_a_paid_top_up_is_on_the_card_and_meets_its_payment(self):
        before, transit = self.balance(), self.provider._campus_channel().gl_account_id
        transit_before = self.gl_sum(transit)
        tx = self.transaction(50.0)
        self.report(tx, "done")
        self.assertEqual((tx.state, tx.campus_topup_state), ("done", "booked"))
        self.assertEqual(self.balance(), before + 5000)
        self.assertEqual(tx.payment_id.destination_account_id, transit)
        # The payment credits the account, the day close will debit the same from the channel.
        self.assertEqual(self.gl_sum(transit) - transit_before, -5000)
        self.assertEqual(self.channel_sum(), -5000)
        transfer = self.env["campus.transfer"].search([("uuid", "=", tx._campus_uuid())])
        self.assertEqual((transfer.kind, transfer.origin), ("topup", f"payment.transaction,{tx.id}"))
        self.assertEqual(transfer.debit_account_id.gl_account_id, self.company.campus_transit_account_id)

    def test_webhook_poll_and_cron_count_once(self):
        before = self.balance()
        tx = self.transaction(50.0)
        for _time in range(3):
            self.report(tx, "done")
        tx.campus_topup_state = "waiting"
        tx._post_process()
        self.assertEqual(self.balance(), before + 5000)
        self.assertEqual(len(self.env["account.payment"].search([("payment_transaction_id", "=", tx.id)])), 1)
        self.assertEqual(tx.campus_topup_state, "booked")

    def test_a_pending_payment_waits_and_counts_when_it_is_confirmed(self):
        before = self.balance()
        tx = self.transaction(20.0)
        self.report(tx, "pending")
        self.assertEqual((self.balance(), tx.campus_topup_state), (before, "waiting"))
        self.report(tx, "done")
        self.assertEqual((self.balance(), tx.campus_topup_state), (before + 2000, "booked"))

    def test_what_failed_or_was_cancelled_is_not_on_the_card(self):
        before = self.balance()
        for state in ("cancel", "error"):
            tx = self.transaction(20.0)
            self.report(tx, state)
            self.assertFalse(tx.payment_id)
            self.assertEqual((tx.state, tx.campus_topup_state), (state, "waiting"))
        self.assertEqual(self.balance(), before)

    def test_another_amount_than_was_asked_for_is_an_error(self):
        before = self.balance()
        tx = self.transaction(20.0)
        other = {"amount": 2000.0, "currency_code": tx.currency_id.name}
        with patch.object(type(tx), "_extract_amount_data", lambda *_args: other):
            self.report(tx, "done")
        self.assertEqual((tx.state, self.balance()), ("error", before))
        other = {"amount": 20.0, "currency_code": "XYZ"}
        tx = self.transaction(20.0)
        with patch.object(type(tx), "_extract_amount_data", lambda *_args: other):
            self.report(tx, "done")
        self.assertEqual((tx.state, self.balance()), ("error", before))

    def test_a_first_top_up_repays_a_debt(self):
        ledger = self.env["campus.ledger"]
        merchant = self.env["campus.account"].create({"name": "L", "code": "t-l", "kind": "merchant"})
        ledger._post(
            [
                {
                    "uuid": "0b3f6a62-3b1c-4c5b-9f38-1d1c0c9bb001",
                    "kind": "purchase",
                    "wallet_id": self.wallet.id,
                    "account_id": merchant.id,
                    "amount_minor": self.balance() + 700,
                    "settle": True,
                }
            ]
        )
        self.report(self.transaction(10.0), "done")
        self.wallet.invalidate_recordset()
        self.assertEqual((self.wallet.balance_minor, self.wallet.debt_minor), (300, 0))

    def test_money_for_a_closed_card_is_kept_in_the_books_and_finance_is_asked(self):
        self.users_finance = self.new_user("finance")
        tx = self.transaction(50.0)
        counter = self.env["campus.counter"].create(
            {"credential": self.lin.campus_number, "operation": "payout", "amount": self.balance() / 100}
        )
        counter.action_confirm()
        self.wallet.action_close()
        self.report(tx, "done")
        self.assertEqual((tx.campus_topup_state, tx.campus_topup_code), ("refused", "wallet_closed"))
        self.assertEqual(tx.payment_id.state in ("in_process", "paid"), True)
        activity = tx.payment_id.activity_ids.filtered(lambda a: a.user_id == self.users_finance)
        self.assertIn("closed", activity.note)
        # Refunded, the transit account is even again: nothing was taken off a card.
        transit = self.provider._campus_channel().gl_account_id
        before = self.gl_sum(transit)
        refund = tx._refund()
        refund._post_process()
        self.assertEqual(refund.state, "done")
        self.assertEqual(self.gl_sum(transit) - before, 5000)

    def test_a_refund_takes_the_money_off_the_card_first(self):
        before = self.balance()
        tx = self.transaction(50.0)
        self.report(tx, "done")
        refund = tx._refund(20.0)
        refund._post_process()
        self.assertEqual(self.balance(), before + 3000)
        self.assertEqual(self.channel_sum(), -3000)
        refund._post_process()
        self.assertEqual(self.balance(), before + 3000)

    def test_what_was_spent_is_not_refunded(self):
        tx = self.transaction(50.0)
        self.report(tx, "done")
        self.spend(self.balance())
        with self.assertRaises(UserError):
            tx._refund()
        self.assertFalse(tx.child_transaction_ids)

    def test_a_refund_that_fails_at_the_provider_gives_the_money_back_once(self):
        before = self.balance()
        tx = self.transaction(50.0)
        self.report(tx, "done")
        with patch.object(type(tx), "_send_refund_request", lambda child: child._set_error("no")):
            refund = tx._refund()
        self.assertEqual(self.balance(), before)
        refund._post_process()
        refund._post_process()
        self.assertEqual(self.balance(), before + 5000)
        # and it can be tried again, in full, as often as it fails
        with patch.object(type(tx), "_send_refund_request", lambda child: child._set_error("no")):
            tx._refund()._post_process()
        self.assertEqual(self.balance(), before + 5000)
        self.assertEqual(tx._refund().state, "done")
        self.assertEqual((self.balance(), self.channel_sum()), (before, 0))

    def test_a_refund_after_one_that_failed_takes_from_all_that_is_left(self):
        before = self.balance()
        tx = self.transaction(50.0)
        self.report(tx, "done")
        with patch.object(type(tx), "_send_refund_request", lambda child: child._set_error("no")):
            tx._refund(30.0)._post_process()
        self.assertEqual(tx._refund(10.0).state, "done")
        self.assertEqual(tx._refund(40.0).state, "done")
        self.assertEqual((self.balance(), self.channel_sum()), (before, 0))
        with self.assertRaisesRegex(UserError, "can still be refunded"):
            tx._refund(0.01)

    def test_a_payment_that_is_no_top_up_stays_as_odoo_makes_it(self):
        tx = self.transaction(50.0, campus_wallet_id=False, campus_topup_state=False)
        before = self.balance()
        self.report(tx, "done")
        self.assertEqual(self.balance(), before)
        self.assertNotEqual(tx.payment_id.destination_account_id, self.company.campus_transit_account_id)

    @mute_logger("odoo.addons.campus_card.models.campus_ledger")
    def test_the_months_cap_counts_what_is_done_and_on_its_way(self):
        self.company.campus_topup_month_cap_minor = 10_000
        self.report(self.transaction(60.0), "done")
        self.report(self.transaction(30.0), "pending")
        self.report(self.transaction(99.0), "cancel")
        self.assertIsNone(self.wallet._topup_refusal(1000))
        refusal = self.wallet._topup_refusal(1001)
        self.assertEqual((refusal["code"], refusal["numbers"]["left_minor"]), ("topup_month_cap", 1000))
        self.assertIsNone(self.other_wallet._topup_refusal(1001))
