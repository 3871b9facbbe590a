"""What rooms, people, groups and differences are called in the report of an import."""

from odoo.addons.campus_card.campus_core.timetable import clashes
from odoo.addons.campus_card.campus_core.timetable.plan_diff import GONE, SAME
from odoo.addons.campus_card.campus_core.timetable.weeks import clock_text

NOTHING = "–"


class Words:
    """Names of records, of those that are known already."""

    def __init__(self, known):
        self.known = known
        self.env = known.sudo
        self.weekdays = dict(self.env["campus.lesson"]._fields["weekday"]._description_selection(known.env))
        self.kinds = dict(self.env["campus.lesson"]._fields["weeks"]._description_selection(known.env))

    def is_shared(self, room):
        return self.env["campus.zone"].browse(room).lessons_at_once

    def lesson(self, number):
        return self.env["campus.lesson"].browse(number).display_name

    def who(self, kind, number, groups):
        """The name of a room, a teacher or a group."""
        if kind == clashes.GROUP:
            group = self.known.groups.get(groups.get(number))
            return group.name if group else groups.get(number, "")
        return self.env["campus.zone" if kind == clashes.ROOM else "res.partner"].browse(number).name or ""

    def difference(self, one, wanted, labels):
        """The line of the report for one lesson."""
        lesson = self.env["campus.lesson"].browse(one.old or ())
        values = {
            "row": wanted.planned.row if wanted else 0,
            "result": one.kind,
            "key": one.key,
            "course": wanted.planned.course if wanted else lesson.course_id.name,
            "message": "",
        }
        if one.kind == GONE:
            values["message"] = lesson.display_name
        elif one.kind != SAME:
            old = dict(self._old(lesson)) if lesson else {}
            said = []
            for name in one.fields or [name for name, _value in wanted.version.values if name != "course"]:
                new = self._text(name, wanted.version.value(name), wanted.planned)
                if old:
                    said.append(f"{labels[name]}: {old[name]} → {new}")
                elif new != NOTHING:
                    said.append(f"{labels[name]}: {new}")
            values["message"] = "; ".join(said)
        return values

    def _old(self, lesson):
        weeks = lesson.week_list if lesson.weeks == "list" else self.kinds[lesson.weeks]
        yield "course", lesson.course_id.name
        yield "groups", ", ".join(sorted(lesson.group_ids.mapped("name"))) or NOTHING
        yield "teachers", ", ".join(lesson.teacher_ids.sorted("id").mapped("name")) or NOTHING
        yield "room", lesson.room_id.name or NOTHING
        yield "weekday", self.weekdays[lesson.weekday]
        yield "time", f"{clock_text(lesson.start_min)}–{clock_text(lesson.end_min)}"
        yield "weeks", weeks

    def _text(self, name, value, planned):
        if name == "course":
            return planned.course
        if name == "groups":
            return ", ".join(sorted(planned.groups)) or NOTHING
        if name == "teachers":
            return ", ".join(self.env["res.partner"].browse(sorted(value)).mapped("name")) or NOTHING
        if name == "room":
            return self.env["campus.zone"].browse(value or ()).name or NOTHING
        if name == "weekday":
            return self.weekdays[str(value)]
        if name == "time":
            return f"{clock_text(value[0])}–{clock_text(value[1])}"
        kind, listed = value
        return ", ".join(map(str, listed)) if kind == "list" else self.kinds[kind]
