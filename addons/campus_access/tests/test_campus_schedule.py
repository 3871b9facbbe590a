from datetime import date

from odoo.addons.campus_card.campus_core import schedule as core
from odoo.exceptions import ValidationError
from odoo.tests import Form, tagged

from .access_common import AccessCase


@tagged("post_install", "-at_install")
class TestCampusSchedule(AccessCase):
    """What people key in is what the rules decide by."""

    def test_a_night_ends_on_the_next_day(self):
        form = Form(self.env["campus.schedule"])
        form.name = "Night"
        with form.window_ids.new() as window:
            window.starts, window.ends = 22, 6
        night = form.save()
        self.assertEqual((night.window_ids.start_min, night.window_ids.end_min), (22 * 60, 30 * 60))
        self.assertEqual((night.window_ids.starts, night.window_ids.ends), (22, 6))

    def test_weeks_of_the_term_are_read_as_people_write_them(self):
        schedule = self.new_schedule("Weeks", {"weeks": "list", "week_list": "1-3, 5，9"})
        [window] = schedule._to_core().windows
        self.assertEqual(window.week_list, frozenset((1, 2, 3, 5, 9)))
        with self.assertRaisesRegex(ValidationError, "no weeks of a term"):
            schedule.window_ids.week_list = "one"

    def test_a_time_needs_a_weekday_and_lasts_at_most_a_day(self):
        none = dict.fromkeys(("monday", "tuesday", "wednesday", "thursday", "friday"), False)
        with self.assertRaises(ValidationError):
            self.new_schedule("Never", none)
        with self.assertRaises(ValidationError):
            self.new_schedule("Long", {"start_min": 60, "end_min": 3000})

    def test_the_calendar_shows_holidays_and_days_worked_in_exchange(self):
        self.env["campus.term"].create(
            {"name": "Term", "first_day": date(2026, 9, 7), "last_day": date(2027, 1, 17)}
        )
        days = self.env["campus.holiday"]
        days.create({"name": "National Day", "day": date(2026, 10, 6)})
        days.create(
            {"name": "Exchange", "day": date(2026, 10, 10), "kind": "working", "like_day": date(2026, 10, 6)}
        )
        schedule = self.new_schedule("Office", {"start_min": 480, "end_min": 1080})
        by_day = {one["day"]: one for one in schedule._preview(date(2026, 10, 5))}
        self.assertEqual(by_day["2026-10-05"]["times"], ["08:00–18:00"])
        self.assertEqual((by_day["2026-10-06"]["times"], by_day["2026-10-06"]["is_holiday"]), ([], True))
        self.assertEqual(by_day["2026-10-10"]["times"], ["08:00–18:00"])
        self.assertEqual(by_day["2026-10-10"]["follows"], "2026-10-06")
        self.assertEqual(by_day["2026-10-05"]["week"], 5)

    def test_an_exception_replaces_the_times_of_its_day(self):
        schedule = self.new_schedule("Office", {})
        schedule.exception_ids = [
            (0, 0, {"day": date(2026, 12, 1), "is_closed": True}),
            (0, 0, {"day": date(2026, 12, 2), "start_min": 600, "end_min": 660}),
            (0, 0, {"day": date(2026, 12, 2), "start_min": 900, "end_min": 960}),
        ]
        made = schedule._to_core()
        self.assertEqual(made.exceptions[date(2026, 12, 1)], ())
        self.assertEqual(list(core.times(made, core.Calendar(), date(2026, 12, 2))), [(600, 660), (900, 960)])
        with self.assertRaises(ValidationError):
            schedule.exception_ids = [(0, 0, {"day": date(2026, 12, 2), "is_closed": True})]
