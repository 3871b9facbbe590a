from datetime import date

from odoo.exceptions import UserError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger
from psycopg2.errors import RestrictViolation

from .timetable_common import MONDAY, TimetableCase

TUESDAY = date(2026, 9, 8)


@tagged("post_install", "-at_install")
class TestCampusLessonChange(TimetableCase):
    """What differs on one date, in the order in which it was entered."""

    def test_a_form_moves_a_lesson_to_another_day(self):
        lesson = self.new_lesson(teacher_ids=[(6, 0, self.zhao.ids)])
        form = Form(self.env["campus.lesson.change"].with_user(self.office))
        form.lesson_id, form.day, form.reason = lesson, MONDAY, "Conference"
        form.kind = "move"
        form.new_day = TUESDAY
        form.starts = 14
        form.ends = 15.5
        change = form.save()
        self.assertEqual((change.start_min, change.end_min, change.create_uid), (840, 930, self.office))
        [moved] = self.between(self.zhao, MONDAY, TUESDAY)
        self.assertEqual((moved.day, moved.start_min, moved.room), (TUESDAY, 840, self.hall.id))
        [row] = self.env["campus.timetable"]._rows([moved])
        self.assertEqual((row["moved_from"], row["reason"]), ("2026-09-07", "Conference"))

    def test_the_room_of_a_moved_lesson_is_free_and_the_new_one_taken(self):
        lesson = self.new_lesson()
        self.change(lesson, MONDAY, "room", room_id=self.lab.id)
        self.new_lesson(weeks="list", week_list="1", course_id=self.optics.id)
        with self.refused("Lab 2 is taken"):
            self.new_lesson(weeks="list", week_list="1", room_id=self.lab.id)
        with self.refused("Hall 1 is taken"):
            self.change(lesson, MONDAY, "restore")

    def test_a_cancelled_lesson_is_shown_and_takes_no_room(self):
        lesson = self.new_lesson()
        self.change(lesson, MONDAY, "cancel")
        self.new_lesson(weeks="list", week_list="1", course_id=self.optics.id)
        one, other = sorted(self.between(self.hall, MONDAY, MONDAY), key=lambda made: made.lesson)
        self.assertTrue(one.is_cancelled and not other.is_cancelled)

    def test_a_substitute_teaches_on_that_date_alone(self):
        lesson = self.new_lesson(teacher_ids=[(6, 0, self.zhao.ids)])
        self.change(lesson, MONDAY, "teacher", teacher_ids=[(6, 0, self.qian.ids)])
        last = date(2026, 9, 20)
        self.assertEqual([made.day for made in self.between(self.qian, MONDAY, last)], [MONDAY])
        self.assertEqual([made.day for made in self.between(self.zhao, MONDAY, last)], [date(2026, 9, 14)])

    def test_a_change_is_about_a_lesson_that_there_is(self):
        lesson = self.new_lesson()
        with self.refused("Linear Algebra, Monday .* is not on 09/08/2026"):
            self.change(lesson, TUESDAY, "cancel")
        with self.refused("other teachers"):
            self.change(lesson, MONDAY, "teacher")
        extra = self.change(lesson, TUESDAY, "extra", start_min=600, end_min=660)
        with self.refused("another one"):
            self.change(lesson, MONDAY, "cancel", extra_id=extra.id)
        with self.refused("not added"):
            self.change(lesson, TUESDAY, "extra", extra_id=extra.id)

    def test_a_change_is_never_edited_or_deleted(self):
        lesson = self.new_lesson()
        change = self.change(lesson, MONDAY, "cancel")
        with self.assertRaisesRegex(UserError, "not edited"):
            change.reason = "Other"
        with self.assertRaisesRegex(UserError, "not deleted"):
            change.unlink()
        for statement in ("UPDATE campus_lesson_change SET reason = 'x'", "DELETE FROM campus_lesson_change"):
            with self.assertRaises(RestrictViolation), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                self.env.cr.execute(statement)

    def test_a_lesson_with_changes_stays_what_it_is(self):
        lesson = self.new_lesson()
        self.change(lesson, MONDAY, "cancel")
        with self.assertRaisesRegex(UserError, "keeps its course"):
            lesson.course_id = self.optics
        with self.assertRaisesRegex(UserError, "Archive"):
            lesson.unlink()
        lesson.active = False
        self.assertFalse(self.between(self.hall, MONDAY, MONDAY))
