from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import TopupCase


@tagged("post_install", "-at_install")
class TestTopupCapture(TopupCase):
    """A provider that authorises first: the card gets what was captured, by the transit account."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.provider.capture_manually = True
        cls.before = sum(cls.wallet.pocket_ids.mapped("balance_minor"))
        cls.transit = cls.provider._campus_channel().gl_account_id

    def authorised(self, amount=100.0, **values):
        tx = self.transaction(amount, **values)
        self.report(tx, "done")
        self.assertEqual((tx.state, self.balance()), ("authorized", self.before))
        return tx

    def settled(self, *transactions):
        """Post-process as Odoo's cron does: all that changed, and again."""
        for tx in transactions:
            (tx | tx.source_transaction_id)._post_process()
            (tx | tx.source_transaction_id)._post_process()

    def transit_minor(self):
        lines = self.env["account.move.line"].search(
            [("account_id", "=", self.transit.id), ("parent_state", "=", "posted")]
        )
        return round(sum(lines.mapped("balance")) * 100)

    def channel_minor(self):
        channel = self.provider._campus_channel()
        return self.env["campus.account"]._signed_sums(channel).get(channel.id, 0)

    def test_the_card_gets_what_was_captured_and_not_what_was_authorised(self):
        transit = self.transit_minor()
        tx = self.authorised()
        captured = tx._capture(60.0)
        self.settled(captured)
        self.assertEqual(self.balance(), self.before + 6000)
        voided = tx._void(40.0)
        self.settled(voided)
        self.assertEqual((tx.state, captured.state, voided.state), ("done", "done", "cancel"))
        self.assertEqual(self.balance(), self.before + 6000)
        self.assertEqual((self.transit_minor() - transit, self.channel_minor()), (-6000, -6000))
        self.assertEqual(captured.payment_id.destination_account_id, self.transit)
        self.assertFalse(tx.payment_id)
        self.assertEqual((tx.campus_topup_state, captured.campus_topup_state), ("split", "booked"))
        self.assertEqual(self.env["payment.transaction"]._campus_month_minor(self.wallet), 6000)

    def test_a_whole_capture_passes_over_the_transit_account_too(self):
        transit = self.transit_minor()
        tx = self.authorised()
        captured = tx._capture()
        self.settled(captured)
        self.assertEqual((tx.state, self.balance()), ("done", self.before + 10_000))
        self.assertEqual((self.transit_minor() - transit, self.channel_minor()), (-10_000, -10_000))

    def test_two_captures_are_two_top_ups(self):
        tx = self.authorised()
        self.settled(tx._capture(60.0), tx._capture(40.0))
        self.assertEqual(self.balance(), self.before + 10_000)
        self.assertEqual(self.channel_minor(), -10_000)

    def test_what_was_voided_puts_nothing_on_the_card(self):
        tx = self.authorised()
        self.settled(tx._void())
        self.assertEqual((tx.state, self.balance(), self.channel_minor()), ("cancel", self.before, 0))
        self.assertEqual(self.env["payment.transaction"]._campus_month_minor(self.wallet), 0)

    def test_a_provider_that_confirms_the_whole_by_itself_is_booked_once(self):
        tx = self.authorised()
        tx._set_done()
        self.settled(tx)
        self.assertEqual(self.balance(), self.before + 10_000)
        # and then reports a capture of it as well
        captured = tx._create_child_transaction(60.0)
        captured._set_done()
        self.settled(captured)
        self.assertEqual(self.balance(), self.before + 10_000)
        self.assertEqual(
            (captured.campus_topup_state, captured.campus_topup_code), ("refused", "topup_over_authorised")
        )

    def test_captures_carry_link_and_mandate(self):
        link = self.env["campus.topup.link"]._make(self.wallet, "Mum")
        tx = self.authorised(campus_link_id=link.id)
        captured = tx._capture(60.0)
        self.settled(captured)
        self.assertEqual((captured.campus_link_id, captured.campus_way, link.uses), (link, "link", 1))
        self.assertEqual(link._progress(), "paid")

    def test_a_capture_is_refunded_in_part_and_not_beyond(self):
        tx = self.authorised()
        captured = tx._capture(60.0)
        self.settled(captured)
        # Odoo's demo provider would authorise a refund as well, which no real one does
        self.provider.capture_manually = False
        refund = captured._refund(25.0)
        self.settled(refund)
        self.assertEqual((refund.state, self.balance()), ("done", self.before + 3500))
        self.assertEqual(self.channel_minor(), -3500)
        self.assertEqual(refund.payment_id.destination_account_id, self.transit)
        for amount in (35.01, 0.001, -5.0):
            with self.assertRaises(UserError):
                captured._refund(amount)
        with self.assertRaises(UserError):
            tx._refund(10.0)
        self.assertEqual(self.balance(), self.before + 3500)

    def test_nothing_is_refunded_before_it_is_on_the_card(self):
        self.provider.capture_manually = False
        tx = self.transaction(50.0)
        tx._process("demo", {"reference": tx.reference, "simulated_state": "done", "payment_details": "1"})
        with self.assertRaises(UserError):
            tx._refund()
        tx._post_process()
        tx._refund()
        self.assertEqual(self.balance(), self.before)

    def test_a_refund_that_the_provider_reports_is_taken_off_or_told(self):
        self.provider.capture_manually = False
        finance = self.new_user("finance")
        tx = self.transaction(50.0)
        self.report(tx, "done")
        known = tx._create_child_transaction(20.0, is_refund=True)
        known._set_done()
        self.settled(known)
        self.assertEqual(self.balance(), self.before + 3000)
        merchant = self.env["campus.account"].create({"name": "L", "code": "t-l", "kind": "merchant"})
        purchase = {
            "uuid": "0b3f6a62-3b1c-4c5b-9f38-1d1c0c9bb0c2",
            "kind": "purchase",
            "wallet_id": self.wallet.id,
            "account_id": merchant.id,
            "amount_minor": self.balance(),
        }
        self.env["campus.ledger"]._post([purchase])
        late = tx._create_child_transaction(30.0, is_refund=True)
        self.assertEqual((late.campus_topup_state, self.balance()), ("refused", 0))
        self.assertIn(
            "could not be taken off",
            str(tx.payment_id.activity_ids.filtered(lambda a: a.user_id == finance).note),
        )
