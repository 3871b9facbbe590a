from datetime import timedelta

from odoo import api, models
from odoo.addons.campus_card.campus_core.timetable import types
from odoo.addons.campus_card.campus_core.timetable.expand import expand, happens_on
from odoo.addons.campus_card.campus_core.timetable.weeks import clock_text
from odoo.tools import file_open

#: A lesson of a term may take place so long after its end: moved, or on a day worked in exchange.
AFTER_TERM = timedelta(days=60)


class CampusTimetable(models.AbstractModel):
    """What takes place, for pages and checks. Nothing of it is stored."""

    _name = "campus.timetable"
    _description = "Timetable"

    def init(self):
        # Last of the addon's tables: the schema needs those of lessons, changes and exams.
        with file_open("campus_timetable/data/timetable_schema.sql") as schema:
            self.env.cr.execute(schema.read())

    @api.model
    def _is_on(self, lesson, day):
        """Whether the timetable has a lesson on a day, changes apart."""
        # sudo: the rules need all of a lesson, whoever may see its people
        lesson = lesson.sudo()
        return happens_on(lesson._to_core(), lesson.company_id._campus_calendar(), day)

    @api.model
    def _between(self, company, first, last, subject):
        """The lessons of a room, a teacher or of groups between two days, as the rules have them.

        Rooms and their lessons are open to everybody on the campus; who is in a group is not said here.
        """
        # sudo: see above
        lessons = (
            self.env["campus.lesson"]
            .sudo()
            .search(
                [
                    ("company_id", "=", company.id),
                    ("term_id.first_day", "<=", last + AFTER_TERM),
                    ("term_id.last_day", ">=", first - AFTER_TERM),
                    *self._near(subject),
                ]
            )
        )
        return self._expand(company, lessons, first, last, subject)

    @api.model
    def _of_person(self, company, partner, first, last):
        """The lessons that somebody has or gives."""
        # sudo: for the person's own page, which starts from the login
        groups = (
            self.env["campus.study.group"]
            .sudo()
            .search([("member_ids", "in", partner.ids), ("company_id", "=", company.id)])
        )
        made = self._between(company, first, last, groups) if groups else []
        seen = {one.identity for one in made}
        made += [one for one in self._between(company, first, last, partner) if one.identity not in seen]
        return sorted(made, key=lambda one: (one.span, one.identity))

    @api.model
    def _near(self, subject):
        """The domain of the lessons that may concern a room, a teacher or groups."""
        if subject._name == "campus.zone":
            return ["|", ("room_id", "in", subject.ids), ("change_ids.room_id", "in", subject.ids)]
        if subject._name == "campus.study.group":
            return [("group_ids", "in", subject.ids)]
        return ["|", ("teacher_ids", "in", subject.ids), ("change_ids.teacher_ids", "in", subject.ids)]

    @api.model
    def _expand(self, company, lessons, first, last, subject=None):
        # sudo: as in ``_between``
        changes = self.env["campus.lesson.change"].sudo().search([("lesson_id", "in", lessons.ids)])
        made = expand(
            [lesson._to_core() for lesson in lessons],
            [change._to_core() for change in changes],
            company._campus_calendar(),
            first,
            last,
        )
        if subject is None or subject._name == "campus.study.group":
            return made
        wanted = set(subject.ids)
        if subject._name == "campus.zone":
            return [one for one in made if one.room in wanted]
        return [one for one in made if one.teachers & wanted]

    @api.model
    def _rows(self, occurrences):
        """Lessons of dates in plain words, for pages: dicts."""
        # sudo: as in ``_between``
        env = self.env(su=True)
        known = {
            "lesson": self._by_id(env["campus.lesson"], {one.lesson for one in occurrences}),
            "change": self._by_id(
                env["campus.lesson.change"], {number for one in occurrences for number in one.changes}
            ),
            "room": self._by_id(env["campus.zone"], {one.room for one in occurrences if one.room}),
            "person": self._by_id(
                env["res.partner"], {number for one in occurrences for number in one.teachers}
            ),
        }
        return [self._row(one, known) for one in occurrences]

    @api.model
    def _by_id(self, model, numbers):
        """``{id: record}``, all read together."""
        return {record.id: record for record in model.browse(sorted(numbers))}

    @api.model
    def _row(self, one, known):
        lesson = known["lesson"][one.lesson]
        changes = [known["change"][number] for number in one.changes]
        is_back = not changes or changes[-1].kind == types.RESTORE
        return {
            "key": "-".join(map(str, one.identity)),
            "course": lesson.course_id.name,
            "day": str(one.day),
            "start": clock_text(one.start_min),
            "end": clock_text(one.end_min),
            "start_min": one.start_min,
            "end_min": one.end_min,
            "room": known["room"][one.room].name if one.room else "",
            "teachers": ", ".join(known["person"][number].name or "" for number in sorted(one.teachers)),
            "groups": ", ".join(lesson.group_ids.mapped("name")),
            "cancelled": one.is_cancelled,
            "extra": bool(one.extra),
            "moved_from": str(one.planned) if one.day != one.planned else "",
            "old_room": lesson.room_id.name or "" if one.room != (lesson.room_id.id or None) else "",
            "reason": "" if is_back else changes[-1].reason,
        }
