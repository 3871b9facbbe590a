import re

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import PortalCase, SoftPhone


@tagged("post_install", "-at_install")
class TestCampusKiosk(PortalCase):
    roles = ("clerk", "manager", "auditor")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.kiosk = cls.env["campus.kiosk"].create({"name": "Lobby"})

    def start(self):
        """Open the kiosk as its manager does and take the key into this browser."""
        url = self.as_user(self.kiosk, "manager").action_open_here()["url"]
        self.key = url.partition("#")[2]
        self.authenticate(None, None)
        self.refresh()
        self.post("/campus/kiosk/open", key=self.key)
        self.refresh()

    def refresh(self):
        page = self.url_open("/campus/kiosk").text
        self.token = re.search(r'name="csrf_token" value="([^"]+)"', page).group(1)
        return page

    def test_a_card_shows_money_of_its_holder_and_wipes_itself(self):
        self.start()
        page = self.post("/campus/kiosk/card", credential=self.card.uid).text
        self.assertIn("86.40", page)
        self.assertRegex(page, r'http-equiv="refresh" content="30;url=/campus/kiosk"')
        self.assertNotIn("123.45", page)

    def test_a_phone_is_as_good_as_a_card(self):
        phone = SoftPhone()
        self.login(self.lin_user)
        self.enrol(phone)
        self.start()
        self.assertIn("86.40", self.post("/campus/kiosk/card", credential=phone.code()).text)

    def test_a_number_alone_shows_nothing(self):
        self.start()
        for text in ("T0001", self.card.number, "", "x" * 900):
            self.assertNotIn("86.40", self.post("/campus/kiosk/card", credential=text).text)

    def test_a_lost_card_shows_nothing_of_its_holder_to_its_finder(self):
        self.card._do("report_lost")
        self.start()
        page = self.post("/campus/kiosk/card", credential=self.card.uid).text
        self.assertNotIn("Lin Xiaoyu", page)
        self.assertIn("reported lost", page)

    def test_a_browser_without_the_key_gets_nothing(self):
        self.start()
        self.opener.cookies.clear()
        self.assertIn("not set up", self.refresh())
        for url in ("/campus/kiosk/card", "/campus/kiosk/lost"):
            self.assertEqual(self.post(url, credential=self.card.uid).status_code, 303)
        for key in ("", "1", "1.", f"{self.kiosk.id}.x", f"-1.{self.key}", f"²{self.key}", "9" * 30 + ".x"):
            self.post("/campus/kiosk/open", key=key)
            self.assertIn("not set up", self.refresh(), key)

    def test_a_new_key_makes_the_old_one_worthless(self):
        self.start()
        self.as_user(self.kiosk, "manager").action_open_here()
        self.assertIn("not set up", self.refresh())

    def test_a_loss_is_reported_with_number_and_emergency_code(self):
        code = self.env["campus.emergency"]._renew(self.lin, self.company)
        self.start()
        wrong = "00000000" if code != "00000000" else "11111111"
        page = self.post("/campus/kiosk/lost", number="T0001", code=wrong).text
        self.assertIn("do not go together", page)
        self.assertEqual(self.card.state, "active")
        self.post("/campus/kiosk/lost", number="T0001", code=code)
        self.assertEqual(self.card.state, "lost")
        loss = self.env["campus.loss"].search([("partner_id", "=", self.lin.id)])
        self.assertEqual(loss.channel, "kiosk")

    def test_guessing_at_the_kiosk_locks_the_emergency_code(self):
        code = self.env["campus.emergency"]._renew(self.lin, self.company)
        self.start()
        wrong = "00000000" if code != "00000000" else "11111111"
        for _try in range(5):
            self.post("/campus/kiosk/lost", number="T0001", code=wrong)
        self.assertIn("locked", self.post("/campus/kiosk/lost", number="T0001", code=code).text)
        self.assertEqual(self.card.state, "active")

    def test_tries_at_a_kiosk_are_limited(self):
        self.start()
        pages = [self.post("/campus/kiosk/lost", number="nobody", code="12345678").text for _try in range(11)]
        self.assertIn("Too many tries", pages[-1])

    def test_only_managers_set_up_kiosks(self):
        for role in ("clerk", "auditor"):
            with self.assertRaises(AccessError):
                self.as_user(self.kiosk, role).action_open_here()
        with self.assertRaises(AccessError):
            self.as_user(self.kiosk, "manager").read(["key_hash"])
