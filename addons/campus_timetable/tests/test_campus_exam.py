from datetime import date

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger
from psycopg2.errors import CheckViolation, UniqueViolation

from .timetable_common import MONDAY, TimetableCase


@tagged("post_install", "-at_install")
class TestCampusExam(TimetableCase):
    """Seats, admission, invigilators, and the room that is taken."""

    def exam(self, **values):
        values = {"course_id": self.algebra.id, "day": MONDAY, "room_id": self.hall.id, **values}
        return self.env["campus.exam"].create(values)

    def test_the_groups_get_the_next_free_seats(self):
        exam = self.exam(
            group_ids=[(6, 0, self.first.ids)], seat_ids=[(0, 0, {"partner_id": self.wang.id, "seat": "1"})]
        )
        exam.with_user(self.office).action_seat_groups()
        exam.with_user(self.office).action_seat_groups()
        self.assertEqual(
            {seat.partner_id: seat.seat for seat in exam.seat_ids}, {self.wang: "1", self.lin: "2"}
        )

    def test_a_room_has_only_so_many_seats(self):
        exam = self.exam(group_ids=[(6, 0, self.first.ids)], seat_max=1)
        with self.refused("2 candidates and 1 seats"):
            exam.action_seat_groups()

    def test_a_seat_and_a_candidate_are_there_once(self):
        exam = self.exam()
        seats = self.env["campus.exam.seat"]
        seats.create({"exam_id": exam.id, "partner_id": self.lin.id, "seat": "1"})
        for values in ({"partner_id": self.lin.id, "seat": "2"}, {"partner_id": self.wang.id, "seat": "1"}):
            with self.assertRaises(UniqueViolation), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                seats.create({"exam_id": exam.id, **values})
        with self.assertRaises(CheckViolation), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
            seats.create(
                {"exam_id": exam.id, "partner_id": self.wang.id, "seat": "3", "admission": "refused"}
            )

    def test_nobody_is_in_two_exams_at_once(self):
        self.exam(
            group_ids=[(6, 0, self.first.ids)], invigilator_ids=[(6, 0, self.zhao.ids)]
        ).action_seat_groups()
        other = self.exam(room_id=self.lab.id, start_min=600, end_min=700)
        with self.refused("Lin Xiaoyu.* two places"):
            self.env["campus.exam.seat"].create({"exam_id": other.id, "partner_id": self.lin.id, "seat": "1"})
        with self.refused("Zhao Min.* two places"):
            other.invigilator_ids = self.zhao
        other.write({"start_min": 660, "end_min": 700, "invigilator_ids": [(6, 0, self.zhao.ids)]})
        with self.refused("two places"):
            other.start_min = 659

    def test_an_exam_and_a_lesson_do_not_share_a_room(self):
        self.new_lesson()
        with self.refused("Hall 1 is taken on .*9/7/26, 9:00.* by Linear Algebra, Monday"):
            self.exam()
        exam = self.exam(start_min=580, end_min=700)
        with self.refused("by Linear Algebra, 09/07/2026 09:40"):
            self.new_lesson(start_min=600, end_min=640, course_id=self.optics.id)
        exam.active = False
        self.new_lesson(start_min=600, end_min=640, course_id=self.optics.id)
        with self.assertRaises(ValidationError):
            exam.active = True

    def test_an_exam_with_candidates_is_kept(self):
        exam = self.exam(seat_ids=[(0, 0, {"partner_id": self.wang.id, "seat": "1"})])
        with self.assertRaisesRegex(UserError, "Archive"):
            exam.unlink()

    def test_who_invigilates_sees_the_seats_of_that_exam(self):
        own = self.exam(
            invigilator_ids=[(6, 0, self.teacher.partner_id.ids)],
            seat_ids=[(0, 0, {"partner_id": self.wang.id, "seat": "1"})],
        )
        other = self.exam(day=date(2026, 9, 8), seat_ids=[(0, 0, {"partner_id": self.lin.id, "seat": "1"})])
        self.assertTrue(own.seat_ids.with_user(self.teacher).has_access("read"))
        self.assertFalse(other.with_user(self.teacher).has_access("read"))
        self.assertFalse(other.seat_ids.with_user(self.teacher).has_access("read"))
