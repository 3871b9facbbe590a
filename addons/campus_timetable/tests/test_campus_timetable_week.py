from datetime import date

from odoo.tests import Form, tagged

from .timetable_common import MONDAY, TimetableCase


@tagged("post_install", "-at_install")
class TestCampusTimetableWeek(TimetableCase):
    """What the pages of the office and of teachers show."""

    def test_a_week_of_a_room_a_teacher_and_a_group(self):
        self.new_lesson(teacher_ids=[(6, 0, self.zhao.ids)], group_ids=[(6, 0, self.first.ids)])
        self.env["campus.holiday"].create({"name": "Free", "day": date(2026, 9, 9)})
        form = Form(self.env["campus.timetable.week"].with_user(self.office))
        form.day = date(2026, 9, 10)
        form.room_id = self.hall
        week = form.week
        self.assertEqual((week[0]["day"], week[0]["week"], week[2]["is_holiday"]), (str(MONDAY), 1, True))
        [row] = week[0]["lessons"]
        self.assertEqual((row["start"], row["end"], row["teachers"]), ("08:00", "09:40", "Zhao Min"))
        form.kind = "teacher"
        self.assertFalse(any(day["lessons"] for day in form.week))
        form.teacher_id = self.zhao
        self.assertEqual(form.week[0]["lessons"], [row])
        form.kind = "group"
        form.group_id = self.first
        self.assertEqual(form.week[0]["lessons"], [row])

    def test_who_would_be_in_two_lessons_is_shown_once_for_the_term(self):
        one = self.new_lesson(teacher_ids=[(6, 0, self.zhao.ids)], group_ids=[(6, 0, self.first.ids)])
        other = self.new_lesson(
            room_id=self.lab.id, teacher_ids=[(6, 0, (self.zhao | self.qian).ids)], weeks="odd"
        )
        check = self.env["campus.timetable.check"].with_user(self.office).new({"term_id": self.term.id})
        [line] = check.line_ids
        self.assertEqual((line.kind, line.who, line.day, line.days), ("teacher", "Zhao Min", MONDAY, 10))
        self.assertEqual(
            (line.lesson_id | line.other_id)._origin or (line.lesson_id | line.other_id), one | other
        )
