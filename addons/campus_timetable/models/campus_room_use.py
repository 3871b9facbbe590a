from collections import defaultdict
from datetime import datetime, time, timedelta

from odoo import api, models
from odoo.addons.campus_card.campus_core.timetable.expand import expand
from odoo.exceptions import ValidationError
from odoo.tools import SQL, format_datetime
from psycopg2.errors import ExclusionViolation


class CampusRoomUse(models.AbstractModel):
    """Rooms taken by lessons and exams: a table without records, which refuses that a room is taken twice.

    Its rows follow from lessons, changes, exams and the calendar. They are local times, as the timetable is.
    """

    _name = "campus.room.use"
    _description = "Rooms in Use"

    @api.model
    def _book_lessons(self, lessons):
        """Take the rooms of lessons anew; what they had before is free again."""
        self.env.flush_all()
        self.env.cr.execute("DELETE FROM campus_room_use WHERE lesson_id = ANY(%s)", [lessons.ids])
        rows = []
        # sudo: a room is taken by every lesson, whoever may see it
        for company, own in lessons.sudo().filtered("active").grouped("company_id").items():
            rows += self._lesson_rows(company, own)
        self._take("lesson_id", rows)

    @api.model
    def _lesson_rows(self, company, lessons):
        """``[(lesson id, room id, [(begin, end), ...])]`` of all that takes place."""
        # sudo: as in ``_book_lessons``
        changes = self.env["campus.lesson.change"].sudo().search([("lesson_id", "in", lessons.ids)])
        core = [change._to_core() for change in changes]
        days = [lessons.term_id.sorted("first_day")[:1].first_day, *changes.mapped("day")]
        days += [max(lessons.term_id.mapped("last_day")), *filter(None, changes.mapped("new_day"))]
        calendar = company._campus_calendar()
        # a Saturday worked in exchange may lie after the term's last day
        days += list(calendar.working_days)
        made = expand([lesson._to_core() for lesson in lessons], core, calendar, min(days), max(days))
        spans = defaultdict(list)
        for one in made:
            if one.room is not None and not one.is_cancelled:
                spans[one.lesson, one.room].append(span(one.day, one.start_min, one.end_min))
        return [(lesson, room, times) for (lesson, room), times in spans.items()]

    @api.model
    def _book_exams(self, exams):
        """Take the rooms of exams anew."""
        self.env.flush_all()
        self.env.cr.execute("DELETE FROM campus_room_use WHERE exam_id = ANY(%s)", [exams.ids])
        booked = exams.filtered(lambda exam: exam.active and exam.room_id)
        self._take(
            "exam_id",
            [(exam.id, exam.room_id.id, [span(exam.day, exam.start_min, exam.end_min)]) for exam in booked],
        )

    @api.model
    def _take(self, column, rows):
        """Store rows; who is there already is named instead of the database's refusal."""
        # sudo: whether a room is open to several lessons is no secret
        rooms = self.env["campus.zone"].sudo().browse({room for _number, room, _times in rows})
        shared = set(rooms.filtered("lessons_at_once").ids)
        wanted = [
            (number, room, "{" + ",".join(f"[{begin},{end})" for begin, end in times) + "}")
            for number, room, times in rows
            if room not in shared
        ]
        self._refuse_taken(column, wanted)
        if wanted:
            self._insert(column, sorted(wanted, key=lambda row: row[1]))

    @api.model
    def _insert(self, column, wanted):
        """Two who take one room at one time wait for each other here; the second is refused by the database."""
        numbers, rooms, times = zip(*wanted, strict=True)
        try:
            self.env.cr.execute(
                SQL(
                    """INSERT INTO campus_room_use (%s, room_id, during)
                       SELECT row.number, row.room_id, row.during::tsmultirange
                         FROM unnest(%s::integer[], %s::integer[], %s::text[]) AS row(number, room_id, during)""",
                    SQL.identifier(column),
                    list(numbers),
                    list(rooms),
                    list(times),
                )
            )
        except ExclusionViolation as error:
            raise ValidationError(
                self.env._("Somebody has just taken the room. Look again which rooms are free.")
            ) from error

    @api.model
    def _refuse_taken(self, column, wanted):
        """Name the first who is in a room already, or the first two of these who meet in one."""
        if not wanted:
            return
        numbers, rooms, times = zip(*wanted, strict=True)
        self.env.cr.execute(
            """WITH new AS MATERIALIZED (
                   SELECT row.number, row.room_id, row.during::tsmultirange AS during, row.place
                     FROM unnest(%s::integer[], %s::integer[], %s::text[])
                          WITH ORDINALITY AS row(number, room_id, during, place))
               SELECT new.number, other.number, NULL::integer, NULL::integer, new.room_id,
                      lower(new.during * other.during) AS at
                 FROM new JOIN new other ON other.room_id = new.room_id AND other.place < new.place
                                        AND other.during && new.during
                UNION ALL
               SELECT new.number, NULL, used.lesson_id, used.exam_id, new.room_id, lower(new.during * used.during)
                 FROM new JOIN campus_room_use used ON used.room_id = new.room_id AND used.during && new.during
                ORDER BY at LIMIT 1""",
            [list(numbers), list(rooms), list(times)],
        )
        found = self.env.cr.fetchone()
        if found:
            number, other, lesson, exam, room, at = found
            model = "campus.lesson" if column == "lesson_id" else "campus.exam"
            # sudo: who is in the room must be named, or nobody could find another one
            named = self.env[model].sudo().browse(number)
            # sudo: as above
            there = self.env[model].sudo().browse(other or 0) if other else self._user_of(lesson, exam).sudo()
            raise ValidationError(
                self.env._(
                    "%(room)s is taken on %(moment)s: by %(there)s. %(wanted)s needs another room or time.",
                    # sudo: as above
                    room=self.env["campus.zone"].sudo().browse(room).display_name,
                    moment=format_datetime(self.env, at, tz="UTC", dt_format="short"),
                    there=there.display_name,
                    wanted=named.display_name,
                )
            )

    @api.model
    def _user_of(self, lesson, exam):
        return self.env["campus.lesson"].browse(lesson) if lesson else self.env["campus.exam"].browse(exam)

    @api.model
    def _free_until(self, rooms, now):
        """``{room: when it is taken next today, or None}`` of those that are free at a moment of the campus's clock."""
        self.env.flush_all()
        self.env.cr.execute(
            """SELECT room.id, (SELECT min(lower(span))
                                  FROM campus_room_use used, unnest(used.during) AS span
                                 WHERE used.room_id = room.id AND lower(span) > %(now)s
                                   AND lower(span) < %(now)s::date + 1)
                 FROM unnest(%(rooms)s::integer[]) AS room(id)
                WHERE NOT EXISTS (SELECT FROM campus_room_use used
                                   WHERE used.room_id = room.id AND used.during @> %(now)s::timestamp)""",
            {"rooms": rooms.ids, "now": now},
        )
        return dict(self.env.cr.fetchall())

    @api.model
    def _days_changed(self, company):
        """Holidays or terms are others: all lessons of terms that are not over are booked anew."""
        # sudo: who enters a holiday need not see the timetable
        lessons = self.env["campus.lesson"].sudo()
        today = company._campus_today()
        self._book_lessons(
            lessons.search([("company_id", "=", company.id), ("term_id.last_day", ">=", today)])
        )


def span(day, start_min, end_min):
    """Begin and end by the clock of the campus."""
    midnight = datetime.combine(day, time.min)
    return midnight + timedelta(minutes=start_min), midnight + timedelta(minutes=end_min)
