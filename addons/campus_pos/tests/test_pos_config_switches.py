from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from ..models.pos_config import SWITCHES
from .common import CampusPosCommon

#: Another value for each switch that has one at hand.
OTHERS = {
    "active": False,
    "amount_authorized_diff": 99.0,
    "campus_accept_numbers": True,
    "campus_scan_to_pay": False,
    "campus_skip_receipt": False,
    "campus_account_id": False,
    "group_pos_user_id": False,
    "is_posbox": True,
    "manual_discount": False,
    "order_edit_tracking": True,
    "payment_method_ids": [Command.clear()],
    "proxy_ip": "10.0.0.66",
    "restrict_price_control": True,
    "set_maximum_difference": True,
}


@tagged("post_install", "-at_install")
class TestPosConfigSwitches(CampusPosCommon):
    """Who changes how a till is paid."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = new_test_user(
            cls.env, "campus_switch_manager", groups="base.group_user,point_of_sale.group_pos_manager"
        )

        cls.spare = cls.env["pos.payment.method"].create(
            {"name": "Bank card", "journal_id": cls.company_data["default_journal_bank"].id}
        )

    def test_a_cashier_changes_none_of_them(self):
        till = self.config.with_user(self.cashier)
        for name, value in OTHERS.items():
            self.assertIn(name, SWITCHES)
            with self.assertRaises(AccessError, msg=name), self.cr.savepoint():
                till.write({name: value})
        self.assertFalse(self.config.campus_accept_numbers)

    def test_a_cashier_may_save_what_is_no_switch(self):
        till = self.config.with_user(self.cashier)
        till.write({"iface_big_scrollbars": True})
        self.assertTrue(self.config.iface_big_scrollbars)

    def test_a_cashier_changes_no_payment_method_and_no_company(self):
        for record, vals in (
            (self.spare, {"split_transactions": True}),
            (self.company, {"campus_uid_limit_minor": 0}),
        ):
            with self.assertRaises(AccessError), self.cr.savepoint():
                record.with_user(self.cashier).write(vals)
        with self.assertRaises(AccessError), self.cr.savepoint():
            self.env["res.config.settings"].with_user(self.cashier).create(
                {"pos_config_id": self.config.id, "pos_campus_accept_numbers": True}
            )

    def test_a_change_is_in_the_chatter(self):
        self.env.flush_all()
        self.cr.precommit.run()
        env = self.env(user=self.manager, context={"allowed_company_ids": self.company.ids})
        config = env["pos.config"].browse(self.config.id)
        config.campus_accept_numbers = True
        env["pos.payment.method"].browse(self.spare.id).active = False
        env["res.company"].browse(self.company.id).sudo().campus_uid_limit_minor = 500
        self.env.flush_all()
        self.cr.precommit.run()
        for record, name in (
            (config, "campus_accept_numbers"),
            (self.spare, "active"),
            (self.env.company, "campus_uid_limit_minor"),
        ):
            tracked = record.sudo().message_ids.tracking_value_ids.field_id.mapped("name")
            self.assertIn(name, tracked)
        self.assertEqual(config.sudo().message_ids[0].author_id, self.manager.partner_id)

    def test_the_till_loads_its_settings_without_the_chatter(self):
        till = self.config.with_user(self.cashier)
        names = till._load_pos_data_fields(till)
        self.assertIn("campus_scan_to_pay", names)
        self.assertIn("write_date", names)
        self.assertNotIn("message_ids", names)
        self.assertNotIn("campus_account_id", names)
