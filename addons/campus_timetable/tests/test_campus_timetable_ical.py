from datetime import date, datetime
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event
from odoo.tests import tagged

from .import_common import ImportCase


@tagged("post_install", "-at_install")
class TestCampusTimetableIcal(ImportCase):
    """A calendar file becomes lessons of the term."""

    def calendar(self, **values):
        zone = ZoneInfo("Europe/Berlin")
        event = Event()
        event.add("uid", "optics-1")
        event.add("summary", "Optics")
        event.add("dtstart", datetime(2026, 9, 14, 4, 0, tzinfo=zone))
        event.add("dtend", datetime(2026, 9, 14, 5, 40, tzinfo=zone))
        event.add("location", "Lab 2")
        for name, value in values.items():
            event.add(name, value)
        calendar = Calendar()
        calendar.add("prodid", "-//test//")
        calendar.add("version", "2.0")
        calendar.add_component(event)
        return calendar

    def test_a_series_of_a_calendar_becomes_weeks_of_the_term(self):
        calendar = self.calendar(
            rrule={"freq": "weekly", "count": 4},
            exdate=datetime(2026, 9, 21, 4, tzinfo=ZoneInfo("Europe/Berlin")),
        )
        job = self.run_job(calendar.to_ical(), name="plan.ics")
        self.assertEqual((job.is_calendar, job.is_whole), (True, False))
        lesson = self.lessons()
        # 4:00 in Berlin is 10:00 in Shanghai
        self.assertEqual((lesson.weekday, lesson.start_min, lesson.end_min), ("0", 600, 700))
        self.assertEqual(
            (lesson.week_list, lesson.room_id, lesson.course_id.name), ("2, 4-5", self.lab, "Optics")
        )
        again = self.run_job(calendar.to_ical(), name="plan.ics")
        self.assertEqual(self.counts(again), (0, 0, 0, 1, 0))

    def test_a_moved_date_of_a_series_replaces_the_old_one(self):
        calendar = self.calendar(rrule={"freq": "weekly", "count": 3})
        zone = ZoneInfo("Europe/Berlin")
        moved = Event()
        moved.add("uid", "optics-1")
        moved.add("summary", "Optics")
        moved.add("recurrence-id", datetime(2026, 9, 21, 4, tzinfo=zone))
        moved.add("dtstart", datetime(2026, 9, 22, 8, tzinfo=zone))
        moved.add("dtend", datetime(2026, 9, 22, 9, tzinfo=zone))
        calendar.add_component(moved)
        self.run_job(calendar.to_ical())
        found = sorted((lesson.weekday, lesson.start_min, lesson.week_list) for lesson in self.lessons())
        self.assertEqual(found, [("0", 600, "2, 4"), ("1", 840, "3")])

    def test_an_event_of_a_whole_day_is_no_lesson(self):
        calendar = self.calendar()
        calendar.walk("VEVENT")[0]["DTSTART"] = calendar.walk("VEVENT")[0]["DTSTART"].__class__(
            date(2026, 9, 14)
        )
        job = self.job(calendar.to_ical())
        job.action_check()
        self.assertEqual(
            (job.error_count, self.messages(job, "error")), (1, ["The row does not say when the lesson is."])
        )
