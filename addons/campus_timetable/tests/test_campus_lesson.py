from datetime import date

from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger
from psycopg2.errors import ExclusionViolation

from .timetable_common import MONDAY, TimetableCase


@tagged("post_install", "-at_install")
class TestCampusLesson(TimetableCase):
    """Lessons take their rooms for the whole term, and no room is taken twice."""

    def uses(self, lesson):
        self.env.cr.execute(
            "SELECT room_id, during::text FROM campus_room_use WHERE lesson_id = %s", [lesson.id]
        )
        return self.env.cr.fetchall()

    def test_weeks_are_kept_as_people_write_them(self):
        lesson = self.new_lesson(weeks="list", week_list="1-3, 5，9")
        self.assertEqual(lesson.week_list, "1-3, 5, 9")
        [(room, during)] = self.uses(lesson)
        self.assertEqual((room, during.count(",") + 1), (self.hall.id, 10))
        with self.refused("no weeks of a term"):
            lesson.week_list = "one"

    def test_a_form_makes_a_lesson_of_the_running_term(self):
        form = Form(self.env["campus.lesson"].with_user(self.office))
        form.course_id = self.algebra
        form.weekday, form.starts, form.ends = "2", 10, 11.5
        lesson = form.save()
        self.assertEqual((lesson.start_min, lesson.end_min), (600, 690))
        self.assertEqual(lesson.display_name, "Linear Algebra, Wednesday 10:00–11:30")

    def test_a_room_is_not_taken_twice(self):
        one = self.new_lesson(weeks="odd")
        self.new_lesson(weeks="even")
        self.new_lesson(start_min=580, end_min=600)
        with self.refused("Hall 1 is taken on 9/21/26, 8:20.AM: by Linear Algebra, Monday 08:00"):
            self.new_lesson(weeks="list", week_list="3", start_min=500, end_min=520, course_id=self.optics.id)
        one.active = False
        self.assertFalse(self.uses(one))
        other = self.new_lesson(weeks="list", week_list="3", start_min=500, end_min=520)
        with self.assertRaises(ValidationError):
            one.active = True
        other.room_id = self.lab
        one.active = True
        self.assertEqual(len(self.uses(one)), 1)

    def test_two_new_lessons_of_one_room_are_named(self):
        values = {"term_id": self.term.id, "course_id": self.algebra.id, "room_id": self.hall.id}
        with self.refused("Hall 1 is taken"):
            self.env["campus.lesson"].create([values, values])

    def test_the_database_itself_refuses_a_room_that_is_taken(self):
        one, other = self.new_lesson(), self.new_lesson(weekday="1")
        self.env.flush_all()
        statement = """INSERT INTO campus_room_use (room_id, lesson_id, during)
                       SELECT room_id, %s, during FROM campus_room_use WHERE lesson_id = %s"""
        with self.assertRaises(ExclusionViolation), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
            self.env.cr.execute(statement, [other.id, one.id])

    def test_a_hall_for_several_lessons_is_shared(self):
        self.hall.lessons_at_once = True
        one, other = self.new_lesson(), self.new_lesson()
        self.assertFalse(self.uses(one))
        with self.refused("is taken"):
            self.hall.lessons_at_once = False
        other.weekday = "3"
        self.hall.lessons_at_once = False
        self.assertTrue(self.uses(one) and self.uses(other))

    def test_a_saturday_worked_in_exchange_takes_the_room_too(self):
        friday, saturday = date(2026, 10, 2), date(2026, 10, 10)
        self.new_lesson(weekday="4")
        extra = self.new_lesson(weekday="0", course_id=self.optics.id, room_id=False)
        self.change(extra, saturday, "extra", start_min=500, end_min=560, room_id=self.hall.id)
        exchange = {"name": "Exchange", "day": saturday, "kind": "working", "like_day": friday}
        with self.refused("Hall 1 is taken on .*10/10/26"):
            self.env["campus.holiday"].create(exchange)
        self.change(extra, saturday, "cancel", extra_id=extra.change_ids.id)
        self.env["campus.holiday"].create([exchange, {"name": "National Day", "day": friday}])
        days = [one.day for one in self.between(self.hall, friday, saturday)]
        self.assertEqual(days, [date(2026, 10, 9), saturday, saturday])

    def test_a_holiday_that_is_taken_back_has_lessons_again(self):
        lesson = self.new_lesson()
        holiday = self.env["campus.holiday"].create({"name": "Free", "day": MONDAY})
        before = self.uses(lesson)[0][1]
        self.assertNotIn("2026-09-07", before)
        holiday.day = date(2026, 9, 8)
        self.assertIn("2026-09-07", self.uses(lesson)[0][1])
        holiday.day = MONDAY
        self.assertEqual(self.uses(lesson)[0][1], before)
        holiday.unlink()
        self.assertIn("2026-09-07", self.uses(lesson)[0][1])

    def test_a_longer_term_takes_more_of_the_room(self):
        lesson = self.new_lesson()
        self.term.last_day = date(2027, 1, 31)
        self.assertIn("2027-01-25", self.uses(lesson)[0][1])

    def test_a_room_with_lessons_to_come_is_not_archived(self):
        self.new_lesson()
        with self.assertRaisesRegex(UserError, "1 lessons and 0 exams"):
            self.hall.active = False

    def test_a_teacher_sees_the_own_lessons_and_nobody_elses(self):
        own = self.new_lesson(teacher_ids=[(6, 0, self.teacher.partner_id.ids)])
        stood_in = self.new_lesson(weekday="1")
        other = self.new_lesson(weekday="2")
        self.change(stood_in, date(2026, 9, 8), "teacher", teacher_ids=[(6, 0, self.teacher.partner_id.ids)])
        found = self.env["campus.lesson"].with_user(self.teacher).search([("term_id", "=", self.term.id)])
        self.assertEqual(found, own | stood_in)
        self.assertFalse(other.with_user(self.teacher).has_access("read"))
        self.assertFalse(own.with_user(self.teacher).has_access("write"))
