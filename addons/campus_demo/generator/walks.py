"""A week at the doors: who shows a card where and when. What the door says is decided by the product's own rules."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import pairwise
from random import Random
from typing import NamedTuple

from . import doors
from .cards import Card
from .person import STAFF, STUDENT, TEACHER, Person
from .term import Term

DAYS = 7
#: A day's time outside the dormitory: usual start and end in minutes, how far they vary, how many go.
WORKDAY = ((435, 735, 35, 0.9), (815, 1075, 20, 0.8), (1130, 1285, 25, 0.45))
FREE_DAY = ((570, 700, 50, 0.4), (850, 1050, 40, 0.45), (1120, 1290, 40, 0.35))
BREAKFAST, CURFEW = 6 * 60 + 5, 23 * 60 + 31
#: Shares and numbers of what does not go as it should.
LATE, STRANGERS, HANDED_ON = 0.006, 5, 0.004
LISTENERS, LECTURE_DAYS, LECTURE = 35, (2, 4), 13 * 60 + 40
SPECIAL_DAYS = (1, 3)
CLEANERS, CLEANING = 8, 6 * 60 + 20
DRILL_DAYS_AGO, DRILL_AT, DRILL_MIN = 4, dt.time(10, 0), 12


class Step(NamedTuple):
    """A card is shown. ``pin`` is what was keyed where a door asks (``right``, ``wrong``, nothing); ``mate`` is
    who has shown a card here just before, in company.
    """

    at: dt.datetime
    person: int
    door: str
    side: str = "in"
    pin: str = ""
    mate: int | None = None


class Event(NamedTuple):
    at: dt.datetime
    door: str
    code: str


class Walks:
    """Plans a week that ends at ``now`` (local time); the same for the same seed."""

    def __init__(
        self, seed: str, persons: list[Person], plans: list[Card], now: dt.datetime, term: Term
    ) -> None:
        self.rng = Random(f"{seed}/walks")
        self.persons, self.now, self.term = persons, now, term
        self.first_day = now.date() - dt.timedelta(days=DAYS - 1)
        start = dt.datetime.combine(self.first_day, dt.time())
        cards = [
            plan for plan in plans if plan.kind != "phone" and plan.works_from and plan.works_from < start
        ]
        good = {plan.person for plan in cards if plan.state == "active"}
        self.bad = [
            plan.person for plan in cards if plan.state in ("lost", "frozen") and plan.person not in good
        ]
        student = next((one for one in persons if one.key == STUDENT), None)
        self.garden = student.room.split()[0] if student else "梅园"
        self.residents = [i for i in sorted(good) if persons[i].room.startswith(self.garden)]
        self.of_house = [i for i in sorted(good) if persons[i].department == "CS"]
        self.of_house = [i for i in self.of_house if persons[i].role in (STUDENT, TEACHER)]
        self.cleaners = [
            i for i in sorted(good) if (persons[i].department, persons[i].role) == ("LOG", STAFF)
        ]
        own = {*self.residents, *self.of_house}
        self.others = [i for i in sorted(good) if persons[i].role == STUDENT and i not in own]
        self.people = self._choose()

    def _choose(self) -> dict[str, list[int]]:
        """The single people whom rights name, by their role."""
        teachers = [i for i in self.of_house if self.persons[i].role == TEACHER]
        cast = [i for i in teachers if self.persons[i].key == TEACHER]
        students = [i for i in self.of_house if self.persons[i].role == STUDENT and i not in self.residents]
        return {
            doors.TEACHER: cast,
            doors.ADMINISTRATORS: [i for i in teachers if i not in cast][:2],
            doors.BARRED: [i for i in students if not self.persons[i].key][:1],
        }

    def steps(self) -> list[Step]:
        """Everything until ``now``, in order; nobody is in two places."""
        found: list[Step] = []
        outside: set[int] = set()
        for number in range(DAYS):
            day = self.first_day + dt.timedelta(days=number)
            for person in sorted({*self.residents, *self.of_house} - self._busy(day)):
                found += self._day(person, day, outside)
            found += self._cleaning(day)
            found += self._lecture(day)
            found += self._refused(day)
            found += self._server_room(day)
        return sorted(step for step in found if step.at <= self.now)

    def events(self) -> list[Event]:
        """Two alarms: the side door forced at night, the lecture hall's door held open after a lecture."""
        night = dt.datetime.combine(self.now.date() - dt.timedelta(days=3), dt.time(2, 14, 9))
        before = (self.now.date() - dt.timedelta(days=number) for number in range(1, DAYS))
        lecture = next(day for day in before if day.weekday() in LECTURE_DAYS)
        late = dt.datetime.combine(lecture, dt.time(16, 42, 30))
        minute = dt.timedelta(minutes=1)
        return [
            Event(night, doors.SIDE, "forced"),
            Event(night + minute, doors.SIDE, "closed"),
            Event(late, doors.HALL, "held_open"),
            Event(late + 5 * minute, doors.HALL, "closed"),
        ]

    # -- usual days ------------------------------------------------------------------

    def _day(self, person: int, day: dt.date, outside: set[int]) -> Iterator[Step]:
        """One person's day; who lives here leaves the dormitory and comes back."""
        lives_here = person in self.residents
        if person in outside:
            # who came too late yesterday is let in when the dormitory opens
            outside.discard(person)
            yield Step(_at(day, BREAKFAST + self.rng.randrange(20), self.rng), person, doors.DORM_DOOR)
        late = lives_here and self.rng.random() < LATE
        periods = list(self._periods(day))
        for number, (start, end) in enumerate(periods):
            if late and number == len(periods) - 1:
                end = CURFEW + self.rng.randrange(25)
                outside.add(person)
            if lives_here:
                yield Step(_at(day, start, self.rng), person, doors.DORM_DOOR, "out")
            if person in self.of_house and self.rng.random() < 0.5:
                yield from self._in_house(person, day, start + 6, min(end - 8, 21 * 60 + 50))
            if lives_here:
                back = Step(_at(day, end, self.rng), person, doors.DORM_DOOR)
                yield back
                if self.rng.random() < HANDED_ON:
                    # a friend with the card of somebody who has just gone in
                    yield back._replace(at=back.at + dt.timedelta(seconds=40))

    def _periods(self, day: dt.date) -> Iterator[tuple[int, int]]:
        busy = self.term.weight(day)
        before = BREAKFAST + 30
        for start, end, spread, share in WORKDAY if busy > 0.8 else FREE_DAY:
            begins = max(before, start + self._about(spread))
            ends = max(begins + 45, end + self._about(spread))
            if self.rng.random() < share * min(1.0, busy + 0.55):
                yield begins, ends
                before = ends + 9

    def _about(self, spread: int) -> int:
        return round(max(-1.6, min(1.6, self.rng.gauss(0, 0.7))) * spread)

    def _in_house(self, person: int, day: dt.date, start: int, end: int) -> Iterator[Step]:
        door = doors.SIDE if self.rng.random() < 0.12 else doors.MAIN
        rooms = self._rooms(self.persons[person], day)
        if end - start < len(rooms) + 15:
            return
        at = _at(day, start + self.rng.randrange(6), self.rng)
        yield Step(at, person, door)
        for room in rooms:
            at += dt.timedelta(seconds=self.rng.randrange(25, 70))
            if room == doors.LAB and self.rng.random() < 0.06:
                yield Step(at, person, room, pin="wrong")
                at += dt.timedelta(seconds=14)
            yield Step(at, person, room, pin="right" if room == doors.LAB else "")
        yield Step(_at(day, end, self.rng), person, doors.MAIN, "out")

    def _rooms(self, person: Person, day: dt.date) -> tuple[str, ...]:
        chance = self.rng.random()
        if person.key == STUDENT:
            # she would like to work in the studio, and has asked for it
            return ("A05", "A08") if chance < 0.3 else ("A05", "A06")
        if person.postgraduate or person.role == TEACHER:
            last = "A08" if person.role == TEACHER else "A06"
            lab = doors.LAB if day.weekday() < 5 else last
            ways = (("A05",), ("A05", "A07"), ("A05", lab), ("A05", last))
            return ways[int(chance * 4)]
        ways = ((), ("A04",), ("A05", "A06"), ("A05", "A06"), ("A05", "A07"), ("A05",))
        return ways[int(chance * 6)]

    def _cleaning(self, day: dt.date) -> Iterator[Step]:
        for person in self.cleaners[:CLEANERS]:
            if day.weekday() < 5 or self.rng.random() < 0.3:
                start = CLEANING + self.rng.randrange(25)
                yield Step(_at(day, start, self.rng), person, doors.MAIN)
                yield Step(_at(day, start + 3, self.rng), person, "A05")
                yield Step(
                    _at(day, start + 110 + self.rng.randrange(30), self.rng), person, doors.MAIN, "out"
                )

    def _lecture(self, day: dt.date) -> Iterator[Step]:
        if day.weekday() not in LECTURE_DAYS or day in self.term.holidays:
            return
        for person in self.rng.sample(self.others, min(LISTENERS, len(self.others))):
            at = _at(day, LECTURE + self.rng.randrange(25), self.rng)
            yield Step(at, person, doors.SIDE)
            yield Step(at + dt.timedelta(seconds=self.rng.randrange(20, 60)), person, doors.HALL)
            yield Step(_at(day, LECTURE + 150 + self.rng.randrange(15), self.rng), person, doors.SIDE, "out")

    # -- what is refused ---------------------------------------------------------------

    def _refused(self, day: dt.date) -> Iterator[Step]:
        for person in self.rng.sample(self.others, min(STRANGERS, len(self.others))):
            yield Step(_at(day, self.rng.randrange(9 * 60, 17 * 60), self.rng), person, doors.MAIN)
        for person in self.bad[: 1 + day.weekday() % 2]:
            yield Step(_at(day, self.rng.randrange(8 * 60, 20 * 60), self.rng), person, doors.MAIN)
        # only people who do not live here, or they would be in two places at night
        late = [i for i in self.of_house if i not in self.residents and self.persons[i].role == STUDENT]
        for person in self.rng.sample(late, min(2, len(late))):
            yield Step(_at(day, 22 * 60 + 6 + self.rng.randrange(40), self.rng), person, doors.MAIN)
        for person in self.people[doors.BARRED] if day.weekday() in SPECIAL_DAYS else ():
            at = _at(day, 15 * 60 + self.rng.randrange(50), self.rng)
            for number, door in enumerate((doors.MAIN, "A05", "A06", "A06")):
                yield Step(at + dt.timedelta(seconds=35 * number), person, door)
            yield Step(at + dt.timedelta(minutes=4), person, doors.MAIN, "out")

    def _pair(self) -> list[int]:
        return (self.people[doors.TEACHER] + self.people[doors.ADMINISTRATORS])[:2]

    def _busy(self, day: dt.date) -> set[int]:
        """Who has a day of their own: the people of the server room, and the one who is barred."""
        return {*self._pair(), *self.people[doors.BARRED]} if day.weekday() in SPECIAL_DAYS else set()

    def _server_room(self, day: dt.date) -> Iterator[Step]:
        """Two administrators go in together; the first card alone does not open the inner door."""
        pair = self._pair()
        if len(pair) < 2 or day.weekday() not in SPECIAL_DAYS:
            return
        at = _at(day, 17 * 60 + 30, self.rng)
        minute = dt.timedelta(minutes=1)
        for number, person in enumerate(pair):
            for place, door in enumerate((doors.MAIN, "A05", "A10")):
                yield Step(at + place * minute + dt.timedelta(seconds=6 * number), person, door)
        inside = at + 5 * minute
        yield Step(inside, pair[0], "A11")
        yield Step(inside + dt.timedelta(seconds=5), pair[1], "A11", mate=pair[0])
        for number, person in enumerate(pair):
            yield Step(at + (40 + number) * minute, person, doors.MAIN, "out")

    @property
    def drill(self) -> tuple[dt.datetime, dt.datetime]:
        """First and last moment of the lockdown drill."""
        start = dt.datetime.combine(self.now.date() - dt.timedelta(days=DRILL_DAYS_AGO), DRILL_AT)
        return start, start + dt.timedelta(minutes=DRILL_MIN)


def _at(day: dt.date, minute: int, rng: Random) -> dt.datetime:
    return dt.datetime.combine(day, dt.time()) + dt.timedelta(minutes=minute, seconds=rng.randrange(60))


def too_close(steps: list[Step]) -> list[tuple[Step, Step]]:
    """Pairs of one person's steps at the same moment; there are none."""
    by_person: dict[int, list[Step]] = {}
    for step in steps:
        by_person.setdefault(step.person, []).append(step)
    return [(one, two) for own in by_person.values() for one, two in pairwise(own) if one.at == two.at]
