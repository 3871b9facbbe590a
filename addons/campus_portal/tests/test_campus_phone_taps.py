import time

from odoo.addons.campus_terminal.tests.tap_common import TapCase
from odoo.tests import tagged

from .common import PortalCase, SoftPhone


@tagged("post_install", "-at_install")
class TestCampusPhoneTaps(TapCase, PortalCase):
    """Codes of phones that an edge believed while it was alone."""

    roles = ("clerk", "manager")

    def setUp(self):
        super().setUp()
        self.login(self.lin_user)
        self.phone = SoftPhone()
        self.assertEqual(self.enrol(self.phone)["code"], "ok")
        self.phone_card = self.env["campus.phone"].search([], limit=1).card_id
        self.before = self.phone_card.wallet_id.available_minor

    def told(self, minutes_ago=0, **values):
        """A sale to the phone, decided by the edge; the answer."""
        now = time.time() - minutes_ago * 60
        defaults = {
            "terminal": "T-KEY", "amount_minor": 100, "at_ms": int(now * 1000), "card": self.phone_card.id,
            "credential": f"qr:{self.phone.code(now=now)}",
        }  # fmt: skip
        self.journal.told(**defaults | values)
        return self.send()[0]

    def spent(self):
        return self.before - self.phone_card.wallet_id.available_minor

    def test_a_code_that_was_good_then_pays_once_it_is_told(self):
        answer = self.told()
        self.assertEqual((answer["outcome"], answer["code"], self.spent()), ("granted", "ok", 100))

    def test_the_same_code_pays_for_nothing_else(self):
        now = time.time()
        code = f"qr:{self.phone.code(now=now)}"
        self.assertEqual(self.told(credential=code)["code"], "ok")
        self.assertEqual(self.told(credential=code)["code"], "held")
        self.assertEqual(self.told(credential=code, card=self.other_card.id)["code"], "held")
        self.assertEqual(self.spent(), 100)

    def test_a_code_that_was_not_good_then_waits_for_eyes(self):
        code = f"qr:{self.phone.code(now=time.time() - 600)}"
        self.assertEqual(self.told(credential=code)["code"], "held")
        review = self.env["campus.tap.review"].search([("edge_id", "=", self.edge.id)])
        self.assertEqual((review.reason, review.partner_id), ("unsupported", self.lin))

    def test_a_code_of_another_card_than_named_waits_for_eyes(self):
        self.assertEqual(self.told(card=self.other_card.id)["code"], "held")
        self.assertEqual(self.spent(), 0)

    def test_a_phone_that_was_revoked_after_the_sale_has_paid(self):
        now = time.time()
        code = f"qr:{self.phone.code(now=now)}"
        self.env["campus.phone"].search([]).write({"revoked_at": "2100-01-01 00:00:00"})
        self.assertEqual(self.told(credential=code)["code"], "ok")
        self.env["campus.phone"].search([]).write({"revoked_at": "2020-01-01 00:00:00"})
        self.assertEqual(self.told(minutes_ago=0.5)["code"], "held")
