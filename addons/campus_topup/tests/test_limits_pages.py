from odoo.tests import tagged

from .common import TopupCase


@tagged("post_install", "-at_install")
class TestLimitsPages(TopupCase):
    """Own limits and the PIN on the holder's page."""

    def setUp(self):
        super().setUp()
        self.login(self.lin_user)

    def test_own_limits_are_stored_and_looser_ones_explained(self):
        self.wallet.limit_day_minor = 10_000
        self.post("/my/card/limits/set", purchase="30", day="80.50", pin_above="")
        self.wallet.invalidate_recordset()
        self.assertEqual(
            (self.wallet.own_limit_purchase_minor, self.wallet.own_limit_day_minor), (3000, 8050)
        )
        answer = self.post("/my/card/limits/set", purchase="30", day="100.01", pin_above="")
        self.assertIn("stays in force", answer.text)
        self.wallet.invalidate_recordset()
        self.assertEqual(self.wallet.own_limit_day_minor, 8050)
        self.assertFalse(self.other_wallet.own_limit_purchase_minor)

    def test_rubbish_is_no_limit(self):
        for text in ("abc", "-1", "1.234", "99999999999"):
            answer = self.post("/my/card/limits/set", purchase=text, day="", pin_above="")
            self.assertEqual(answer.status_code, 200, text)
            self.assertIn('role="alert"', answer.text)
        self.wallet.invalidate_recordset()
        self.assertFalse(self.wallet.own_limit_purchase_minor)

    def test_a_pin_is_chosen_changed_and_locked(self):
        self.assertEqual(self.post("/my/card/pin", new="2580", again="2580").status_code, 303)
        self.wallet.invalidate_recordset()
        self.assertTrue(self.wallet.has_pin)
        self.assertFalse(self.other_wallet.has_pin)
        self.assertIn("too easy", self.post("/my/card/pin", new="1234", again="1234", old="2580").text)
        for _try in range(4):
            self.assertIn("Tries left", self.post("/my/card/pin", new="4071", again="4071", old="0000").text)
        self.assertIn("Too many wrong", self.post("/my/card/pin", new="4071", again="4071", old="0000").text)
        self.assertIn("Too many wrong", self.post("/my/card/pin", new="4071", again="4071", old="2580").text)

    def test_no_page_shows_a_pin_or_its_hash(self):
        self.post("/my/card/pin", new="2580", again="2580")
        for page in ("limits", "limits?saved=pin", "history", "topup", "privacy"):
            text = self.url_open(f"/my/card/{page}").text
            self.assertNotIn("2580", text)
            self.assertNotIn("v1$", text)

    def test_a_machine_that_tries_pins_is_stopped(self):
        texts = [self.post("/my/card/pin", new="12", again="12").text for _ in range(11)]
        self.assertIn("Too many tries", texts[-1])
