from unittest.mock import patch

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from .common import TopupCase


@tagged("post_install", "-at_install")
class TestAutoTopup(TopupCase):
    """A card that fills itself: with consent, below the threshold, a few times a day."""

    def agree(self, threshold=10_000, amount=5_000, state="done", wallet=None):
        wallet = wallet or self.wallet
        return self.env["campus.topup.mandate"]._agree(
            wallet, self.token_of(wallet.partner_id, state), threshold, amount
        )

    def test_a_low_card_is_filled_and_a_full_one_is_not(self):
        before = self.balance()
        mandate = self.agree(threshold=before + 1)
        self.assertEqual(mandate._charge_if_low(), "charge")
        self.assertEqual(self.balance(), before + 5000)
        self.assertEqual(mandate._charge_if_low(), "enough")
        tx = mandate.transaction_ids
        self.assertEqual(
            (tx.operation, tx.campus_topup_state, tx.payment_id.amount), ("offline", "booked", 50.0)
        )

    def test_the_day_has_its_number_of_charges(self):
        mandate = self.agree(threshold=1_000_000)
        self.assertEqual([mandate._charge_if_low() for _ in range(3)], ["charge", "charge", "day_limit"])
        again = self.agree(threshold=1_000_000)
        self.assertEqual(again._charge_if_low(), "day_limit", "a new consent is no new day")

    def test_a_failure_pauses_and_is_told_once(self):
        before = self.balance()
        mandate = self.agree(threshold=1_000_000, state="error")
        with patch.object(type(self.env["res.partner"]), "message_notify", autospec=True) as told:
            self.assertEqual(mandate._charge_if_low(), "charge")
            self.assertEqual(mandate._charge_if_low(), "paused")
            mandate.transaction_ids._post_process()
        self.assertEqual(told.call_count, 1)
        self.assertEqual((mandate.state, self.balance()), ("paused", before))
        mandate._resume()
        self.assertEqual(mandate.state, "active")

    def test_a_payment_on_its_way_is_waited_for(self):
        mandate = self.agree(threshold=1_000_000, state="pending")
        self.assertEqual([mandate._charge_if_low() for _ in range(2)], ["charge", "waiting"])

    def test_the_months_cap_holds_for_automatic_top_ups(self):
        self.company.campus_topup_month_cap_minor = 7_000
        mandate = self.agree(threshold=1_000_000)
        self.assertEqual([mandate._charge_if_low() for _ in range(2)], ["charge", "month_cap"])

    def test_nothing_is_charged_without_consent_token_or_open_card(self):
        mandate = self.agree(threshold=1_000_000)
        mandate.token_id.active = False
        self.assertEqual(mandate._charge_if_low(), "off")
        mandate.token_id.active = True
        self.wallet._set_state("frozen", {"open"})
        self.assertEqual(mandate._charge_if_low(), "off")
        self.wallet._set_state("open", {"frozen"})
        self.company.campus_auto_topup_per_day = 0
        self.assertEqual(mandate._charge_if_low(), "off")
        self.company.campus_auto_topup_per_day = 2
        mandate._revoke()
        self.assertEqual(mandate._charge_if_low(), "paused")

    def test_the_consent_is_kept_word_by_word_and_never_edited(self):
        mandate = self.agree()
        self.assertIn("100.00", mandate.consent_text)
        self.assertIn("50.00", mandate.consent_text)
        self.assertTrue(mandate.consent_version)
        self.assertTrue(mandate.consented_at)
        for role in ("finance", "auditor"):
            with self.assertRaises(AccessError):
                mandate.with_user(self.new_user(role)).write({"amount_minor": 1})
        newer = self.agree(amount=6_000)
        self.assertEqual((mandate.state, newer.state), ("revoked", "active"))

    def test_the_cron_charges_everybody_who_is_low(self):
        before = self.balance(), self.balance(self.other_wallet)
        self.agree(threshold=1_000_000)
        self.agree(threshold=1, wallet=self.other_wallet)
        with self.enter_registry_test_mode():
            self.env.ref("campus_topup.campus_topup_mandate_cron_charge").method_direct_trigger()
        self.assertEqual((self.balance(), self.balance(self.other_wallet)), (before[0] + 5000, before[1]))

    def test_amounts_without_sense_are_refused(self):
        for values in ({"threshold": 0}, {"amount": 1}, {"amount": 10**9}):
            with self.assertRaises(ValidationError):
                self.agree(**values)

    # -- pages ---------------------------------------------------------------------

    def test_the_holder_agrees_and_ends_it(self):
        self.login(self.lin_user)
        self.assertIn("First save", self.url_open("/my/card/auto").text)
        token = self.token_of(self.lin)
        page = self.url_open("/my/card/auto").text
        self.assertIn("I agree that", page)
        values = {"token": token.id, "threshold": "20", "amount": "100"}
        self.assertIn("tick the box", self.post("/my/card/auto/agree", **values).text)
        mandates = self.env["campus.topup.mandate"]
        self.assertFalse(mandates._of_wallet(self.wallet))
        self.post("/my/card/auto/agree", agreed="1", **values)
        mandate = mandates._of_wallet(self.wallet)
        self.assertEqual((mandate.threshold_minor, mandate.amount_minor), (2000, 10000))
        self.assertIn("It is on", self.url_open("/my/card/auto").text)
        self.post("/my/card/auto/end")
        self.assertEqual(mandate.state, "revoked")
        self.assertTrue(mandate.revoked_at)

    def test_the_token_of_another_is_not_taken(self):
        self.login(self.lin_user)
        token = self.token_of(self.wang)
        values = {"token": token.id, "threshold": "20", "amount": "100", "agreed": "1"}
        self.assertIn("Choose one", self.post("/my/card/auto/agree", **values).text)
        self.assertFalse(self.env["campus.topup.mandate"]._of_wallet(self.wallet))

    def test_a_paused_one_shows_on_the_card_and_goes_on(self):
        mandate = self.agree(threshold=1_000_000, state="error")
        mandate._charge_if_low()
        self.login(self.lin_user)
        self.assertIn("Automatic top-up is paused", self.url_open("/my/card").text)
        self.assertIn("Paused", self.url_open("/my/card/auto").text)
        self.post("/my/card/auto/resume")
        mandate.invalidate_recordset()
        self.assertEqual(mandate.state, "active")
