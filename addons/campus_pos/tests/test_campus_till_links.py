from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .common import CampusPosCommon


@tagged("post_install", "-at_install")
class TestCampusTillLinks(CampusPosCommon):
    """What sells over a till is booked on the clearing account."""

    def test_a_till_s_merchant_is_booked_nowhere_else(self):
        merchant = self.config.campus_account_id
        sales = self.company._campus_ref("campus_sales")
        with self.assertRaisesRegex(ValidationError, "sells over a till"), self.cr.savepoint():
            merchant.gl_account_id = sales
        merchant.invalidate_recordset()
        shop = self.sudo_env["campus.account"].create(
            {"name": "Shop", "code": "shop-links", "kind": "merchant", "gl_account_id": sales.id}
        )
        shop.company_id = self.company
        with self.assertRaisesRegex(ValidationError, "sells over a till"), self.cr.savepoint():
            self.config.campus_account_id = shop

    def test_tills_go_along_with_the_clearing_account(self):
        old = self.company.campus_clearing_account_id
        new = old.copy({"name": "Clearing 2"})
        with self.assertRaisesRegex(UserError, "open PoS Sessions"), self.cr.savepoint():
            self.company.campus_clearing_account_id = new
        self.company.invalidate_recordset()
        self.session.post_closing_cash_details(0)
        self.session.close_session_from_ui()
        self.company.campus_clearing_account_id = new
        self.assertEqual(self.config.campus_account_id.gl_account_id, new)
        self.assertEqual(self.method.outstanding_account_id, new)
