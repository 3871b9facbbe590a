from datetime import date, datetime, time, timedelta, timezone

from odoo import api, models

from ..ical_feed import calendar, exam_event, lesson_event

HOST = "campus-timetable"


class CampusCalendarEvents(models.AbstractModel):
    """What is in the calendar of a person or a room."""

    _name = "campus.calendar.events"
    _description = "Events of a Calendar"

    @api.model
    def _ical(self, feed):
        """The bytes of a feed: all terms that are not over, and the exams of their time."""
        company, subject = feed.company_id, feed.zone_id or feed.partner_id
        terms = feed.env["campus.term"].search(
            [("company_id", "=", company.id), ("last_day", ">=", company._campus_today())]
        )
        events = []
        if terms:
            first, last = min(terms.mapped("first_day")), max(terms.mapped("last_day"))
            events += self._lessons(company, subject, first, last)
            events += self._exams(company, subject, first, last) if subject._name == "res.partner" else []
        return calendar(subject.display_name or "", events)

    @api.model
    def _lessons(self, company, subject, first, last):
        timetable = self.env["campus.timetable"]
        if subject._name == "res.partner":
            made = timetable._of_person(company, subject, first, last)
        else:
            made = timetable._between(company, first, last, subject)
        zone = company._campus_calendar().zone
        # sudo: as for the timetable itself
        lessons = self.env["campus.lesson"].sudo()
        changes = self.env["campus.lesson.change"].sudo()
        for one, row in zip(made, timetable._rows(made), strict=True):
            newest = (
                changes.browse(one.changes[-1]).create_date
                if one.changes
                else lessons.browse(one.lesson).write_date
            )
            yield lesson_event(row, one, zone, newest, HOST)

    @api.model
    def _exams(self, company, partner, first, last):
        zone = company._campus_calendar().zone
        seats = partner.env["campus.exam.seat"].search(
            [
                ("partner_id", "=", partner.id),
                ("company_id", "=", company.id),
                ("exam_id.active", "=", True),
                ("exam_id.day", ">=", first),
                ("exam_id.day", "<=", last),
            ]
        )
        for seat in seats:
            exam = seat.exam_id
            span = [_utc(exam.day, minutes, zone) for minutes in (exam.start_min, exam.end_min)]
            title = self.env._("Exam: %s", exam.course_id.name)
            about = self.env._("Seat %s", seat.seat)
            if seat.admission == "refused":
                about = self.env._("Not admitted: %s", seat.reason)
            changed_at = max(exam.write_date, seat.write_date)
            yield exam_event(seat.id, title, exam.room_id.name or "", about, span, changed_at, HOST)


def _utc(day: date, minutes, zone):
    local = datetime.combine(day, time.min) + timedelta(minutes=minutes)
    return local.replace(tzinfo=zone).astimezone(timezone.utc)
