from datetime import date, timedelta

import babel.dates
from odoo import api, fields, models
from odoo.addons.campus_card.campus_core.timetable.next import minutes_to, next_of
from odoo.addons.campus_card.campus_core.timetable.weeks import clock_text
from odoo.tools.misc import babel_locale_parse

DAYS = 7
#: Nobody turns pages further than this from today.
DAYS_MAX = 400
#: The next lesson is looked for in so many days.
NEXT_DAYS = 14
FOUND_MAX = 20
HOUR = 60
DAY = 24 * HOUR


class CampusPortal(models.AbstractModel):
    """The holder's timetable on the phone; rooms and teachers."""

    _inherit = "campus.portal"

    @api.model
    def _tabs(self):
        tabs = super()._tabs()
        timetable = {
            "key": "timetable",
            "icon": "clock",
            "label": self.env._("Timetable"),
            "url": "/my/card/timetable",
        }
        return [*tabs[:1], timetable, *tabs[1:]]

    @api.model
    def _timetable_values(self, day):
        """The week of a day, the next lesson and the exams."""
        holder, company = self._need_holder(), self._company()
        first = self._monday(day)
        now = company._campus_local(fields.Datetime.now())
        timetable = self.env["campus.timetable"]
        made = timetable._of_person(company, holder, first, first + timedelta(days=DAYS - 1))
        coming = timetable._of_person(
            company, holder, now.date() - timedelta(days=1), now.date() + timedelta(NEXT_DAYS)
        )
        following = next_of(coming, now)
        return {
            "week": self._week(company, first, made),
            "next": following
            and {
                **timetable._rows([following])[0],
                "in": self._in_words(minutes_to(following, now)),
                "day_name": self._day_name(following.day),
            },
            "exams": self._exams(holder, now),
        }

    @api.model
    def _other_values(self, kind, number, day):
        """The week of a room or of a teacher; None if there is no such one."""
        # sudo: rooms and who teaches when are open to everybody on the campus
        env = self.env(su=True)
        company = self._company()
        subject = env["campus.zone" if kind == "room" else "res.partner"].browse(number).exists()
        if not subject or not self._is_open(kind, subject, company):
            return None
        first = self._monday(day)
        made = self.env["campus.timetable"]._between(
            company, first, first + timedelta(days=DAYS - 1), subject
        )
        return {
            "name": subject.complete_name if kind == "room" else subject.name,
            "address": f"/my/card/timetable/{kind}/{number}",
            "room_id": number if kind == "room" else False,
            "week": self._week(company, first, made),
        }

    @api.model
    def _is_open(self, kind, subject, company):
        """A room of the school, or somebody who teaches: of nobody else is the timetable shown."""
        if kind == "room":
            return subject.company_id == company and subject.active and subject.kind == "room"
        near = ["|", ("teacher_ids", "in", subject.ids), ("change_ids.teacher_ids", "in", subject.ids)]
        return bool(
            subject.env["campus.lesson"].search_count([("company_id", "=", company.id), *near], limit=1)
        )

    @api.model
    def _rooms_values(self, text):
        """Rooms that are free now, longest first; rooms and teachers whose names have the text."""
        company = self._company()
        now = company._campus_local(fields.Datetime.now())
        # sudo: as for the week of a room
        env = self.env(su=True)
        rooms = env["campus.zone"].search([("company_id", "=", company.id), ("kind", "=", "room")])
        until = env["campus.room.use"]._free_until(rooms, now)
        free = sorted(
            ((until[room.id], room) for room in rooms if room.id in until),
            key=lambda one: (
                (one[0] is not None and -one[0].timestamp()) or float("-inf"),
                one[1].complete_name,
            ),
        )
        return {
            "free": [
                {
                    "id": room.id,
                    "name": room.complete_name,
                    "until": at.strftime("%H:%M") if at else "",
                }
                for at, room in free
            ],
            "q": text,
            "rooms": [room for room in rooms if text and text.casefold() in room.complete_name.casefold()][
                :FOUND_MAX
            ],
            "teachers": self._teachers(env, company, text),
        }

    @api.model
    def _teachers(self, env, company, text):
        if not text:
            return env["res.partner"]
        lessons = env["campus.lesson"].search(
            [("company_id", "=", company.id), ("teacher_ids.name", "ilike", text)], limit=FOUND_MAX * DAYS
        )
        people = lessons.teacher_ids.filtered(
            lambda person: text.casefold() in (person.name or "").casefold()
        )
        return people.sorted("name")[:FOUND_MAX]

    # -- words ---------------------------------------------------------------------------

    @api.model
    def _monday(self, day):
        """The Monday of the week of a day in an address; of this week if the address has none."""
        today = self._company()._campus_today()
        try:
            wanted = date.fromisoformat(day) if day else today
        except ValueError:
            wanted = today
        if abs((wanted - today).days) > DAYS_MAX:
            wanted = today
        return wanted - timedelta(days=wanted.weekday())

    @api.model
    def _week(self, company, first, made):
        """The days of a week with their lessons, and the weeks around it."""
        calendar = company._campus_calendar()
        today = company._campus_today()
        rows = self.env["campus.timetable"]._rows(made)
        days = []
        for number in range(DAYS):
            day = first + timedelta(days=number)
            followed = calendar.working_days.get(day)
            days.append(
                {
                    "name": self._day_name(day),
                    "is_today": day == today,
                    "is_holiday": calendar.is_holiday(day),
                    "follows": self._day_name(followed) if followed and followed != day else "",
                    "lessons": [row for row in rows if row["day"] == str(day)],
                }
            )
        return {
            "number": next(
                (week for one in range(DAYS) if (week := calendar.week(first + timedelta(one)))), None
            ),
            "days": days,
            "before": str(first - timedelta(days=DAYS)),
            "after": str(first + timedelta(days=DAYS)),
        }

    @api.model
    def _exams(self, holder, now):
        """The holder's exams to come, with seat and the days that are left."""
        seats = holder.env["campus.exam.seat"].search(
            [("partner_id", "=", holder.id), ("exam_id.active", "=", True), ("exam_id.day", ">=", now.date())]
        )
        return [
            {
                "course": exam.course_id.name,
                "day": self._day_name(exam.day),
                "time": f"{clock_text(exam.start_min)}–{clock_text(exam.end_min)}",
                "room": exam.room_id.complete_name or "",
                "seat": seat.seat,
                "in": self._in_days((exam.day - now.date()).days),
                "refused": seat.reason if seat.admission == "refused" else "",
            }
            for seat in seats.sorted(lambda seat: (seat.exam_id.day, seat.exam_id.start_min, seat.id))
            for exam in seat.exam_id.with_env(holder.env(context=self.env.context))
        ]

    @api.model
    def _day_name(self, day):
        locale = babel_locale_parse(self.env.lang or "en_US")
        return babel.dates.format_skeleton("MMMEd", day, locale=locale)

    @api.model
    def _in_words(self, minutes):
        if minutes <= 0:
            return self.env._("now")
        if minutes < HOUR:
            return self.env._("in %s min", minutes)
        if minutes < DAY:
            return self.env._("in %(hours)s h %(minutes)s min", hours=minutes // HOUR, minutes=minutes % HOUR)
        return self._in_days(minutes // DAY)

    @api.model
    def _in_days(self, days):
        if days == 0:
            return self.env._("today")
        return self.env._("tomorrow") if days == 1 else self.env._("in %s days", days)

    # -- calendar addresses, for the own timetable and for rooms ---------------------------

    @api.model
    def _calendar_room(self, number):
        """A room of the school, an empty record for the own timetable; None if there is no such room."""
        # sudo: rooms are open to everybody on the campus
        zones = self.env["campus.zone"].sudo()
        if not number:
            return zones
        room = zones.browse(number).exists()
        return room if room and self._is_open("room", room, self._company()) else None

    @api.model
    def _calendar_values(self, number):
        room = self._calendar_room(number)
        if room is None:
            return None
        feed = self._feeds()._of(self._company(), self._need_holder(), room)
        return {"room": room, "since": feed.create_date or False}

    @api.model
    def _new_calendar(self, number):
        """A new address for the own calendar or a room's; None if there is no such room."""
        room = self._calendar_room(number)
        return None if room is None else self._feeds()._new_token(self._company(), self._need_holder(), room)

    @api.model
    def _end_calendar(self, number):
        room = self._calendar_room(number)
        if room is not None:
            self._feeds()._of(self._company(), self._need_holder(), room)._revoke()

    @api.model
    def _feeds(self):
        # sudo: holders make and end their own addresses, and read none
        return self.env["campus.calendar.feed"].sudo()
