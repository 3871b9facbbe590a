import io
import json
import re
import zipfile
from datetime import datetime

import openpyxl
from odoo.tests import tagged

from .test_history_pages import HistoryCase


@tagged("post_install", "-at_install")
class TestHistoryTime(HistoryCase):
    """History and statement go by the time of the campus, and call things by the names on the walls."""

    def bought_at(self, moment, minor):
        return self.buy(self.wallet, self.canteen, minor, occurred_at=moment)

    def test_what_happened_late_and_came_early_stands_in_its_place(self):
        self.company.partner_id.tz = "Asia/Shanghai"
        # a reader was offline: its tap of 07:05 comes after that of 12:10
        self.bought_at("2026-03-02 04:10:00", 1110)
        self.bought_at("2026-03-01 23:05:00", 1120)
        page = self.url_open("/my/card/history").text
        self.assertLess(page.index("−11.10"), page.index("−11.20"))
        home = self.env["campus.portal"].with_user(self.lin_user)._recent(self.wallet)
        shown = [event["amount"] for event in home if event["amount"] in ("−11.10", "−11.20")]
        self.assertEqual(shown, ["−11.10", "−11.20"])
        today = self.env["campus.history"]._today(self.wallet)
        values = self.env["campus.statement"]._values(self.wallet, today, today)
        amounts = [line["amount_minor"] for line in values["lines"]]
        self.assertLess(amounts.index(-1120), amounts.index(-1110))
        balances = [line["balance_minor"] for line in values["lines"]]
        self.assertEqual(balances[-1], values["closing_minor"])

    def test_pages_follow_each_other_by_time_without_gap_or_repeat(self):
        for number in range(50):
            # pairs of one second, told in an order of their own
            minute, hour = number % 30, number % 7
            self.bought_at(f"2026-03-0{1 + hour} 05:{minute // 2:02d}:00", 100 + number)
        found, before = [], ""
        while before is not None:
            page = self.url_open(f"/my/card/history?kind=spent{before}").text
            found += re.findall(r"−1\.[0-5]\d", page)
            next_id = re.search(r"before=(\d+)", page)
            before = next_id and f"&before={next_id[1]}"
        self.assertEqual(sorted(found), sorted(f"−1.{number:02d}" for number in range(50)))

    def test_files_say_the_time_of_the_campus(self):
        self.company.partner_id.tz = "Asia/Shanghai"
        self.lin_user.tz = "America/New_York"
        self.bought_at("2026-03-01 23:05:00", 1120)
        answer = self.url_open("/my/card/statement.xlsx")
        sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
        [when] = [row[0] for row in sheet.iter_rows(min_row=4, values_only=True) if row[3] == -11.2]
        self.assertEqual(when, datetime(2026, 3, 2, 7, 5))
        page = (
            self.env["ir.actions.report"]
            ._render_qweb_html(
                "campus_topup.campus_statement_report",
                self.wallet.ids,
                data=dict.fromkeys(("start", "end"), str(self.env["campus.history"]._today(self.wallet))),
            )[0]
            .decode()
        )
        self.assertRegex(page, r"3/2/26, 7:05")
        archive = zipfile.ZipFile(io.BytesIO(self.env["campus.privacy"]._export(self.wallet)))
        transfers = json.loads(archive.read("transfers.json"))
        self.assertIn("2026-03-02T07:05:00+08:00", [row["occurred_at"] for row in transfers])

    def test_pages_say_the_time_of_the_campus_without_a_script_too(self):
        self.company.partner_id.tz = "Asia/Shanghai"
        self.lin_user.tz = "America/New_York"
        self.bought_at("2026-03-01 23:05:00", 1120)
        for path in ("/my/card/history", "/my/card"):
            page = self.url_open(path).text
            self.assertIn('data-zone="Asia/Shanghai"', page)
            self.assertIn("2026-03-02 07:05", page)

    def test_a_pin_that_was_asked_for_and_given_is_no_refusal(self):
        self.wallet._set_own_limits(0, 0, 500)
        uuid = "0b3f6a62-3b1c-4c5b-9f38-1d1c0c9bb0ab"
        self.assertFalse(self.buy(self.wallet, self.canteen, 700, uuid=uuid)["ok"])
        self.assertIn("PIN is needed", self.url_open("/my/card/history/refused").text)
        self.assertIn("Payment of 7.00", self.url_open("/my/card").text)
        answer = self.buy(self.wallet, self.canteen, 700, uuid=uuid, attempt=1, pin_given=True)
        self.assertTrue(answer["ok"], answer)
        self.assertNotIn("PIN is needed", self.url_open("/my/card/history/refused").text)
        self.assertNotIn("Payment of 7.00", self.url_open("/my/card").text)

    def test_the_first_page_names_the_counter_and_where_a_top_up_came_from(self):
        company = self.env["res.partner"].create({"name": "Catering Ltd", "is_company": True})
        self.canteen.partner_id = company
        self.buy(self.wallet, self.canteen, 333)
        tx = self.transaction(50.0)
        self.report(tx, "done")
        recent = self.env["campus.portal"].with_user(self.lin_user)._recent(self.wallet)
        by_amount = {event["amount"]: event for event in recent}
        self.assertEqual(by_amount["−3.33"]["title"], "Canteen 1")
        channel = self.provider._campus_channel().display_name
        self.assertEqual(by_amount["+50.00"]["detail"], channel)
        page = self.url_open("/my/card").text
        self.assertNotIn("Catering Ltd", page)
