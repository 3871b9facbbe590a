import datetime as dt

from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import TODAY, ClosingCase

CRON = "odoo.addons.campus_reports.models.campus_closing_when"


@tagged("post_install", "-at_install")
class TestCampusLanguage(ClosingCase):
    """What stays is written in the company's language, whoever or whatever writes it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("zh_CN")
        cls.company.partner_id.lang = "zh_CN"

    def test_the_books_are_kept_in_the_language_of_the_company(self):
        self.assertEqual(self.env.lang or "en_US", "en_US")
        self.post("topup", 1_000)
        move = self.close().move_ids
        self.assertRegex(move.ref, "^校园卡")
        self.assertIn("转入卡内 (1)", move.line_ids.mapped("name"))

    @mute_logger(CRON)
    def test_the_night_reports_in_the_language_of_the_company(self):
        day = TODAY - dt.timedelta(days=1)
        self.post("topup", 1_000, day=day)
        self.company.campus_journal_id = False
        self.company.campus_close_daily = True
        with self.enter_registry_test_mode():
            self.env.ref("campus_reports.ir_cron_close_days").method_direct_trigger()
        closing = self.Closing.search([("company_id", "=", self.company.id), ("date", "=", day)])
        self.assertIn("校园卡日记账", closing.activity_ids.note)
