"""What a file means for the timetable as it is: differences, problems, warnings. Nothing is stored here."""

import hashlib
from collections import Counter
from dataclasses import dataclass, field

from odoo.addons.campus_card.campus_core import errors, schedule
from odoo.addons.campus_card.campus_core.card_file.types import Problem
from odoo.addons.campus_card.campus_core.card_file.values import key
from odoo.addons.campus_card.campus_core.timetable import clashes, types
from odoo.addons.campus_card.campus_core.timetable.expand import expand
from odoo.addons.campus_card.campus_core.timetable.plan_diff import (
    ADDED,
    CHANGED,
    GONE,
    SAME,
    Version,
    differences,
)
from odoo.addons.campus_card.campus_core.timetable.weeks import week_kind, weeks_in

from .words import Words

ERROR = "error"
BUSY = {clashes.TEACHER: errors.TEACHER_BUSY, clashes.GROUP: errors.GROUP_BUSY}


@dataclass
class Wanted:
    """A lesson of the file with everything that was looked up for it."""

    planned: object
    version: Version
    problems: list = field(default_factory=list)
    warnings: list = field(default_factory=list)


class Plan:
    """Looks up what rows name, compares them with what there is, and finds who would be in two places."""

    def __init__(self, known, reading, refusing, is_whole):
        self.known = known
        self.reading = reading
        self.refuses_rooms, self.refuses_teachers = refusing
        self.is_whole = is_whole
        self.fatal = list(reading.fatal)
        self.wanted = {}
        self.found = []
        self.words = Words(known)

    def run(self):
        """Find everything; returns itself."""
        if not self.fatal:
            count = self.known.term.week_count
            for number, planned in enumerate(self.reading.lessons):
                self.wanted[number] = self._look_up(number, planned, count)
            self._compare()
            self._find_clashes()
        return self

    @property
    def problems(self):
        """The problems of rows, sorted."""
        own = [problem for wanted in self.wanted.values() for problem in wanted.problems]
        return sorted(self.reading.problems + own, key=lambda problem: problem.row)

    # -- what a row names --------------------------------------------------------------

    def _look_up(self, number, planned, count):
        wanted = Wanted(planned, None)
        kind, listed = week_kind(planned.weeks, count)
        if planned.weeks and max(planned.weeks) > count:
            wanted.problems.append(Problem(planned.row, "", "", errors.WEEKS_OUTSIDE, {"count": count}))
        wanted.version = Version(
            number,
            planned.key,
            (
                ("course", key(planned.course_code)),
                ("groups", frozenset(map(key, planned.groups))),
                ("teachers", self._teachers(wanted, planned)),
                ("room", self._room(wanted, planned)),
                ("weekday", planned.weekday),
                ("time", (planned.start_min, planned.end_min)),
                ("weeks", (kind, tuple(sorted(weeks_in(listed) or ())))),
            ),
        )
        return wanted

    def _room(self, wanted, planned):
        if not planned.room:
            return None
        room = self.known.rooms.get(key(planned.room))
        if room is None:
            self._note(wanted, planned, planned.room, errors.ROOM_UNKNOWN, self.refuses_rooms)
        return room

    def _teachers(self, wanted, planned):
        found = set()
        for name in planned.teachers:
            number = self.known.numbers.get(key(name))
            people = [number] if number else self.known.names.get(key(name), [])
            if len(people) == 1:
                found.add(people[0])
            else:
                code = errors.TEACHER_SEVERAL if people else errors.TEACHER_UNKNOWN
                self._note(wanted, planned, name, code, self.refuses_teachers)
        return frozenset(found)

    @staticmethod
    def _note(wanted, planned, value, code, refuses):
        problem = Problem(planned.row, "", value, code)
        (wanted.problems if refuses else wanted.warnings).append(problem)

    # -- differences ------------------------------------------------------------------

    def _compare(self):
        good = [wanted.version for wanted in self.wanted.values() if not wanted.problems]
        refused = self.reading.refused | {
            wanted.planned.key for wanted in self.wanted.values() if wanted.problems
        }
        self.found = [
            one
            for one in differences(self.known.versions(), good)
            # what a refused row is about is left as it is
            if one.kind != GONE or (self.is_whole and one.key not in refused)
        ]

    def _find_clashes(self):
        """A room that is taken refuses the row; a teacher or a group in two places is said."""
        left = {one.old for one in self.found if one.kind in (CHANGED, GONE)}
        staying = self.known.lessons.filtered(lambda lesson: lesson.id not in left)
        touched = {one.new: one for one in self.found if one.kind in (ADDED, CHANGED)}
        groups = {name: -number for number, name in enumerate(self._group_names(), 1)}
        core = [self._renamed(lesson, groups) for lesson in staying]
        core += [self._as_core(number, groups) for number in touched]
        # sudo: as for all that is known
        changes = self.known.sudo["campus.lesson.change"].search([("lesson_id", "in", staying.ids)])
        term = self.known.term
        made = expand(
            core,
            [change._to_core() for change in changes],
            self.known.calendar,
            term.first_day,
            term.last_day,
        )
        names = {number: name for name, number in groups.items()}
        for clash in clashes.clashes(made):
            self._judge(clash, names)
        bad = {number for number in touched if self.wanted[number].problems}
        self.found = [one for one in self.found if one.new not in bad]

    def _group_names(self):
        return sorted({name for wanted in self.wanted.values() for name in wanted.version.value("groups")})

    def _renamed(self, lesson, groups):
        """A lesson that stays, with its groups numbered as those of the file."""
        core = lesson._to_core()
        own = frozenset(groups[name] for group in lesson.group_ids if (name := key(group.name)) in groups)
        return types.Lesson(core.lesson, core.term, core.when, core.room, core.teachers, own)

    def _as_core(self, number, groups):
        """A lesson of the file; its number is negative."""
        value = self.wanted[number].version.value
        kind, listed = value("weeks")
        start, end = value("time")
        return types.Lesson(
            -1 - number,
            self.known.term._to_core(),
            schedule.Window(frozenset({value("weekday")}), start, end, kind, frozenset(listed)),
            value("room"),
            value("teachers"),
            frozenset(groups[name] for name in value("groups")),
        )

    def _judge(self, clash, names):
        """Say a clash once for each row, at the later of two rows of the file."""
        first, second = clash.one.lesson, clash.other.lesson
        if max(first, second) < 0:
            mine, other = min(first, second), max(first, second)
        else:
            mine, other = (first, second) if first < 0 else (second, first)
        if mine >= 0 or (clash.kind == clashes.ROOM and self.words.is_shared(clash.number)):
            return
        wanted = self.wanted[-1 - mine]
        is_room = clash.kind == clashes.ROOM
        code = errors.ROOM_TAKEN if is_room else BUSY[clash.kind]
        said = wanted.problems if is_room else wanted.warnings
        if any(problem.code == code for problem in said):
            return
        numbers = {
            "day": str(clash.one.day),
            "lesson": self.wanted[-1 - other].planned.course if other < 0 else self.words.lesson(other),
            "who": self.words.who(clash.kind, clash.number, names),
        }
        shown = wanted.planned.room if is_room else numbers["who"]
        said.append(Problem(wanted.planned.row, "", shown, code, numbers))

    # -- the report --------------------------------------------------------------------

    def counts(self):
        """The fields of the import that count results."""
        kinds = Counter(one.kind for one in self.found)
        bad = {problem.row for problem in [*self.fatal, *self.problems]}
        return {
            "row_count": self.reading.row_count,
            "added_count": kinds[ADDED],
            "changed_count": kinds[CHANGED],
            "gone_count": kinds[GONE],
            "same_count": kinds[SAME],
            "error_count": len(bad),
            "blocked": bool(self.fatal),
        }

    def digest(self):
        """Stands for everything that would be done."""
        said = [
            (one.kind, one.old, _stable(self.wanted[one.new].version.values) if one.new is not None else None)
            for one in self.found
        ]
        said += [(ERROR, problem.row, problem.code) for problem in [*self.fatal, *self.problems]]
        return hashlib.sha256(repr(said).encode()).hexdigest()

    def lines(self, sentences, labels):
        """The values of the report's lines: errors first, then what is different, then the rest."""
        for problem in [*self.fatal, *self.problems]:
            yield self._problem_line(ERROR, problem, sentences)
        order = {CHANGED: 0, GONE: 1, ADDED: 2, SAME: 3}
        for one in sorted(self.found, key=lambda one: order[one.kind]):
            yield self.words.difference(one, self.wanted.get(one.new), labels)
            for warning in self.wanted[one.new].warnings if one.new is not None else ():
                yield self._problem_line(one.kind, warning, sentences)
        for warning in self.reading.warnings:
            yield self._problem_line(SAME, warning, sentences)

    @staticmethod
    def _problem_line(result, problem, sentences):
        return {
            "row": problem.row,
            "result": result,
            "attention": result != ERROR,
            "column": problem.column,
            "value": problem.value,
            "code": problem.code,
            "message": sentences[problem.code] % dict(problem.numbers),
        }


def _stable(values):
    """Values whose text does not depend on the order of a set."""
    return [(name, sorted(value) if isinstance(value, frozenset) else value) for name, value in values]
