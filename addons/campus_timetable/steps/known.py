"""What the school has already: rooms, people, groups, courses, and the lessons of the term."""

from collections import defaultdict

from odoo.addons.campus_card.campus_core.card_file.values import key
from odoo.addons.campus_card.campus_core.timetable.plan_diff import Version
from odoo.addons.campus_card.campus_core.timetable.weeks import weeks_in


class Known:
    """Looked up once, in a few statements."""

    def __init__(self, env, company, term, source):
        self.env = env
        self.company = company
        self.term = term
        self.source = source
        # sudo: rooms and people are found by what the file calls them, whoever may see them; only names are shown
        self.sudo = env(su=True)
        self.calendar = company._campus_calendar()
        self._read_rooms()
        self._read_people()
        self.courses = {
            key(course.code): course
            for course in self.sudo["campus.course"]
            .with_context(active_test=False)
            .search([("company_id", "=", company.id)])
        }
        self.groups = {
            key(group.name): group
            for group in self.sudo["campus.study.group"]
            .with_context(active_test=False)
            .search([("company_id", "=", company.id)])
        }
        self.lessons = self.sudo["campus.lesson"].search(
            [("company_id", "=", company.id), ("term_id", "=", term.id)], order="id"
        )
        self.own = self.lessons.filtered(lambda lesson: lesson.source == source and lesson.source_key)

    def _read_rooms(self):
        """Rooms by their names; a name that several have means none of them."""
        by_name = defaultdict(set)
        for zone in self.sudo["campus.zone"].search([("company_id", "=", self.company.id)]):
            for name in {key(zone.name), key(zone.complete_name or zone.name)}:
                by_name[name].add(zone.id)
        self.rooms = {name: ids.copy().pop() for name, ids in by_name.items() if len(ids) == 1}

    def _read_people(self):
        """Holders by campus number, and by name."""
        self.numbers, self.names = {}, defaultdict(list)
        holders = self.sudo["res.partner"].search_fetch(
            [("is_campus_holder", "=", True), ("company_id", "in", (False, self.company.id))],
            ["name", "campus_number"],
        )
        for holder in holders:
            self.numbers[key(holder.campus_number or "")] = holder.id
            self.names[key(holder.name or "")].append(holder.id)
        self.numbers.pop("", None)

    def versions(self):
        """The lessons of this program in the term, as they can be compared with a file."""
        return [Version(lesson.id, lesson.source_key, values_of(lesson)) for lesson in self.own]


def values_of(lesson):
    """All that a file may say about a lesson, by name, in a form that can be compared."""
    listed = weeks_in(lesson.week_list or "") if lesson.weeks == "list" else None
    return (
        ("course", key(lesson.course_id.code)),
        ("groups", frozenset(key(group.name) for group in lesson.group_ids)),
        ("teachers", frozenset(lesson.teacher_ids.ids)),
        ("room", lesson.room_id.id or None),
        ("weekday", int(lesson.weekday)),
        ("time", (lesson.start_min, lesson.end_min)),
        ("weeks", (lesson.weeks, tuple(sorted(listed or ())))),
    )
