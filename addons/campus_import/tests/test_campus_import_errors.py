from odoo.exceptions import UserError
from odoo.tests import tagged

from .import_common import DATA, ROW, SECOND, ImportCase, csv_of


@tagged("post_install", "-at_install")
class TestCampusImportErrors(ImportCase):
    """Bad files: each error names its row, column and reason, and nothing is lost."""

    def refused(self, *rows, row=2, column, code):
        """The row is refused under both policies; the good row goes in only when asked to."""
        dry = self.import_rows(*rows, dry_run=True)
        self.assert_error(dry, row, column, code)
        self.assertEqual(dry["created"], len(rows) - 1)
        whole = self.import_rows(*rows)
        self.assert_error(whole, row, column, code)
        self.assert_counts(whole, errors=1)
        self.assertFalse(whole["committed"])
        self.assertFalse(self.holder(SECOND["学工号"]) + self.holder(ROW["学工号"]))
        some = self.import_rows(*rows, policy="skip_bad_rows")
        self.assertTrue(some["committed"])
        self.assert_counts(some, created=len(rows) - 1, errors=1)
        return some

    def test_a_uid_that_a_spreadsheet_rounded_is_refused(self):
        some = self.refused(
            {**ROW, "物理卡号": "2.3E+09"}, SECOND, column="物理卡号", code="uid_spreadsheet_damage"
        )
        self.assertEqual(some["errors"][0]["value"], "2.3E+09")
        self.assertFalse(self.holder())
        self.assertTrue(self.holder(SECOND["学工号"]))

    def test_a_negative_balance_is_refused(self):
        self.refused({**ROW, "卡余额": "-5.00"}, SECOND, column="卡余额", code="money_negative")

    def test_parts_of_a_cent_are_refused(self):
        self.refused({**ROW, "补助余额": "1.005"}, SECOND, column="补助余额", code="money_too_precise")

    def test_a_broken_date_is_refused(self):
        self.refused({**ROW, "有效期": "20260231"}, SECOND, column="有效期", code="date_invalid")

    def test_an_unknown_status_is_refused(self):
        self.refused({**ROW, "卡状态": "借出"}, SECOND, column="卡状态", code="status_unknown")

    def test_an_unknown_department_is_refused_when_the_profile_says_so(self):
        self.profile_a.unknown_department = "refuse"
        self.env["campus.department"].create({"name": "已有学院", "code": "T-OLD"})
        known = {**SECOND, "部门": "已有 学院"}
        self.refused(ROW, known, column="部门", code="department_unknown")
        self.assertEqual(self.holder(SECOND["学工号"]).campus_department_id.code, "T-OLD")

    def test_an_unknown_department_is_created_and_reported_otherwise(self):
        answer = self.import_rows(ROW, {**SECOND, "部门": "测试学院"})
        self.assert_counts(answer, created=2)
        self.assertEqual(
            [(w["row"], w["value"], w["code"]) for w in answer["warnings"]],
            [(2, "测试学院", "department_created")],
        )
        self.assertEqual(self.env["campus.department"].search_count([("name", "=", "测试学院")]), 1)

    def test_a_department_is_found_by_its_code(self):
        department = self.env["campus.department"].create({"name": "School of Tests", "code": "测试学院"})
        self.assert_counts(self.import_rows(ROW), created=1)
        self.assertEqual(self.holder().campus_department_id, department)

    def test_duplicates_in_the_file_are_refused_at_their_second_row(self):
        for column, code in (
            ("账号", "duplicate_account"),
            ("学工号", "duplicate_number"),
            ("物理卡号", "duplicate_uid"),
        ):
            with self.subTest(column):
                answer = self.import_rows(ROW, {**SECOND, column: ROW[column]}, dry_run=True)
                self.assert_error(answer, 3, column, code)
                self.assertIn("2", answer["errors"][0]["message"])

    def test_a_uid_of_somebody_elses_card_in_use_is_refused(self):
        self.import_rows({**SECOND, "物理卡号": ROW["物理卡号"]})
        answer = self.import_rows(ROW)
        self.assert_error(answer, 2, "物理卡号", "uid_taken")
        self.assertIn(SECOND["学工号"], answer["errors"][0]["message"])
        card = self.holder(SECOND["学工号"]).campus_card_ids
        card.action_return()
        self.assert_counts(self.import_rows(ROW), created=1)

    def test_a_number_that_came_with_another_account_is_refused(self):
        self.import_rows(ROW)
        answer = self.import_rows({**ROW, "账号": "T777", "物理卡号": "77705923"})
        self.assert_error(answer, 2, "学工号", "number_taken")
        self.assertIn(ROW["账号"], answer["errors"][0]["message"])

    def test_an_account_that_came_with_another_number_is_refused(self):
        self.import_rows(ROW)
        answer = self.import_rows({**ROW, "学工号": "T-other", "物理卡号": "77705923"})
        self.assert_error(answer, 2, "账号", "account_taken")

    def test_separators_and_full_width_digits_are_understood(self):
        rich = {**ROW, "卡余额": '"1,234.56"', "补助余额": "￥１２．３０", "学工号": "Ｔ２０２３"}
        self.assert_counts(self.import_rows(rich), created=1)
        self.assertEqual(self.pocket_minor("cash", self.holder("T2023")), 123456)
        self.assertEqual(self.pocket_minor("subsidy", self.holder("T2023")), 1230)

    def test_a_wrong_encoding_is_refused(self):
        self.profile_a.encoding = "utf-8"
        answer = self.run_file(csv_of(ROW), profile=self.profile_a)
        self.assertEqual([(e["row"], e["code"]) for e in answer["errors"]], [(1, "file_encoding")])
        self.profile_a.encoding = "auto"
        broken = csv_of(*[{**ROW, "账号": str(n)} for n in range(9)], encoding="utf-8")
        at = broken.index(b"\r\n", 300) + 2
        answer = self.run_file(broken[:at] + b"\xff" + broken[at:], policy="skip_bad_rows")
        self.assertEqual([e["code"] for e in answer["errors"]], ["file_encoding"])
        self.assertFalse(answer["committed"])

    def test_half_a_file_is_never_imported(self):
        for policy in ("all_or_nothing", "skip_bad_rows"):
            content = csv_of(ROW, SECOND)[:-20]
            answer = self.run_file(content, policy=policy)
            self.assertEqual([(e["row"], e["code"]) for e in answer["errors"]], [(3, "file_truncated")])
            self.assertTrue(answer["blocked"])
            self.assertFalse(answer["committed"])
            self.assert_counts(answer, errors=1)
            sheet = (DATA / "vendor_b_cards.xlsx").read_bytes()
            answer = self.run_file(sheet[: len(sheet) // 2], policy=policy, profile="vendor_b")
            self.assertEqual([e["code"] for e in answer["errors"]], ["file_truncated"])
        self.assertFalse(self.holder())

    def test_a_balance_without_a_pocket_plan_blocks_the_file(self):
        self.profile_a.column_ids.filtered(lambda column: column.plan_code == "subsidy").plan_code = "bonus"
        answer = self.import_rows(ROW, policy="skip_bad_rows")
        self.assert_error(answer, 1, "补助余额", "plan_unknown")
        self.assertFalse(answer["committed"])

    def test_all_problems_of_all_rows_are_reported_at_once(self):
        bad = {**ROW, "卡余额": "x", "有效期": "y"}
        worse = {**SECOND, "身份": "校友", "卡余额": "x"}
        answer = self.import_rows(bad, worse, dry_run=True)
        self.assertEqual(
            [(e["row"], e["column"]) for e in answer["errors"]],
            [(2, "卡余额"), (2, "有效期"), (3, "身份"), (3, "卡余额")],
        )

    def test_what_was_skipped_comes_in_with_the_corrected_file(self):
        self.import_rows({**ROW, "卡余额": "x"}, SECOND, policy="skip_bad_rows")
        answer = self.import_rows(ROW, SECOND)
        self.assert_counts(answer, created=1, unchanged=1)
        self.assertEqual(self.pocket_minor("cash", self.holder()), 1230)

    def test_an_unknown_profile_or_policy_is_refused(self):
        with self.assertRaises(UserError):
            self.import_rows(ROW, profile="no such system")
        with self.assertRaises(ValueError):
            self.import_rows(ROW, policy="hope")

    def test_a_file_that_no_profile_knows_says_so(self):
        answer = self.run_file(b"a,b,c\r\n1,2,3\r\n")
        self.assertEqual([(e["row"], e["code"]) for e in answer["errors"]], [(1, "file_header")])
        self.assertIsNone(answer["profile"])
