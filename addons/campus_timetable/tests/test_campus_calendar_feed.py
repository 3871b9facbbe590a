from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import recurring_ical_events
from icalendar import Calendar
from odoo.http import Request
from odoo.tests import HttpCase, freeze_time, new_test_user, tagged

from .timetable_common import MONDAY, TimetableCase

TUESDAY = date(2026, 9, 8)


@tagged("post_install", "-at_install")
class TestCampusCalendarFeed(TimetableCase, HttpCase):
    """A calendar program gets exactly the timetable, and nothing once the address has ended."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.student = new_test_user(
            cls.env, "calendar_student", groups="base.group_portal", password="calendar_student"
        )
        cls.student.partner_id.campus_number = "T0901"
        cls.first.member_ids += cls.student.partner_id
        mine = {"group_ids": [(6, 0, cls.first.ids)], "teacher_ids": [(6, 0, cls.zhao.ids)]}
        cls.weekly = cls.new_lesson(**mine)
        cls.odd = cls.new_lesson(weekday="1", weeks="odd", course_id=cls.optics.id, **mine)
        cls.listed = cls.new_lesson(
            weekday="4", weeks="list", week_list="2-5, 9", start_min=1320, end_min=1500, **mine
        )
        cls.feeds = cls.env["campus.calendar.feed"]

    def token(self, zone=None):
        zone = zone or self.env["campus.zone"]
        return self.feeds._new_token(self.company, self.student.partner_id, zone)

    def ask(self, token, **headers):
        return self.url_open(f"/campus/calendar/{token}.ics", headers=headers)

    def events(self, body, first, last):
        """What an independent program makes of a calendar: ``(begin, end, room, is cancelled)`` by the campus's clock."""
        zone = ZoneInfo(self.company._campus_zone_name())
        found = recurring_ical_events.of(Calendar.from_ical(body)).between(first, last + timedelta(days=1))
        return sorted(
            (
                event["DTSTART"].dt.astimezone(zone).replace(tzinfo=None),
                event["DTEND"].dt.astimezone(zone).replace(tzinfo=None),
                str(event.get("LOCATION", "")),
                str(event["STATUS"]) == "CANCELLED",
            )
            for event in found
        )

    def timetable(self, subject, first, last):
        rows = self.env["campus.timetable"]
        made = (
            rows._of_person(self.company, subject, first, last)
            if subject._name == "res.partner"
            else rows._between(self.company, first, last, subject)
        )
        midnight = datetime.min.time()
        return sorted(
            (
                datetime.combine(one.day, midnight) + timedelta(minutes=one.start_min),
                datetime.combine(one.day, midnight) + timedelta(minutes=one.end_min),
                self.env["campus.zone"].browse(one.room or ()).name or "",
                one.is_cancelled,
            )
            for one in made
        )

    @freeze_time("2026-09-10 02:00:00")
    def test_a_calendar_is_exactly_the_timetable_of_the_term(self):
        # a zone whose clocks change within the term
        self.company.partner_id.tz = "Europe/Berlin"
        self.env["campus.holiday"].create(
            [
                {"name": "Free", "day": date(2026, 10, 5)},
                {
                    "name": "Exchange",
                    "day": date(2026, 10, 10),
                    "kind": "working",
                    "like_day": date(2026, 10, 5),
                },
            ]
        )
        self.change(self.weekly, MONDAY, "room", room_id=self.lab.id)
        self.change(self.weekly, date(2026, 9, 14), "cancel")
        self.change(self.odd, TUESDAY, "move", new_day=date(2026, 9, 13), start_min=600, end_min=660)
        self.change(self.weekly, date(2026, 9, 19), "extra", start_min=900, end_min=960)
        body = self.ask(self.token()).content
        expected = self.timetable(self.student.partner_id, self.term.first_day, self.term.last_day)
        self.assertEqual(self.events(body, self.term.first_day, self.term.last_day), expected)
        self.assertEqual(len(expected), 19 + 10 + 5 + 1)
        self.assertEqual(
            {one[0].hour for one in expected}, {8, 10, 15, 22}, "by the clock, before and after it changes"
        )
        room = self.ask(self.token(self.hall)).content
        self.assertEqual(
            self.events(room, self.term.first_day, self.term.last_day),
            self.timetable(self.hall, self.term.first_day, self.term.last_day),
        )

    @freeze_time("2026-09-10 02:00:00")
    def test_an_event_keeps_its_id_and_its_sequence_rises(self):
        token = self.token()

        def first():
            events = Calendar.from_ical(self.ask(token).content).walk("VEVENT")
            return next(event for event in events if event["DTSTART"].dt.date() == MONDAY)

        before = first()
        self.change(self.weekly, MONDAY, "room", room_id=self.lab.id)
        after = first()
        self.assertEqual((after["UID"], after["LOCATION"]), (before["UID"], "Lab 2"))
        self.assertEqual((before["SEQUENCE"], after["SEQUENCE"]), (0, 1))
        calendar = Calendar.from_ical(self.ask(token).content)
        self.assertEqual(calendar["REFRESH-INTERVAL"].dt, timedelta(hours=1))
        uids = [event["UID"] for event in calendar.walk("VEVENT")]
        self.assertEqual(len(uids), len(set(uids)))

    @freeze_time("2026-09-10 02:00:00")
    def test_an_exam_is_in_the_calendar_with_its_seat(self):
        exam = self.env["campus.exam"].create(
            {"course_id": self.algebra.id, "day": date(2026, 9, 16), "room_id": self.lab.id}
        )
        self.env["campus.exam.seat"].create(
            {"exam_id": exam.id, "partner_id": self.student.partner_id.id, "seat": "12"}
        )
        events = Calendar.from_ical(self.ask(self.token()).content).walk("VEVENT")
        [found] = [event for event in events if str(event["UID"]).startswith("exam-")]
        self.assertEqual((found["SUMMARY"], found["DESCRIPTION"]), ("Exam: Linear Algebra", "Seat 12"))

    def test_an_unchanged_calendar_is_not_sent_again(self):
        token = self.token()
        answer = self.ask(token)
        tag = answer.headers["ETag"]
        again = self.ask(token, **{"If-None-Match": tag})
        self.assertEqual((again.status_code, again.content), (304, b""))
        self.assertEqual(self.ask(token).content, answer.content, "the same to the byte")
        # another transaction: in this one the mark is there already
        self.env.cr.execute(
            "INSERT INTO campus_timetable_mark (transaction, marked_at) VALUES ('1', now() + interval '1 minute')"
        )
        self.assertEqual(self.ask(token, **{"If-None-Match": tag}).status_code, 200)

    def test_every_change_of_the_timetable_makes_a_mark(self):
        def marks():
            self.env.flush_all()
            self.env.cr.execute("SELECT count(*) FROM campus_timetable_mark")
            return self.env.cr.fetchone()[0]

        changes = (
            lambda: self.weekly.write({"weeks": "odd"}),
            lambda: self.change(self.weekly, MONDAY, "cancel"),
            lambda: self.first.write({"member_ids": [(3, self.lin.id)]}),
            lambda: self.weekly.write({"teacher_ids": [(5, 0, 0)]}),
            lambda: self.hall.write({"name": "Hall One"}),
            lambda: self.env["campus.holiday"].create({"name": "Free", "day": TUESDAY}),
            lambda: self.env["campus.exam"].create({"course_id": self.algebra.id, "day": TUESDAY}),
        )
        for number, change in enumerate(changes):
            self.env.cr.execute("DELETE FROM campus_timetable_mark")
            change()
            self.assertEqual(marks(), 1, number)

    def test_an_address_ends_and_a_new_one_replaces_the_old(self):
        old = self.token()
        new = self.token()
        self.assertEqual((self.ask(old).status_code, self.ask(new).status_code), (404, 200))
        self.feeds._of(self.company, self.student.partner_id, self.env["campus.zone"])._revoke()
        self.assertEqual(self.ask(new).status_code, 404)
        self.assertEqual(self.ask("x" * 500).status_code, 404)
        self.env.cr.execute("SELECT count(*) FROM campus_calendar_feed WHERE token_hash IN %s", [(old, new)])
        self.assertEqual(self.env.cr.fetchone()[0], 0, "only hashes are stored")

    def test_the_holder_makes_and_ends_an_address_on_the_phone(self):
        self.authenticate("calendar_student", "calendar_student")
        form = {"csrf_token": Request.csrf_token(self)}
        page = self.url_open("/my/card/calendar/new", data=form).text
        address = page.split("/campus/calendar/")[1].split('"')[0]
        self.assertEqual(self.url_open(f"/campus/calendar/{address}").status_code, 200)
        self.assertNotIn("/campus/calendar/", self.url_open("/my/card/calendar").text, "it is shown once")
        self.url_open("/my/card/calendar/end", data=form)
        self.assertEqual(self.url_open(f"/campus/calendar/{address}").status_code, 404)
        self.assertEqual(self.url_open(f"/my/card/calendar?room={self.hall.id}").status_code, 200)
        self.assertEqual(self.url_open(f"/my/card/calendar?room={self.arts_house.id}").status_code, 404)
