from odoo.tests import tagged

from .common import ClosingCase
from .sabotage import Sabotage


@tagged("post_install", "-at_install")
class TestCampusBridgeJoined(Sabotage, ClosingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.env["campus.wallet"]._for_holder(cls.env["res.partner"].create({"name": "Zhang San"}))

    def test_a_refund_to_a_wallet_that_was_joined_with_another_one_fits(self):
        self.post("topup", 1_000)
        sale = self.post("purchase", 700)
        self.wallet._join_into(self.other)
        third = self.env["campus.wallet"]._for_holder(self.env["res.partner"].create({"name": "Wu"}))
        self.refund(sale, 300)
        self.other._join_into(third)
        self.refund(sale, 300)
        bridge = self.check()
        self.assertTrue(bridge.is_balanced, bridge.finding_ids.read())
        self.assertEqual((third.balance_minor, third.company_id), (900, self.company))
        self.close()
        self.assertTrue(self.check().is_balanced)
