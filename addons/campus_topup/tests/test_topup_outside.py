from unittest.mock import patch

import psycopg2
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import TopupCase

ASK = "odoo.addons.campus_topup.models.payment_transaction_ask"


@tagged("post_install", "-at_install")
class TestTopupOutside(TopupCase):
    """A provider is asked once, whatever becomes of its answer; caps count what has only begun."""

    def agree(self, wallet=None, state="done", **values):
        wallet = wallet or self.wallet
        token = self.token_of(wallet.partner_id, state)
        return self.env["campus.topup.mandate"]._agree(wallet, token, 1_000_000, values.get("amount", 5_000))

    def provider_that(self, answer):
        return patch.object(type(self.env["payment.transaction"]), "_send_payment_request", answer)

    def lost(self, asked):
        def answer(tx):
            asked.append(tx.reference)
            raise psycopg2.errors.SerializationFailure("the answer is lost")

        return self.provider_that(answer)

    def lose_the_answer(self, mandate, asked):
        """As the clock does, which goes on after an error; Odoo's ``assertRaises`` would roll back."""
        with self.lost(asked), mute_logger(ASK):
            try:
                mandate._charge_if_low()
            except UserError as error:
                self.assertIn("could not be stored", str(error))
            else:
                self.fail("the error was swallowed")

    # -- one question ------------------------------------------------------------------

    def test_an_answer_that_is_lost_is_not_asked_for_again(self):
        mandate, asked, before = self.agree(), [], self.balance()
        self.lose_the_answer(mandate, asked)
        with self.lost(asked):
            self.assertEqual(mandate._charge_if_low(), "waiting")
        tx = mandate.transaction_ids
        self.assertEqual((len(asked), tx.state, self.balance()), (1, "draft", before))
        # what the provider reports in the end is booked
        self.report(tx, "done")
        self.assertEqual(self.balance(), before + 5000)

    def test_finance_is_asked_to_look_where_no_answer_came(self):
        finance, mandate = self.new_user("finance"), self.agree()
        self.lose_the_answer(mandate, [])
        transactions, tx = self.env["payment.transaction"], mandate.transaction_ids
        transactions._campus_cron_unanswered()
        self.assertFalse(self.lin.activity_ids)
        tx.campus_asked_at = "2026-01-01 00:00:00"
        for _time in range(2):
            transactions._campus_cron_unanswered()
        activity = self.lin.activity_ids.filtered(lambda one: one.user_id == finance)
        self.assertEqual(len(activity), 1)
        self.assertIn(tx.reference, activity.note)
        with self.assertRaises(AccessError):
            tx.with_user(self.new_user("auditor")).action_campus_not_charged()
        tx.with_user(finance).action_campus_not_charged()
        self.assertEqual((tx.state, mandate.state), ("cancel", "paused"))
        with self.assertRaises(UserError):
            tx.with_user(finance).action_campus_not_charged()

    def test_a_payment_that_was_stored_and_never_asked_about_is_asked_about(self):
        mandate, before = self.agree(), self.balance()
        _decision, tx = mandate._intend()
        self.assertEqual((tx.state, tx.campus_asked_at), ("draft", False))
        self.assertEqual(mandate._charge_if_low(), "charge")
        self.assertEqual((mandate.transaction_ids, self.balance()), (tx, before + 5000))

    def test_only_low_cards_and_payments_left_behind_are_looked_at(self):
        low, full = self.agree(), self.agree(self.other_wallet)
        full.flush_recordset()
        self.env.cr.execute("UPDATE campus_topup_mandate SET threshold_minor = 1 WHERE id = %s", [full.id])
        full.invalidate_recordset()
        self.assertEqual((low | full)._worth_a_look(), low)
        self.transaction(5.0, self.other_wallet, campus_mandate_id=full.id)
        self.assertEqual((low | full)._worth_a_look(), low | full)

    def test_one_of_another_day_that_nobody_was_asked_about_stops_nothing(self):
        mandate, before = self.agree(), self.balance()
        _decision, tx = mandate._intend()
        tx.flush_recordset()
        self.env.cr.execute(
            "UPDATE payment_transaction SET create_date = create_date - interval '3 days',"
            " campus_charge = 'earlier' WHERE id = %s",
            [tx.id],
        )
        tx.invalidate_recordset()
        self.assertEqual((mandate._charge_if_low(), self.balance()), ("charge", before + 5000))
        self.assertEqual((tx.state, tx.campus_asked_at), ("draft", False))

    def test_money_that_comes_after_a_payment_was_given_up_is_on_the_card(self):
        tx, before = self.transaction(50.0), self.balance()
        for state, minor in (("cancel", 0), ("done", 5_000), ("done", 5_000), ("cancel", 5_000)):
            with self.subTest(state=state), mute_logger("odoo.addons.payment.models.payment_transaction"):
                self.report(tx, state)
                self.assertEqual(self.balance() - before, minor)
        self.assertEqual((tx.state, tx.campus_topup_state), ("done", "booked"))

    def stored_refund(self, amount=30.0):
        """A payment that is on the card, and a refund of it whose provider was not asked yet."""
        tx = self.transaction(50.0)
        self.report(tx, "done")
        child = tx.with_context(campus_asks_provider=True)._create_child_transaction(amount, is_refund=True)
        return tx, tx.browse(child.id)

    def test_a_refund_that_nobody_was_asked_about_gives_the_money_back(self):
        transactions, before = self.env["payment.transaction"], self.balance()
        tx, refund = self.stored_refund()
        self.assertEqual(self.balance(), before + 2_000)
        transactions._campus_cron_unasked()
        self.assertEqual(refund.state, "draft", "it may be under way")
        refund.flush_recordset()
        self.env.cr.execute(
            "UPDATE payment_transaction SET create_date = create_date - interval '2 hours' WHERE id = %s",
            [refund.id],
        )
        refund.invalidate_recordset()
        for _time in range(2):
            transactions._campus_cron_unasked()
            self.assertEqual((refund.state, self.balance()), ("error", before + 5_000))
        self.assertEqual(tx._refund(20.0).state, "done")

    def test_a_refund_that_failed_and_was_made_after_all_is_taken_off_or_told(self):
        finance, before = self.new_user("finance"), self.balance()
        _tx, refund = self.stored_refund(20.0)
        self.report(refund, "error")
        self.assertEqual(self.balance(), before + 5_000)
        for _time in range(2):
            self.report(refund, "done")
            self.assertEqual((self.balance(), refund.campus_topup_state), (before + 3_000, "booked"))
        _tx, refund = self.stored_refund(50.0)
        self.report(refund, "error")
        for _time in range(2):
            self.report(refund, "done")
            self.assertEqual((self.balance(), refund.campus_topup_state), (before + 3_000, "booked"))
        _tx, refund = self.stored_refund(50.0)
        self.report(refund, "error")
        self.spend(self.balance())
        for _time in range(2):
            self.report(refund, "done")
        self.assertEqual(refund.campus_topup_state, "refused")
        self.assertTrue(refund.campus_topup_code)
        asked = self.env["mail.activity"].search([("user_id", "=", finance.id)])
        self.assertEqual(len(asked), 1)
        self.assertIn(refund.reference, asked.note)

    def test_one_that_fails_stops_nobody_behind_it(self):
        mandates = self.agree() | self.agree(self.other_wallet)
        first = self.env["campus.topup.mandate"].search([("id", "in", mandates.ids)])[0]
        before = {mandate: self.balance(mandate.wallet_id) for mandate in mandates}
        send = type(self.env["payment.transaction"])._send_payment_request

        def answer(tx):
            if tx.campus_mandate_id == first:
                raise RuntimeError("the provider's module is broken")
            return send(tx)

        quiet = mute_logger("odoo.addons.campus_topup.models.campus_topup_mandate")
        with self.provider_that(answer), quiet, self.enter_registry_test_mode():
            self.env.ref("campus_topup.campus_topup_mandate_cron_charge").method_direct_trigger()
        found = {mandate: self.balance(mandate.wallet_id) - before[mandate] for mandate in mandates}
        self.assertEqual(found, {first: 0, mandates - first: 5000})

    def test_a_day_has_one_try_and_a_failed_one_is_the_last(self):
        self.company.campus_auto_topup_per_day = 1
        mandate = self.agree()
        self.assertEqual([mandate._charge_if_low() for _ in range(2)], ["charge", "day_limit"])
        self.company.campus_auto_topup_per_day = 5
        failing = self.agree(self.other_wallet, state="error")
        self.assertEqual(failing._charge_if_low(), "charge")
        failing._resume()
        self.assertEqual(failing._charge_if_low(), "day_limit")

    @mute_logger("odoo.sql_db")
    def test_the_database_knows_one_try_of_a_day(self):
        mandate = self.agree()
        mandate._charge_if_low()
        tx = mandate.transaction_ids
        with self.assertRaises(psycopg2.errors.UniqueViolation), self.env.cr.savepoint():
            self.transaction(5.0, campus_mandate_id=mandate.id, campus_charge=tx.campus_charge)

    def test_a_saved_way_of_payment_is_charged_once_when_its_answer_is_lost(self):
        token, asked = self.token_of(self.lin), []
        self.login(self.lin_user)
        form = self.form(self.url_open("/my/card/topup?amount=30").text)
        with self.lost(asked), mute_logger(ASK, "odoo.http"), self.assertRaises(Exception):  # noqa: B017 JSON-RPC
            self.start(form, flow="token", token_id=token.id)
        self.assertEqual(len(asked), 1)

    # -- caps --------------------------------------------------------------------------

    def test_what_has_begun_counts_in_the_months_cap(self):
        self.company.campus_topup_month_cap_minor = 20_000
        self.login(self.lin_user)
        form = self.form(self.url_open("/my/card/topup?amount=150").text)
        self.start(form)
        with mute_logger("odoo.http"), self.assertRaises(Exception):  # noqa: B017 a JSON-RPC error
            self.start(form)
        self.assertEqual(self.env["payment.transaction"]._campus_month_minor(self.wallet), 15_000)
        self.assertIn("50.00", self.url_open("/my/card/topup").text)
        # a page that nobody came back to is given up after a day, one that was cancelled at once
        tx = self.env["payment.transaction"].search([("campus_wallet_id", "=", self.wallet.id)])
        self.report(tx, "cancel")
        self.start(form)

    def test_links_have_places_and_the_database_keeps_them(self):
        links = self.env["campus.topup.link"]
        first = links._make(self.wallet, "A")
        second = links._make(self.wallet, "B")
        first._revoke()
        self.assertEqual((second.slot, links._make(self.wallet, "C").slot), (2, 1))
        with self.assertRaises(psycopg2.Error), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
            links.create({"wallet_id": self.wallet.id, "shown_name": "D", "token": "t" * 32, "slot": 2})
        with self.assertRaises(psycopg2.Error), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
            links.create({"wallet_id": self.wallet.id, "shown_name": "D", "token": "t" * 32, "slot": 6})
