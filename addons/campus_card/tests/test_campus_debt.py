from odoo.exceptions import AccessError, UserError, ValidationError
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
        counter = self.counter(operation="debt", means="cash", amount=5)
        counter.action_confirm()
        transfer = counter.transfer_ids
        self.assertEqual(
            (transfer.kind, transfer.sudo().debit_account_id.code), ("debt_payment", "cash_desk")
        )
        transfer = self.repaid_by_bank(5).transfer_ids.sudo()
        self.assertEqual((transfer.kind, transfer.debit_account_id.code), ("debt_payment", "bank_desk"))
        counter = self.counter(operation="debt", means="card")
        counter.action_all()
        self.assertEqual(counter.amount, 5)
        counter.action_confirm()
        self.assertEqual((self.wallet.balance_minor, self.wallet.debt_minor), (1000, 0))
        self.assertEqual(self.wallet.payable_minor, 1000)
        with self.assertRaisesRegex(UserError, "Only 0.00 is owed"):
            self.counter(operation="debt", means="cash", amount=1).action_confirm()

    def repaid_by_bank(self, amount):
        counter = self.counter(operation="debt", means="bank", amount=amount, memo="12 May, 4711")
        action = counter.action_confirm()
        correction = self.env["campus.correction"].browse(action["res_id"])
        self.as_user(correction, "manager").action_approve()
        return correction

    def test_a_bank_transfer_is_booked_by_a_second_person(self):
        counter = self.counter(operation="debt", means="bank", amount=5)
        with self.assertRaisesRegex(UserError, "its day and its reference"):
            counter.action_confirm()
        counter.memo = "12 May, 4711"
        action = counter.action_confirm()
        self.assertEqual(action, counter.action_confirm(), "a second click asks for nothing more")
        correction = self.env["campus.correction"].browse(action["res_id"])
        self.assertEqual((correction.direction, correction.amount), ("repaid", 5))
        self.assertEqual(correction.requested_by_id, self.users["clerk"])
        self.assertEqual(self.wallet.debt_minor, 1500)
        with self.assertRaises(AccessError):
            self.as_user(correction, "clerk").action_approve()
        self.as_user(correction, "finance").action_approve()
        self.assertEqual(self.wallet.debt_minor, 1000)
        counter = self.counter(operation="debt", means="bank", amount=11, memo="x")
        with self.assertRaisesRegex(UserError, "Only 10.00 is owed"):
            counter.action_confirm()

    def undo(self, transfer, **values):
        corrections = self.env["campus.correction"].with_user(self.users["clerk"])
        return corrections.create(
            {"undoes_id": transfer.id, "direction": "undo", "reason": "Another holder's transfer", **values}
        )

    def test_a_repayment_booked_by_mistake_is_undone_once_by_two_people(self):
        transfer = self.repaid_by_bank(5).transfer_ids
        action = self.as_user(transfer, "clerk").action_undo()
        self.assertEqual(action["context"]["default_amount"], 5)
        twice = [self.undo(transfer) for _time in range(2)]
        self.assertEqual((twice[0].wallet_id, twice[0].amount), (self.wallet, 5))
        with self.assertRaises(AccessError):
            self.as_user(twice[0], "clerk").action_approve()
        self.as_user(twice[0], "finance").action_approve()
        self.assertEqual(self.wallet.debt_minor, 1500)
        undone = twice[0].transfer_ids.sudo()
        self.assertEqual((undone.reverses_id, undone.credit_account_id.code), (transfer.sudo(), "bank_desk"))
        with self.assertRaisesRegex(UserError, "Only 0.00"):
            self.as_user(twice[1], "finance").action_approve()
        transfer.invalidate_recordset()
        self.assertFalse(transfer.can_undo)
        with self.assertRaisesRegex(ValidationError, "still be undone"):
            self.undo(transfer, amount=1)

    def test_a_write_off_and_a_payment_from_the_card_are_undone_too(self):
        correction = self.write_off(10)
        self.as_user(correction, "manager").action_approve()
        counter = self.counter(operation="debt", means="card", amount=5)
        counter.action_confirm()
        self.assertEqual((self.wallet.debt_minor, self.wallet.balance_minor), (0, 1000))
        for transfer in (correction.transfer_ids, counter.transfer_ids):
            self.as_user(self.undo(transfer), "manager").action_approve()
        self.assertEqual((self.wallet.debt_minor, self.wallet.balance_minor), (1500, 1500))

    def test_nothing_but_a_settled_debt_is_undone_here(self):
        bought = self.env["campus.transfer"].search([("kind", "=", "purchase")], limit=1)
        with self.assertRaisesRegex(UserError, "Refund a purchase"):
            self.undo(bought)

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
