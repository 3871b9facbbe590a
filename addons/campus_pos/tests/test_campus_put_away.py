from odoo.exceptions import UserError
from odoo.tests import tagged

from ..const import TERMINAL
from .common import CampusPosCommon


@tagged("post_install", "-at_install")
class TestCampusPutAway(CampusPosCommon):
    """What becomes of the payment method when the addon is uninstalled and installed again."""

    def put_away(self):
        self.sudo_env["pos.payment.method"]._campus_put_away()

    def test_an_open_till_is_closed_first(self):
        with self.assertRaisesRegex(UserError, "Open sessions"), self.cr.savepoint():
            self.put_away()
        self.assertTrue(self.method.active)

    def test_it_is_archived_and_comes_back_with_its_past_payments(self):
        self.top_up(self.lin_card, 2000)
        order = self.sell(12.5)
        self.session.post_closing_cash_details(0)
        self.assertTrue(self.session.close_session_from_ui()["successful"])
        self.put_away()
        self.assertEqual((self.method.active, self.method.use_payment_terminal), (False, False))
        self.assertFalse(self.method.config_ids)
        self.assertFalse(self.company._campus_pos_method())
        self.assertEqual(order.payment_ids.payment_method_id, self.method)
        self.assertEqual(self.company._campus_setup_pos(), self.method)
        self.assertEqual((self.method.active, self.method.use_payment_terminal), (True, TERMINAL))
