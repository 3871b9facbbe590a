from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .ledger_common import LedgerCase
from .people_common import PeopleCase


@tagged("post_install", "-at_install")
class TestCampusDebt(PeopleCase, LedgerCase):
    """What a holder owes when money goes out, and how it is settled."""

    roles = ("clerk", "manager", "finance")

    def setUp(self):
        super().setUp()
        self.wallet = self.card.wallet_id
        self.ledger._post([{**self.purchase(1500), "settle": True}])
        self._in("correction_in", self.env["campus.account"]._system("correction"), 1500)

    def counter(self, **values):
        return (
            self.env["campus.counter"]
            .with_user(self.users["clerk"])
            .create({"credential": "T0001", **values})
        )

    def test_money_that_is_owed_is_not_paid_out(self):
        self.assertEqual((self.wallet.available_minor, self.wallet.debt_minor), (1500, 1500))
        self.assertEqual(self.wallet.payable_minor, 0)
        with self.assertRaisesRegex(UserError, "15.00 is owed: only 0.00"):
            self.counter(operation="payout", amount=15).action_confirm()
        counter = self.counter(operation="payout")
        counter.action_all()
        self.assertEqual(counter.amount, 0)

    def test_debt_is_repaid_in_cash_by_bank_and_from_the_card(self):
        for means, code in (("cash", "cash_desk"), ("bank", "bank_desk")):
            counter = self.counter(operation="debt", means=means, amount=5)
            counter.action_confirm()
            transfer = counter.transfer_ids
            self.assertEqual(transfer.kind, "debt_payment")
            self.assertEqual(transfer.sudo().debit_account_id.code, code)
        counter = self.counter(operation="debt", means="card")
        counter.action_all()
        self.assertEqual(counter.amount, 5)
        counter.action_confirm()
        self.assertEqual((self.wallet.balance_minor, self.wallet.debt_minor), (1000, 0))
        self.assertEqual(self.wallet.payable_minor, 1000)
        with self.assertRaisesRegex(UserError, "Only 0.00 is owed"):
            self.counter(operation="debt", means="cash", amount=1).action_confirm()

    def write_off(self, amount):
        corrections = self.env["campus.correction"].with_user(self.users["finance"])
        return corrections.create(
            {
                "wallet_id": self.wallet.id,
                "direction": "write_off",
                "amount": amount,
                "reason": "Left the school",
            }
        )

    def test_a_debt_is_written_off_by_two_people_as_a_loss_and_the_wallet_can_be_closed(self):
        correction = self.write_off(15)
        with self.assertRaisesRegex(AccessError, "another person"):
            correction.action_approve()
        self.as_user(correction, "manager").action_approve()
        self.assertEqual((self.wallet.debt_minor, self.wallet.balance_minor), (0, 1500))
        transfer = correction.transfer_ids.sudo()
        self.assertEqual((transfer.kind, transfer.debit_account_id.code), ("write_off", "debt_loss"))
        self.assertEqual(transfer.debit_account_id.gl_account_id.account_type, "expense")
        self.counter(operation="payout", amount=15).action_confirm()
        self.card.action_return()
        self.as_user(self.wallet, "manager").action_close()
        self.assertEqual(self.wallet.state, "closed")

    def test_no_more_is_written_off_than_is_owed(self):
        correction = self.write_off(16)
        with self.assertRaisesRegex(UserError, "Only 15.00 is owed"):
            self.as_user(correction, "manager").action_approve()

    def test_the_button_of_the_wallet_asks_for_what_is_owed(self):
        action = self.as_user(self.wallet, "finance").action_write_off()
        self.assertEqual(action["context"]["default_direction"], "write_off")
        self.assertEqual(action["context"]["default_amount"], 15)

    def test_a_refund_of_what_was_written_off_goes_back_to_the_school(self):
        late = {**self.purchase(2000), "settle": True}
        self.ledger._post([late])
        self.assertEqual((self.wallet.balance_minor, self.wallet.debt_minor), (0, 2000))
        self.as_user(self.write_off(12), "manager").action_approve()
        self.counter(operation="debt", means="cash", amount=8).action_confirm()
        losses = self.env["campus.account"]._system("debt_loss")
        before = losses.balance
        request = {"uuid": self.uuid(), "reverses_uuid": late["uuid"], "amount_minor": None}
        quote = self.ledger._quote_reverse([request])[0]
        [answer] = self.ledger._reverse([request])
        self.assertEqual(quote["numbers"], answer["numbers"])
        self.assertIn("the holder never paid it", self.ledger._explain(answer))
        self.assertEqual((self.wallet.debt_minor, losses.balance - before), (0, 5))
