import datetime as dt
import io

from odoo.tests import tagged
from openpyxl import load_workbook

from ..day_xlsx import HEADER_ROW, Column, Table, write_day
from .common import TODAY, ClosingCase


@tagged("post_install", "-at_install")
class TestDayXlsx(ClosingCase):
    def workbook(self, day=TODAY):
        content = write_day(self.Closing.with_user(self.finance)._day_tables(self.company, day))
        return load_workbook(io.BytesIO(content))

    def table(self, sheet):
        rows = list(sheet.iter_rows(min_row=HEADER_ROW + 1, values_only=True))
        return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]

    def test_three_sheets_tell_the_day(self):
        self.post("topup", 10_000)
        sale = self.post("purchase", 1_250, memo="=1+1", occurred_at="2026-03-05 03:30:00")
        self.refund(sale, 250)
        self.close()
        book = self.workbook()
        self.assertEqual(book.sheetnames, ["Summary", "Transfers", "Journal Entries"])
        transfers = self.table(book["Transfers"])[:-1]
        self.assertEqual([row["Amount"] for row in transfers], [100.0, -12.5, 2.5])
        self.assertEqual(transfers[1]["Time"], dt.datetime(2026, 3, 5, 11, 30))
        self.assertEqual(transfers[1]["Memo"], "=1+1")
        self.assertEqual(transfers[2]["Movement"], "Refund: Purchase")
        self.assertEqual(transfers[0]["Holder"], "Lin Xiaoyu")
        entries = self.table(book["Journal Entries"])[:-1]
        self.assertEqual(sum(row["Debit"] or 0 for row in entries), 115.0)
        self.assertEqual(sum(row["Credit"] or 0 for row in entries), 115.0)
        self.assertTrue(all(row["Entry"].startswith("CAMP") for row in entries))
        summary = self.table(book["Summary"])[:-1]
        self.assertEqual(
            sorted((row["Code"], row["Debit"] or -row["Credit"]) for row in summary),
            sorted((row["Code"], row["Debit"] or -row["Credit"]) for row in entries),
        )

    def test_an_open_day_says_that_it_is_not_booked(self):
        self.post("topup", 10_000)
        book = self.workbook()
        self.assertIn("not booked yet", book["Summary"]["A1"].value)
        self.assertEqual(self.table(book["Journal Entries"])[0]["Entry"], "not booked yet")

    def test_a_day_without_transfers_is_an_empty_workbook(self):
        self.assertEqual(self.table(self.workbook()["Transfers"]), [])

    def test_text_is_never_a_formula(self):
        table = Table("T", "note", [Column("A", "text", 5)], [("=HYPERLINK(1)",)])
        sheet = load_workbook(io.BytesIO(write_day([table])))["T"]
        self.assertEqual(sheet.cell(HEADER_ROW + 2, 1).data_type, "s")
