"""Makes the differences of a plan, in the transaction of the given environment."""

from collections import Counter

from odoo import fields
from odoo.addons.campus_card.campus_core.card_file.values import key
from odoo.addons.campus_card.campus_core.timetable.plan_diff import ADDED, CHANGED, GONE
from odoo.addons.campus_card.campus_core.timetable.weeks import weeks_text

from ..const import LATER


def apply(env, company, plan):
    """Create, change and archive lessons; rooms are taken at the end, so that two lessons may change rooms."""
    known = plan.known
    wanted = {one.new: plan.wanted[one.new] for one in plan.found if one.kind in (ADDED, CHANGED)}
    courses = _courses(env, company, known, wanted.values())
    groups = _groups(env, company, known, wanted.values())
    lessons = env["campus.lesson"].with_context(campus_booking=LATER)
    gone = lessons.browse([one.old for one in plan.found if one.kind == GONE])
    gone.write({"active": False})
    touched = gone
    for one in plan.found:
        if one.kind == CHANGED:
            lesson = lessons.browse(one.old)
            lesson.write(_values(wanted[one.new], courses, groups, {*one.fields}))
            touched |= lesson
    numbers = _numbers(lessons.search([("term_id", "=", known.term.id), ("source", "=", known.source)]))
    rows = []
    for one in plan.found:
        if one.kind == ADDED:
            numbers[one.key] += 1
            rows.append(
                {
                    **_values(wanted[one.new], courses, groups),
                    "company_id": company.id,
                    "term_id": known.term.id,
                    "source": known.source,
                    "source_key": one.key,
                    "source_no": numbers[one.key],
                }
            )
    touched |= lessons.with_context(tracking_disable=True).create(rows)
    env["campus.room.use"]._book_lessons(touched)


def _numbers(lessons):
    """The highest number that lessons of a key have."""
    found = Counter()
    for lesson in lessons:
        found[lesson.source_key] = max(found[lesson.source_key], lesson.source_no)
    return found


def _courses(env, company, known, wanted):
    """Courses by their numbers; those that are missing are created, archived ones come back."""
    found = {name: env["campus.course"].browse(course.id) for name, course in known.courses.items()}
    new = {}
    for one in wanted:
        name = key(one.planned.course_code)
        if name not in found:
            new[name] = {
                "code": one.planned.course_code,
                "name": one.planned.course,
                "company_id": company.id,
            }
        elif not found[name].active:
            found[name].active = True
    made = env["campus.course"].create(list(new.values()))
    return {**found, **dict(zip(new, made, strict=True))}


def _groups(env, company, known, wanted):
    found = {name: env["campus.study.group"].browse(group.id) for name, group in known.groups.items()}
    new = {}
    for one in wanted:
        for text in one.planned.groups:
            if key(text) not in found:
                new[key(text)] = {"name": text, "company_id": company.id}
            elif not found[key(text)].active:
                found[key(text)].active = True
    made = env["campus.study.group"].create(list(new.values()))
    return {**found, **dict(zip(new, made, strict=True))}


def _values(wanted, courses, groups, names=None):
    """The values of a lesson, all of them or those that differ."""
    value = wanted.version.value
    kind, listed = value("weeks")
    start, end = value("time")
    made = {
        "course": {"course_id": courses[value("course")].id},
        "groups": {"group_ids": [fields.Command.set([groups[name].id for name in sorted(value("groups"))])]},
        "teachers": {"teacher_ids": [fields.Command.set(sorted(value("teachers")))]},
        "room": {"room_id": value("room") or False},
        "weekday": {"weekday": str(value("weekday"))},
        "time": {"start_min": start, "end_min": end},
        "weeks": {"weeks": kind, "week_list": weeks_text(listed) if kind == "list" else False},
    }
    return {
        field: vals
        for name, part in made.items()
        if names is None or name in names
        for field, vals in part.items()
    }
