from odoo.exceptions import UserError
from odoo.tests import Form, new_test_user, tagged

from .access_common import AccessCase


@tagged("post_install", "-at_install")
class TestCampusScheduleImport(AccessCase):
    """A calendar of working times becomes a schedule; what is lost is said before."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.partner_id.tz = "Asia/Shanghai"
        cls.manager = new_test_user(
            cls.env, "import_manager", groups="campus_access.group_campus_access_manager"
        )

    def new_calendar(self, rows=((0, 8, 12, False), (0, 13, 17.5, False), (4, 13, 17.5, False)), **values):
        lines = [
            (
                0,
                0,
                {"name": "x", "dayofweek": str(day), "hour_from": start, "hour_to": end, "week_type": week},
            )
            for day, start, end, week in rows
        ]
        defaults = {"name": "Office hours", "tz": "Asia/Shanghai", "attendance_ids": [(5,), *lines]}
        return self.env["resource.calendar"].create({**defaults, **values})

    def wizard(self, calendar, **values):
        wizards = self.env["campus.schedule.import"].with_user(self.manager)
        return wizards.create({"calendar_id": calendar.id, **values})

    def test_the_times_of_the_week_are_taken_over(self):
        with Form(self.env["campus.schedule.import"].with_user(self.manager)) as form:
            form.calendar_id = self.new_calendar()
            self.assertEqual(form.name, "Office hours")
            self.assertFalse(form.losses)
            times = {tuple(day["times"]) for day in form.preview}
            self.assertEqual(times, {(), ("08:00–12:00", "13:00–17:30"), ("13:00–17:30",)})
        action = form.record.action_import()
        made = self.env["campus.schedule"].browse(action["res_id"])
        self.assertEqual(
            [(one.start_min, one.end_min, one.monday, one.friday, one.tuesday) for one in made.window_ids],
            [(480, 720, True, False, False), (780, 1050, True, True, False)],
        )

    def test_two_weeks_become_odd_and_even_weeks_of_the_term_and_that_is_said(self):
        rows = ((0, 8, 12, "0"), (1, 8, 12, "1"))
        wizard = self.wizard(self.new_calendar(rows, two_weeks_calendar=True), first_week="even")
        self.assertIn("odd and even weeks of the term", wizard.losses)
        made = self.env["campus.schedule"].browse(wizard.action_import()["res_id"])
        self.assertEqual(
            [(one.weeks, one.monday) for one in made.window_ids], [("even", True), ("odd", False)]
        )
        self.assertIn("odd and even weeks", made.message_ids.mapped("body")[0])

    def test_flexible_hours_are_refused_with_the_reason(self):
        wizard = self.wizard(self.new_calendar(schedule_type="flexible"))
        self.assertTrue(wizard.is_empty)
        self.assertIn("how long people work", wizard.losses)
        with self.assertRaises(UserError):
            wizard.action_import()

    def test_days_off_to_come_are_closed_and_those_of_a_person_are_not(self):
        calendar = self.new_calendar((day, 8, 12, False) for day in range(7))
        person = self.env["resource.resource"].create({"name": "Somebody", "calendar_id": calendar.id})
        # a whole day in Shanghai
        day = {
            "date_from": "2099-05-03 16:00:00",
            "date_to": "2099-05-04 15:59:59",
            "calendar_id": calendar.id,
        }
        self.env["resource.calendar.leaves"].create(
            [{**day, "name": "Sports day"}, {**day, "name": "Holiday of one", "resource_id": person.id}]
        )
        wizard = self.wizard(calendar)
        self.assertIn("single people", wizard.losses)
        made = self.env["campus.schedule"].browse(wizard.action_import()["res_id"])
        closed = [(str(one.day), one.reason, one.is_closed) for one in made.exception_ids]
        self.assertEqual(closed, [("2099-05-04", "Sports day", True)])

    def test_another_time_zone_is_said(self):
        wizard = self.wizard(self.new_calendar(tz="Europe/Berlin"))
        self.assertIn("another time zone", wizard.losses)
