from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import TopupCase


@tagged("post_install", "-at_install")
class TestWalletJoin(TopupCase):
    """Payments under way when two accounts of one person become one."""

    def test_a_payment_under_way_reaches_the_wallet_that_stays(self):
        tx = self.transaction(50.0)
        mandate = self.env["campus.topup.mandate"]._agree(
            self.wallet, self.token_of(self.wallet.partner_id), 1_000, 5_000
        )
        link = self.env["campus.topup.link"]._make(self.wallet, "Mother")
        total = self.balance() + self.balance(self.other_wallet)
        self.wallet._join_into(self.other_wallet)
        self.report(tx, "done")
        self.assertEqual(tx.campus_topup_state, "booked")
        self.assertEqual((self.balance(), self.balance(self.other_wallet)), (0, total + 5_000))
        self.assertEqual(link.wallet_id, self.other_wallet)
        self.assertEqual(mandate.state, "revoked")

    def test_a_payment_that_is_done_and_not_booked_yet_reaches_it_too(self):
        tx = self.transaction(50.0)
        tx._process("demo", {"reference": tx.reference, "simulated_state": "done", "payment_details": "1234"})
        self.assertEqual((tx.state, tx.campus_topup_state), ("done", "waiting"))
        total = self.balance() + self.balance(self.other_wallet)
        self.wallet._join_into(self.other_wallet)
        tx._post_process()
        self.assertEqual((tx.campus_topup_state, tx.campus_topup_code), ("booked", False))
        self.assertEqual(self.balance(self.other_wallet), total + 5_000)

    def test_links_of_both_wallets_find_a_place_or_end(self):
        links = self.env["campus.topup.link"]
        moved = [links._make(self.wallet, name) for name in "AB"]
        for name in "CDEF":
            links._make(self.other_wallet, name)
        self.wallet._join_into(self.other_wallet)
        self.assertEqual(len(links._lasting(self.other_wallet)), 5)
        self.assertEqual(sorted(bool(link.revoked_at) for link in moved), [False, True])

    def test_a_topup_is_paid_back_only_as_far_as_nothing_is_owed(self):
        tx = self.transaction(50.0)
        self.report(tx, "done")
        merchant = self.env["campus.account"].create({"name": "Line", "code": "t-line", "kind": "merchant"})
        spent = self.balance() + 2_000
        [answer] = self.env["campus.ledger"]._post(
            [
                {
                    "uuid": tx._campus_uuid("late"),
                    "kind": "purchase",
                    "wallet_id": self.wallet.id,
                    "account_id": merchant.id,
                    "amount_minor": spent,
                    "settle": True,
                }
            ]
        )
        self.assertTrue(answer["ok"], answer)
        correction = self.env["campus.account"]._system("correction")
        self.env["campus.ledger"]._post(
            [
                {
                    "uuid": tx._campus_uuid("credit"),
                    "kind": "correction_in",
                    "wallet_id": self.wallet.id,
                    "account_id": correction.id,
                    "amount_minor": 2_500,
                    "plan": "cash",
                }
            ]
        )
        with self.assertRaisesRegex(UserError, "20.00 is owed: only 5.00"):
            tx._refund(25.0)
        self.assertEqual(tx._refund(5.0).state, "done")
