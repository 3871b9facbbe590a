import base64
import io

from odoo.exceptions import UserError
from odoo.tests import tagged
from openpyxl import load_workbook

from .import_common import ROW, ImportCase, csv_of, xlsx_of


@tagged("post_install", "-at_install")
class TestCampusImportSheets(ImportCase):
    """What is in a file and nobody sees is in the report before anything is imported."""

    def job(self, content, filename):
        vals = {"file": base64.b64encode(content), "filename": filename}
        return self.imports.with_user(self.user("manager")).create(vals)

    def test_what_nobody_sees_in_the_sheet_is_named_before_anything_is_imported(self):
        def rows(book):
            book.active.row_dimensions[3].hidden = True
            book.create_sheet("说明").append(["由财务处导出"])

        job = self.job(self.sheet(rows), "cards.xlsx")
        job.action_check()
        self.assertFalse(job.blocked)
        found = {line.code: line for line in job.line_ids.filtered("attention")}
        self.assertLessEqual({"rows_hidden", "sheet_not_read"}, set(found))
        self.assertEqual((found["rows_hidden"].row, found["rows_hidden"].campus_number), (3, "S20250503002"))
        self.assertIn("“说明”", found["sheet_not_read"].message)
        self.assertIn(1, job.line_ids.filtered("attention").mapped("row"))

    def test_holders_on_another_sheet_block_the_import(self):
        job = self.job(self.sheet(lambda book: book.copy_worksheet(book.active)), "cards.xlsx")
        job.action_check()
        self.assertTrue(job.blocked)
        self.assertEqual(job.line_ids.filtered(lambda line: line.result == "error").code, "file_sheets")
        job.policy = "skip_bad_rows"
        with self.assertRaises(UserError):
            job.action_import()

    def test_a_row_with_several_doubts_shows_all_of_them(self):
        job = self.job(csv_of({**ROW, "账号": "100001.0", "学工号": "20230300001.0"}), "cards.csv")
        job.action_check()
        line = job.line_ids.filtered(lambda line: line.row == 2)
        self.assertEqual((line.account, line.campus_number), ("100001", "20230300001"))
        self.assertEqual(line.message.count("“.0”"), 2)

    def sheet(self, change):
        """A workbook with two holders, changed before it is saved."""
        book = load_workbook(
            io.BytesIO(
                xlsx_of(
                    *(
                        [
                            f"88300{n}",
                            f"S2025050300{n}",
                            "戴鸿军",
                            "男",
                            "测试学院",
                            "本科生",
                            f"1AFDAFB{n}",
                            22305,
                            0,
                            0,
                            0,
                            "2099-07-31",
                            None,
                        ]
                        for n in (1, 2)
                    )
                )
            )
        )
        book.active.delete_rows(1)
        change(book)
        stream = io.BytesIO()
        book.save(stream)
        return stream.getvalue()
