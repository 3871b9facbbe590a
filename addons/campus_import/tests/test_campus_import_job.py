import base64
import io

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from openpyxl import load_workbook

from .import_common import DATA, ROW, SECOND, ImportCase, csv_of


@tagged("post_install", "-at_install")
class TestCampusImportJob(ImportCase):
    """The import as the card office sees it: upload, check, import, report."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls.user("manager")

    def job(self, *rows, content=None, **values):
        file = base64.b64encode(content or csv_of(*rows))
        vals = {"file": file, "filename": "cards.csv", **values}
        return self.imports.with_user(self.manager).create(vals)

    def test_the_upload_shows_profile_and_first_rows(self):
        form = Form(self.imports.with_user(self.manager))
        form.file = base64.b64encode(csv_of(ROW, SECOND))
        self.assertEqual(form.profile_id, self.profile_a)
        self.assertEqual(form.file_info, "CSV, GB18030")
        self.assertIn("卢彤强", form.preview)
        self.assertIn("UID of the card", form.preview)
        job = form.save()
        self.assertEqual(job.state, "draft")

    def test_another_file_is_recognised_anew_and_a_choice_by_hand_stays(self):
        form = Form(self.imports.with_user(self.manager))
        form.file = base64.b64encode(csv_of(ROW))
        form.file = base64.b64encode((DATA / "vendor_b_cards.xlsx").read_bytes())
        self.assertEqual(form.profile_id, self.profile_b)
        self.assertEqual(form.file_info, "XLSX, 卡户资料")
        own = self.profile_b.copy()
        form.profile_id = own
        self.assertEqual(form.save().profile_id, own)

    def test_check_then_import(self):
        job = self.job(ROW, SECOND)
        job.action_check()
        self.assertRecordValues(
            job, [{"state": "checked", "created_count": 2, "error_count": 0, "row_count": 2, "progress": 100}]
        )
        self.assertEqual(job.opening_minor, 1230 + 500 + 10000)
        self.assertIn("112.30", job.totals)
        self.assertFalse(self.holder())
        self.assertRecordValues(
            job.line_ids,
            [
                {
                    "row": 2,
                    "result": "created",
                    "name": "卢彤强",
                    "attention": True,
                    "code": "department_created",
                },
                {"row": 3, "result": "created", "name": "姚彤琪", "attention": False, "code": False},
            ],
        )
        job.action_import()
        self.assertEqual(job.state, "done")
        self.assertEqual(self.pocket_minor("cash", self.holder()), 1230)
        taken = self.env["campus.import.account"].search([("import_id", "=", job.id)])
        self.assertEqual(len(taken), 2)
        self.assertEqual(taken.partner_id, self.holder() + self.holder(SECOND["学工号"]))

    def test_errors_forbid_all_or_nothing_and_allow_the_rest(self):
        job = self.job({**ROW, "卡余额": "x"}, SECOND)
        job.action_check()
        self.assertEqual((job.error_count, job.created_count), (1, 1))
        line = job.line_ids[0]
        self.assertRecordValues(
            line,
            [{"row": 2, "result": "error", "column": "卡余额", "value": "x", "campus_number": ROW["学工号"]}],
        )
        with self.assertRaisesRegex(UserError, "Rows have errors"):
            job.action_import()
        job.policy = "skip_bad_rows"
        job.action_import()
        self.assertEqual(job.state, "done")
        self.assertTrue(self.holder(SECOND["学工号"]))
        self.assertFalse(self.holder())

    def test_half_a_file_is_blocked_whatever_the_policy(self):
        job = self.job(content=csv_of(ROW, SECOND)[:-20], policy="skip_bad_rows")
        job.action_check()
        self.assertTrue(job.blocked)
        # Nothing is promised, the error is counted, and the form says why.
        self.assertEqual((job.created_count, job.error_count, job.opening_minor), (0, 1, 0))
        self.assertEqual(
            job.failure, "Row 3: The file is cut off here. Nothing is imported from half a file."
        )
        with self.assertRaises(UserError):
            job.action_import()

    def test_a_file_in_a_wrong_encoding_is_told_once_and_asks_for_no_profile(self):
        good = csv_of(ROW, SECOND, encoding="utf-8")
        misread = good.decode("latin-1").encode("utf-8")
        for content in (good[:9] + b"\xff\xff" + good[9:], misread):
            job = self.env["campus.import"].create({"file": base64.b64encode(content), "filename": "x.csv"})
            self.assertTrue(job.unreadable)
            self.assertIn("encoding", job.preview)
        self.assertFalse(self.job(ROW).unreadable)
        unknown = self.env["campus.import"].create(
            {"file": base64.b64encode(b"a,b\n1,2\n"), "filename": "y.csv"}
        )
        self.assertFalse(unknown.unreadable or unknown.profile_id)

    def test_the_report_is_a_workbook(self):
        job = self.job({**ROW, "卡余额": "x"}, SECOND)
        job.action_check()
        book = load_workbook(io.BytesIO(base64.b64decode(job.report_file)))
        rows = list(book.active.values)
        self.assertEqual(len(rows), 3)
        self.assertEqual(rows[1][0], 2)
        self.assertIn("x", rows[1])
        self.assertIn("report_file", job.action_download_report()["url"])

    def test_a_job_in_the_background_is_worked_off_by_the_cron(self):
        job = self.job(ROW, SECOND)
        job.sudo().write({"state": "queued", "task": "import"})
        self.env.flush_all()
        with self.enter_registry_test_mode():
            self.env.ref("campus_import.campus_import_cron").method_direct_trigger()
        job.invalidate_recordset()
        self.assertEqual((job.state, job.progress), ("done", 100))
        self.assertTrue(self.holder())

    def test_an_interrupted_job_is_taken_up_again_and_moves_no_money_twice(self):
        self.import_rows(ROW)
        job = self.job(ROW, SECOND)
        job.sudo().write({"state": "running", "task": "import", "progress_at": "2020-01-01"})
        self.env.flush_all()
        with self.enter_registry_test_mode():
            self.env.ref("campus_import.campus_import_cron").method_direct_trigger()
        job.invalidate_recordset()
        self.assertRecordValues(job, [{"state": "done", "created_count": 1, "unchanged_count": 1}])
        self.assertEqual(self.pocket_minor("cash", self.holder()), 1230)

    def test_a_job_that_is_stopped_again_and_again_fails(self):
        job = self.job(ROW)
        job.sudo().write({"state": "running", "task": "import", "progress_at": "2020-01-01", "attempts": 3})
        self.env.flush_all()
        with self.enter_registry_test_mode():
            self.env.ref("campus_import.campus_import_cron").method_direct_trigger()
        job.invalidate_recordset()
        self.assertEqual(job.state, "failed")
        self.assertIn("limit_time_real_cron", job.failure)
        self.assertFalse(self.holder())

    def test_what_is_imported_stays_on_record(self):
        job = self.job(ROW)
        job.action_check()
        job.action_import()
        with self.assertRaises(UserError):
            job.action_import()
        with self.assertRaises(UserError):
            job.file = base64.b64encode(csv_of(SECOND))
        with self.assertRaises(UserError):
            job.unlink()
        with self.assertRaises(UserError):
            job.action_reset()
        with self.assertRaises(UserError):
            self.env["campus.import.account"].search([], limit=1).unlink()

    def test_start_over_forgets_the_check(self):
        job = self.job(ROW)
        job.action_check()
        job.action_reset()
        self.assertEqual((job.state, len(job.line_ids)), ("draft", 0))
        job.unlink()

    def test_without_a_profile_or_file_there_is_nothing_to_check(self):
        job = self.job(content=b"a,b,c\r\n1,2,3\r\n")
        self.assertFalse(job.profile_id)
        with self.assertRaisesRegex(UserError, "Choose an import profile"):
            job.action_check()
        with self.assertRaises(UserError):
            job.action_create_profile()
        with self.assertRaisesRegex(UserError, "Choose a file"):
            self.imports.create({"profile_id": self.profile_a.id}).action_check()

    # -- rights ----------------------------------------------------------------

    def test_only_a_manager_imports(self):
        for group in ("clerk", "finance", "auditor"):
            user = self.user(group)
            with self.subTest(group), self.assertRaises(AccessError):
                self.imports.with_user(user)._run(csv_of(ROW), dry_run=True)
            with self.subTest(group), self.assertRaises(AccessError):
                self.job(ROW).with_user(user).action_import()

    def test_a_clerk_does_not_see_reports_and_an_auditor_reads_them(self):
        job = self.job(ROW)
        job.action_check()
        clerk = self.user("clerk")
        auditor = self.user("auditor")
        with self.assertRaises(AccessError):
            job.with_user(clerk).read(["filename"])
        with self.assertRaises(AccessError):
            job.line_ids.with_user(clerk).read(["row"])
        self.assertEqual(job.with_user(auditor).line_ids.mapped("row"), [2])
        self.assertTrue(self.profile_a.with_user(auditor).column_ids)
        for record, vals in ((job, {"policy": "skip_bad_rows"}), (self.profile_a, {"name": "mine"})):
            with self.assertRaises(AccessError):
                record.with_user(auditor).write(vals)

    def test_nobody_writes_the_report_or_the_record_of_accounts(self):
        job = self.job(ROW)
        job.action_check()
        job.action_import()
        for records in (job.line_ids, self.env["campus.import.account"].search([("import_id", "=", job.id)])):
            with self.assertRaises(AccessError):
                records.with_user(self.manager).write({"account": "other"})

    def test_a_manager_of_some_departments_imports_into_these_only(self):
        own = self.env["campus.department"].create({"name": "Own", "code": "测试学院"})
        self.manager.campus_department_ids = own
        imports = self.imports.with_user(self.manager)
        answer = imports._run(csv_of(ROW, {**SECOND, "部门": "别的学院"}), dry_run=True)
        self.assert_error(answer, 3, "部门", "department_forbidden")
        self.assertEqual(answer["created"], 1)

    def test_another_company_does_not_see_the_import(self):
        job = self.job(ROW)
        other = self.env["res.company"].create({"name": "Other School"})
        stranger = self.user("manager", other)
        with self.assertRaises(AccessError):
            job.with_user(stranger).read(["filename"])

    # -- profiles --------------------------------------------------------------

    def test_a_profile_needs_number_and_name_and_no_column_twice(self):
        column = self.profile_a.column_ids.filtered(lambda c: c.target == "name")
        with self.assertRaises(ValidationError):
            self.profile_a.column_ids -= column
        with self.assertRaises(ValidationError):
            self.profile_a.column_ids.filtered(lambda c: c.header == "性别").target = "name"
        with self.assertRaises(ValidationError):
            column.header = "账 号"
        with self.assertRaises(ValidationError):
            column.target = "uid"
        with self.assertRaises(ValidationError):
            self.profile_a.word_ids.filtered(lambda w: w.kind == "status")[0].meaning = "student"
        with self.assertRaises(ValidationError):
            self.profile_a.source = " spaced "

    def test_a_profile_is_edited_in_its_form(self):
        with Form(self.profile_a) as form, form.column_ids.new() as line:
            line.header = "饭补"
            line.target = "amount"
            self.assertEqual(line.form, "yuan")
            line.plan_code = "meal"
        self.assertEqual(self.profile_a.column_ids.filtered(lambda c: c.header == "饭补").plan_code, "meal")
        copied = self.profile_a.copy()
        self.assertEqual(len(copied.column_ids), len(self.profile_a.column_ids))
        self.assertEqual(len(copied.word_ids), len(self.profile_a.word_ids))
