from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged

from .common import TODAY, ClosingCase

FINANCE = "campus_card.group_campus_card_finance"
AUDITOR = "campus_card.group_campus_card_auditor"
MANAGER = "campus_card.group_campus_card_manager"


@tagged("post_install", "-at_install")
class TestCampusClosingRights(ClosingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.auditor = cls.user("auditor", AUDITOR)
        cls.manager = cls.user("manager", MANAGER)
        cls.clerk = cls.user("clerk", "campus_card.group_campus_card_clerk")

    def test_finance_closes_a_day(self):
        self.post("topup", 1_000)
        closing_id = self.Closing.with_user(self.finance)._close_day(self.company, TODAY)
        closing = self.Closing.browse(closing_id)
        self.assertEqual(closing.closed_by_id, self.finance)
        self.assertEqual(closing.with_user(self.finance).move_ids.state, "posted")

    def test_nobody_else_closes_or_previews_a_day(self):
        for user in (self.manager, self.clerk):
            Closing = self.Closing.with_user(user)
            for verb in (Closing._close_day, Closing._close_until, Closing._quote_close):
                with self.subTest(user.login), self.assertRaises(AccessError):
                    verb(self.company, TODAY)

    def test_an_auditor_previews_and_does_not_close(self):
        self.post("topup", 1_000)
        Closing = self.Closing.with_user(self.auditor)
        self.assertTrue(Closing._quote_close(self.company, TODAY)["entries"])
        for verb in (Closing._close_day, Closing._close_until):
            with self.assertRaises(AccessError):
                verb(self.company, TODAY)
        with self.assertRaises(AccessError):
            self.env["campus.close.day"].with_user(self.auditor).create({})

    def test_an_auditor_reads_everything_and_changes_nothing(self):
        self.post("topup", 1_000)
        closing = self.close()
        bridge = self.assertBridge()
        records = closing + self.Closing, closing.line_ids, bridge, bridge.line_ids, closing.move_ids
        for record in records:
            record = record[:1].with_user(self.auditor)
            self.assertTrue(record.read(["display_name"]))
            for operation in ("write", "create", "unlink"):
                self.assertFalse(record.has_access(operation), f"{record} {operation}")
        with self.assertRaises(AccessError):
            closing.with_user(self.auditor).message_post(body="I was here")
        self.assertTrue(self.env["campus.transfer.report"].with_user(self.auditor).search([], limit=1))

    def test_finance_does_not_write_what_only_the_close_writes(self):
        self.post("topup", 1_000)
        closing = self.close()
        bridge = self.assertBridge()
        for record in (closing, closing.line_ids[:1], bridge, bridge.line_ids[:1], closing.move_ids):
            for operation in ("write", "create", "unlink"):
                self.assertFalse(record.with_user(self.finance).has_access(operation))
        closing.with_user(self.finance).message_post(body="Counted and found right.")

    def test_the_office_sees_neither_bridge_nor_movements(self):
        self.post("topup", 1_000)
        for user in (self.manager, self.clerk):
            with self.subTest(user.login):
                with self.assertRaises(AccessError):
                    self.Bridge.with_user(user)._check(self.company)
                for model in ("campus.bridge", "campus.transfer.report", "campus.closing.line"):
                    with self.assertRaises(AccessError):
                        self.env[model].with_user(user).search([])

    def test_the_office_does_not_print_a_day(self):
        self.post("topup", 1_000)
        closing = self.close()
        report = self.env["ir.actions.report"].with_user(self.manager)
        with self.assertRaises(AccessError):
            report._render_qweb_html("campus_reports.report_campus_closing", closing.ids)

    def test_another_company_s_days_are_not_seen(self):
        self.post("topup", 1_000)
        closing = self.close()
        self.assertBridge()
        stranger = self.user("stranger", FINANCE)
        other = self.env["res.company"].create({"name": "Other University"})
        stranger.write({"company_ids": [(6, 0, other.ids)], "company_id": other.id})
        for model in ("campus.closing", "campus.closing.line", "campus.bridge", "campus.transfer.report"):
            domain = [("company_id", "=", self.company.id)]
            Model = self.env[model].with_user(stranger).with_context(allowed_company_ids=other.ids)
            self.assertFalse(Model.search(domain), model)
        context = {"allowed_company_ids": other.ids}
        with self.assertRaises(AccessError):
            self.Closing.with_user(stranger).with_context(**context)._close_day(self.company, TODAY)
        with self.assertRaises(AccessError):
            self.Bridge.with_user(stranger).with_context(**context)._check(self.company)
        self.assertEqual(closing.state, "closed")


@tagged("post_install", "-at_install")
class TestDaySpreadsheetRights(ClosingCase, HttpCase):
    def get(self, login, day=TODAY, company=None):
        self.authenticate(login, login)
        company = company or self.company
        return self.url_open(f"/campus/reports/day/{company.id}/{day}.xlsx")

    def test_finance_and_auditors_get_the_spreadsheet(self):
        self.user("auditor", AUDITOR)
        self.post("topup", 1_000)
        for login in ("closing-finance", "closing-auditor"):
            response = self.get(login)
            self.assertEqual(response.status_code, 200)
            self.assertTrue(response.content.startswith(b"PK"))
            self.assertIn(f"{TODAY}.xlsx", response.headers["Content-Disposition"])

    def test_others_do_not(self):
        self.user("manager", MANAGER)
        self.assertEqual(self.get("closing-manager").status_code, 403)
        other = self.env["res.company"].create({"name": "Other University"})
        self.assertEqual(self.get("closing-finance", company=other).status_code, 403)

    def test_a_day_that_is_none_is_not_found(self):
        self.assertEqual(self.get("closing-finance", day="2026-02-31").status_code, 404)
