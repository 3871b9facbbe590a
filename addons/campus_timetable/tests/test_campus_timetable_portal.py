from datetime import date

from odoo.tests import HttpCase, freeze_time, new_test_user, tagged

from .timetable_common import MONDAY, TimetableCase

# Monday, September 7, 2026, 9:30 in Shanghai
NOW = "2026-09-07 01:30:00"


@tagged("post_install", "-at_install")
class TestCampusTimetablePortal(TimetableCase, HttpCase):
    """What a student sees on the phone: the own week, what is next, exams, rooms and teachers."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.student = new_test_user(
            cls.env, "timetable_student", groups="base.group_portal", password="timetable_student"
        )
        cls.student.partner_id.campus_number = "T0900"
        cls.first.member_ids += cls.student.partner_id
        cls.lesson = cls.new_lesson(
            start_min=600, end_min=700, group_ids=[(6, 0, cls.first.ids)], teacher_ids=[(6, 0, cls.zhao.ids)]
        )
        cls.other = cls.new_lesson(course_id=cls.optics.id, weekday="1", group_ids=[(6, 0, cls.second.ids)])
        cls.portal = cls.env["campus.portal"].with_user(cls.student)

    @freeze_time(NOW)
    def test_the_own_week_and_the_next_lesson(self):
        values = self.portal._timetable_values("")
        self.assertEqual((values["next"]["in"], values["next"]["room"]), ("in 30 min", "Hall 1"))
        shown = [lesson["course"] for day in values["week"]["days"] for lesson in day["lessons"]]
        self.assertEqual(shown, ["Linear Algebra"], "lessons of other groups are not the student's")
        self.change(self.lesson, MONDAY, "room", room_id=self.lab.id)
        [row] = self.portal._timetable_values("")["week"]["days"][0]["lessons"]
        self.assertEqual((row["room"], row["old_room"], row["reason"]), ("Lab 2", "Hall 1", "Test"))
        self.change(self.lesson, MONDAY, "cancel")
        values = self.portal._timetable_values("")
        self.assertEqual((values["next"]["day"], values["next"]["in"]), ("2026-09-14", "in 7 days"))
        self.assertTrue(values["week"]["days"][0]["lessons"][0]["cancelled"])

    @freeze_time(NOW)
    def test_an_exam_has_its_seat_and_the_days_that_are_left(self):
        exam = self.env["campus.exam"].create(
            {"course_id": self.algebra.id, "day": date(2026, 9, 10), "room_id": self.lab.id}
        )
        seats = self.env["campus.exam.seat"]
        seats.create({"exam_id": exam.id, "partner_id": self.lin.id, "seat": "7"})
        own = seats.create({"exam_id": exam.id, "partner_id": self.student.partner_id.id, "seat": "12"})
        [shown] = self.portal._timetable_values("")["exams"]
        self.assertEqual((shown["seat"], shown["in"], shown["refused"]), ("12", "in 3 days", ""))
        own.write({"admission": "refused", "reason": "Too few exercises"})
        self.assertEqual(self.portal._timetable_values("")["exams"][0]["refused"], "Too few exercises")

    @freeze_time(NOW)
    def test_rooms_that_are_free_now_and_until_when(self):
        values = self.portal._rooms_values("")
        free = {room["name"].split(" / ")[-1]: room["until"] for room in values["free"]}
        self.assertEqual((free["Hall 1"], free["Lab 2"]), ("10:00", ""))
        self.new_lesson(weekday="0", room_id=self.lab.id)
        free = {room["name"].split(" / ")[-1] for room in self.portal._rooms_values("")["free"]}
        self.assertNotIn("Lab 2", free)
        values = self.portal._rooms_values("zhao")
        self.assertEqual(values["teachers"], self.zhao)

    @freeze_time(NOW)
    def test_rooms_and_teachers_are_open_and_nobody_else(self):
        hall = self.portal._other_values("room", self.hall.id, "")
        self.assertEqual(len(hall["week"]["days"][0]["lessons"]), 1)
        self.assertEqual(self.portal._other_values("teacher", self.zhao.id, "")["name"], "Zhao Min")
        self.assertIsNone(self.portal._other_values("teacher", self.lin.id, ""), "a student is no teacher")
        self.assertIsNone(self.portal._other_values("room", self.arts_house.id, ""), "a house is no room")
        self.assertIsNone(self.portal._other_values("room", 2**31 - 1, ""))

    def test_the_pages_answer(self):
        self.authenticate("timetable_student", "timetable_student")
        page = self.url_open("/my/card/timetable?day=2026-09-08")
        self.assertEqual(page.status_code, 200)
        self.assertIn("Linear Algebra", page.text)
        self.assertIn("Week 1", " ".join(page.text.replace("<", " <").split()))
        self.assertNotIn("Optics", page.text)
        self.assertEqual(self.url_open("/my/card/timetable?day=nonsense").status_code, 200)
        self.assertEqual(self.url_open("/my/card/rooms?q=hall").status_code, 200)
        room = self.url_open(f"/my/card/timetable/room/{self.hall.id}?day=2026-09-08")
        self.assertIn("Optics", room.text)
        self.assertEqual(self.url_open(f"/my/card/timetable/teacher/{self.lin.id}").status_code, 404)
