import base64
from datetime import date
from pathlib import Path

from odoo.exceptions import UserError
from odoo.tests import tagged

from .import_common import ImportCase

DATA = Path(__file__).parents[3] / "tests" / "data"
ZHENGFANG = "选课课号,课程代码,课程名称,教师姓名,上课时间,上课地点,教学班组成\n"
ROW = "(2026-2027-1)-M1-T0100-1,M1,线性代数,{teacher},{when},{room},计科1班\n"


@tagged("post_install", "-at_install")
class TestCampusTimetableImport(ImportCase):
    """A file is shown as differences, then made; a second time changes nothing."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.fet = cls.env.ref("campus_timetable.campus_timetable_profile_fet")

    def zhengfang(self, *rows):
        return (ZHENGFANG + "".join(rows)).encode("gb18030")

    def row(self, when="星期一第1-2节{1-16周}", room="Hall 1", teacher="T0100"):
        return ROW.format(when=when, room=room, teacher=teacher)

    # -- FET ------------------------------------------------------------------------------

    def fet_rooms_and_teachers(self):
        zones = [
            {"name": f"Room {number}", "parent_id": self.campus.id, "kind": "room"}
            for number in range(101, 127)
        ]
        self.env["campus.zone"].create(zones)
        for number in range(1, 41):
            self.new_holder(f"Teacher {number:02}", f"F{number:02}", self.arts)

    def test_a_school_of_fet_comes_in_and_a_replay_changes_nothing(self):
        content = (DATA / "fet_timetable.csv").read_bytes()
        self.fet_rooms_and_teachers()
        job = self.job(content)
        self.assertEqual((job.profile_id, job.is_whole), (self.fet, True))
        job.action_check()
        self.assertEqual(self.counts(job), (312, 0, 0, 0, 0))
        self.assertFalse(self.lessons(), "a check changes nothing")
        job.action_import()
        lessons = self.lessons()
        self.assertEqual(len(lessons), 312)
        first = lessons.filtered(lambda lesson: lesson.source_key == "1")
        self.assertEqual((first.weekday, first.start_min, first.end_min), ("2", 840, 940))
        self.assertEqual((first.room_id.name, first.group_ids.name), ("Room 101", "Physics 1"))
        self.env.cr.execute("SELECT count(*) FROM campus_room_use WHERE lesson_id = ANY(%s)", [lessons.ids])
        self.assertEqual(self.env.cr.fetchone()[0], 300, "those of two classes have no room")
        before = lessons.read(["write_date"])
        again = self.run_job(content)
        self.assertEqual(self.counts(again), (0, 0, 0, 312, 0))
        self.assertEqual(self.lessons().read(["write_date"]), before)
        self._swap_rooms(content)

    def _swap_rooms(self, content):
        """Two lessons of one time exchange their rooms, one is new, one is gone."""
        hour = [
            line
            for line in content.decode("utf-8-sig").split("\n")
            if '"Monday","08:00"' in line and '"Room ' in line
        ]
        one, other = (line.split('","') for line in hour[:2])
        text = content.decode("utf-8-sig")
        for lesson, room in ((one, other[7]), (other, one[7])):
            for line in text.split("\n"):
                if line.startswith(f'{lesson[0]}"'):
                    text = text.replace(line, line.replace(f'"{lesson[7]}"', f'"{room}"'))
        text = "\n".join(line for line in text.split("\n") if not line.startswith('"312"'))
        text += '"400","Saturday","08:00","Law 1","Course Z","Teacher 01","","Room 101",""\n'
        job = self.job(text.encode())
        job.action_check()
        self.assertEqual(self.counts(job), (1, 2, 1, 309, 0))
        self.assertEqual(
            set(self.messages(job, "changed")),
            {f"Room: {one[7]} → {other[7]}", f"Room: {other[7]} → {one[7]}"},
        )
        self.assertEqual(len(self.lessons()), 312, "the differences are shown before they are made")
        job.action_import()
        self.assertEqual(self.counts(self.run_job(text.encode())), (0, 0, 0, 312, 0))

    # -- Chinese exports -------------------------------------------------------------------

    def test_a_chinese_export_says_weeks_and_several_times_in_one_cell(self):
        when, room = "星期一第1-2节{1-16周(单)};星期三第3-4节{2-16周(双)}", "Hall 1;Lab 2"
        job = self.run_job(self.zhengfang(self.row(when, room)))
        self.assertEqual(job.profile_id, self.env.ref("campus_timetable.campus_timetable_profile_zhengfang"))
        monday, wednesday = self.lessons().sorted("weekday")
        self.assertEqual(
            (monday.weeks, monday.week_list, monday.room_id), ("list", "1, 3, 5, 7, 9, 11, 13, 15", self.hall)
        )
        self.assertEqual(
            (wednesday.weekday, wednesday.room_id, wednesday.teacher_ids), ("2", self.lab, self.zhao)
        )
        self.assertEqual(monday.course_id, self.algebra, "the number of the course is known")
        self.assertEqual(monday.group_ids.name, "计科1班")

    def test_a_sheet_is_read_like_a_text_file(self):
        import io

        import openpyxl

        book = openpyxl.Workbook()
        book.active.append(["课程编号", "课程名称", "上课班级", "任课教师", "教室", "星期", "节次", "周次"])
        book.active.append(["P1", "Optics", "Class 2", "Qian Wei", "Lab 2", 2, "0304", "1-8"])
        stream = io.BytesIO()
        book.save(stream)
        self.run_job(stream.getvalue())
        lesson = self.lessons()
        self.assertEqual((lesson.weekday, lesson.start_min, lesson.end_min), ("1", 600, 700))
        self.assertEqual(
            (lesson.teacher_ids, lesson.group_ids, lesson.week_list), (self.qian, self.second, "1-8")
        )

    # -- what is wrong ----------------------------------------------------------------------

    def test_rows_with_errors_are_named_and_may_be_left_out(self):
        good = self.row()
        content = self.zhengfang(
            good,
            self.row("星期二第1-2节{1-16周}", room="Nowhere").replace("-1,", "-2,"),
            self.row("星期三第1-2节{1-16周}", teacher="Nobody").replace("-1,", "-3,"),
            self.row("星期四第1-2节{1-30周}").replace("-1,", "-4,"),
            self.row("星期一第2-3节{3周}").replace("-1,", "-5,"),
            self.row("noon").replace("-1,", "-6,"),
        )
        job = self.job(content)
        job.action_check()
        self.assertEqual(self.counts(job), (1, 0, 0, 0, 5))
        errors = {line.row: (line.value, line.message) for line in job.line_ids if line.result == "error"}
        self.assertEqual(errors[3], ("Nowhere", "There is no such room, or several have this name."))
        self.assertEqual(errors[4][1], "There is no person with this number or name.")
        self.assertEqual(errors[5][1], "The term has only 19 weeks.")
        self.assertEqual(errors[6][1], "The room is taken on 2026-09-21 by 线性代数.")
        self.assertEqual(errors[7][1], "The profile does not know this period. Add it to the profile.")
        with self.assertRaisesRegex(UserError, "Rows have errors"):
            job.action_import()
        job.policy = "skip_bad_rows"
        job.action_import()
        self.assertEqual(len(self.lessons()), 1)

    def test_a_row_with_an_error_leaves_its_lesson_as_it_is(self):
        self.run_job(self.zhengfang(self.row(), self.row("星期二第1-2节{1-16周}").replace("-1,", "-2,")))
        content = self.zhengfang(self.row(), self.row("Tuesday").replace("-1,", "-2,"))
        job = self.job(content, policy="skip_bad_rows")
        job.action_check()
        self.assertEqual(self.counts(job), (0, 0, 0, 1, 1))
        job.action_import()
        self.assertEqual(len(self.lessons()), 2)

    def test_a_file_of_one_part_takes_nothing_away(self):
        self.run_job(self.zhengfang(self.row(), self.row("星期二第1-2节{1-16周}").replace("-1,", "-2,")))
        part = self.job(self.zhengfang(self.row()), is_whole=False)
        part.action_check()
        self.assertEqual(self.counts(part), (0, 0, 0, 1, 0))
        whole = self.job(self.zhengfang(self.row()))
        whole.action_check()
        self.assertEqual(self.counts(whole), (0, 0, 1, 1, 0))
        self.assertEqual(self.messages(whole, "gone"), ["Linear Algebra, Tuesday 08:00–09:40"])
        whole.action_import()
        self.assertEqual(len(self.lessons()), 1)
        back = self.run_job(
            self.zhengfang(self.row(), self.row("星期二第1-2节{1-16周}").replace("-1,", "-2,"))
        )
        self.assertEqual(self.counts(back), (1, 0, 0, 1, 0))

    def test_only_what_the_check_has_shown_is_made(self):
        job = self.job(self.zhengfang(self.row()))
        with self.assertRaisesRegex(UserError, "Check the file first"):
            job.action_import()
        job.action_check()
        self.new_lesson(source="zhengfang", source_key="old", weekday="5")
        with self.assertRaisesRegex(UserError, "changed since the check"):
            job.action_import()
        job.action_check()
        self.assertEqual(self.counts(job), (1, 0, 1, 0, 0))
        job.policy = "skip_bad_rows"
        self.assertEqual(job.state, "checked")
        job.file = base64.b64encode(self.zhengfang(self.row(room="Lab 2")))
        self.assertEqual(job.state, "draft")

    def test_a_room_taken_by_hand_refuses_the_row_and_a_busy_teacher_is_said(self):
        self.new_lesson(teacher_ids=[(6, 0, self.zhao.ids)], course_id=self.optics.id)
        job = self.job(self.zhengfang(self.row()))
        job.action_check()
        self.assertEqual(self.counts(job), (0, 0, 0, 0, 1))
        self.assertIn("by Optics, Monday", self.messages(job, "error")[0])
        job = self.job(self.zhengfang(self.row(room="Lab 2")))
        job.action_check()
        self.assertEqual(self.counts(job), (1, 0, 0, 0, 0))
        [busy] = job.line_ids.filtered("attention")
        self.assertEqual(
            busy.message, "Zhao Min has Optics, Monday 08:00–09:40 at the same time on 2026-09-07."
        )

    def test_an_exam_in_the_room_stops_the_import_and_nothing_is_changed(self):
        self.env["campus.exam"].create(
            {
                "course_id": self.optics.id,
                "day": date(2026, 9, 14),
                "start_min": 480,
                "end_min": 600,
                "room_id": self.hall.id,
            }
        )
        job = self.job(self.zhengfang(self.row()))
        job.action_check()
        with self.refused("by Optics, 09/14/2026"):
            job.action_import()
        self.assertFalse(self.lessons())

    def test_a_file_without_known_columns_needs_a_profile(self):
        job = self.job(b"a,b\n1,2\n")
        with self.assertRaisesRegex(UserError, "Choose the profile"):
            job.action_check()
        job.profile_id = self.fet
        job.action_check()
        self.assertEqual((job.blocked, job.error_count), (True, 1))
        with self.assertRaisesRegex(UserError, "Rows have errors"):
            job.action_import()
