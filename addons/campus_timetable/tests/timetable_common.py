from contextlib import contextmanager
from datetime import date

from odoo.addons.campus_access.tests.access_common import AccessCase
from odoo.exceptions import ValidationError
from odoo.tests import new_test_user

MONDAY = date(2026, 9, 7)


class TimetableCase(AccessCase):
    """A term of nineteen weeks, two rooms, two groups, a course, and people of the timetable office."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.term = cls.env["campus.term"].create(
            {"name": "Autumn", "first_day": MONDAY, "last_day": date(2027, 1, 17)}
        )
        cls.hall = cls.new_zone("Hall 1", cls.arts_house, kind="room")
        cls.lab = cls.new_zone("Lab 2", cls.physics_house, kind="room")
        cls.algebra = cls.env["campus.course"].create({"name": "Linear Algebra", "code": "M1"})
        cls.optics = cls.env["campus.course"].create({"name": "Optics", "code": "P1"})
        groups = cls.env["campus.study.group"]
        cls.first = groups.create({"name": "Class 1", "member_ids": [(6, 0, (cls.lin | cls.wang).ids)]})
        cls.second = groups.create({"name": "Class 2"})
        cls.zhao = cls.new_holder("Zhao Min", "T0100", cls.arts, campus_role="teacher")
        cls.qian = cls.new_holder("Qian Wei", "T0101", cls.physics, campus_role="teacher")
        cls.office = new_test_user(
            cls.env, "timetable_office", groups="campus_timetable.group_campus_timetable_office"
        )
        cls.teacher = new_test_user(
            cls.env, "timetable_teacher", groups="campus_timetable.group_campus_timetable_teacher"
        )

    @classmethod
    def new_lesson(cls, **values):
        values = {"term_id": cls.term.id, "course_id": cls.algebra.id, "room_id": cls.hall.id, **values}
        return cls.env["campus.lesson"].create(values)

    @classmethod
    def change(cls, lesson, day, kind, **values):
        values = {"lesson_id": lesson.id, "day": day, "kind": kind, "reason": "Test", **values}
        return cls.env["campus.lesson.change"].create(values)

    @contextmanager
    def refused(self, sentence):
        """What is done inside is refused with a sentence, and undone."""
        with self.assertRaisesRegex(ValidationError, sentence), self.env.cr.savepoint():
            yield

    def between(self, subject, first, last):
        return self.env["campus.timetable"]._between(self.company, first, last, subject)
