"""The holders: students by year, postgraduates, teachers, staff, family and visitors."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from random import Random

from . import campus, cast, names
from .person import FAMILY, STAFF, STUDENT, TEACHER, VISITOR, Person
from .term import academic_year

FAMILIES, VISITORS = 90, 60
NEW_PHOTOS, OLD_PHOTOS = 0.75, 0.22
YEARS, MASTER_YEARS = 4, 3


def people(rng: Random, today: dt.date, share: float = 1.0) -> list[Person]:
    """Everybody at the school on ``today``. ``share`` < 1 makes a smaller school."""
    year = academic_year(today)
    taken: set[str] = set()
    found: list[Person] = []
    for department in campus.DEPARTMENTS:
        found += _students(rng, department, year, share, taken)
        found += _employees(rng, department, TEACHER, department.teachers * share, taken, year)
        found += _employees(rng, department, STAFF, department.staff * share, taken, year)
    found += _family(rng, [p for p in found if p.role in (TEACHER, STAFF)], share)
    found += _visitors(rng, today, share, taken)
    found = cast.place(found, today)
    return [replace(person, photographed=_has_photo(rng, person, year)) for person in found]


def _has_photo(rng: Random, person: Person, year: int) -> bool:
    """Photos for the cast, most of the newest students and some others. More photos would make the database
    large.
    """
    newest = person.role == STUDENT and person.valid_from.year == year
    return bool(person.key) or rng.random() < (NEW_PHOTOS if newest else OLD_PHOTOS)


def _count(number: float) -> int:
    return max(round(number), 1) if number else 0


def _students(
    rng: Random, department: campus.Department, year: int, share: float, taken: set[str]
) -> Iterator[Person]:
    if not department.students:
        return
    for years, count in ((YEARS, department.students), (MASTER_YEARS, department.postgraduates)):
        for index in range(_count(count * share)):
            grade, serial = year - index % years, index // years + 1
            student = _student(rng, department, grade, serial, years, taken)
            # Students of the last year are away for their internships.
            senior = years == YEARS and year - grade == YEARS - 1
            yield replace(student, appetite=student.appetite * (0.45 if senior else 1.0))


def _student(
    rng: Random, department: campus.Department, grade: int, serial: int, years: int, taken: set[str]
) -> Person:
    female = rng.random() < 0.52
    name = names.full_name(rng, female, True, taken)
    master = years == MASTER_YEARS
    building = rng.randrange(1, 7) if not master else rng.randrange(7, 10)
    return Person(
        number=f"{'S' if master else ''}{grade}{department.number}{serial:04d}",
        name=name,
        female=female,
        role=STUDENT,
        department=department.code,
        level=f"{grade}级{'硕士' if master else '本科'}",
        group=f"{department.name.removesuffix('学院')}{grade % 100}{(serial - 1) // 12 + 1:02d}班",
        room=f"{'梅兰竹菊松柏槐桂枫'[building - 1]}园 {rng.randrange(1, 7)}{rng.randrange(1, 31):02d}",
        valid_from=dt.date(grade, 9, 1),
        valid_until=dt.date(grade + years, 7, 15),
        halal=_is_hui(rng, name),
        granted=rng.random() < 0.22,
        appetite=_appetite(rng),
    )


def _is_hui(rng: Random, name: str) -> bool:
    return rng.random() < (0.4 if name[0] in names.HUI_SURNAMES else 0.012)


def _appetite(rng: Random) -> float:
    """How often the person eats on campus: a few always, most now and then."""
    return min(rng.paretovariate(1.15), 14.0)


def _employees(
    rng: Random, department: campus.Department, role: str, count: float, taken: set[str], year: int
) -> Iterator[Person]:
    base = 10000 + 100 * campus.DEPARTMENTS.index(department)
    for index in range(_count(count)):
        female = rng.random() < 0.47
        name = names.full_name(rng, female, rng.random() < 0.3, taken)
        joined = year - rng.randrange(1, 26)
        level = _teacher_level(rng, year - joined) if role == TEACHER else "职员"
        yield Person(
            number=f"{'T' if role == TEACHER else 'W'}{base + index + 1}",
            name=name,
            female=female,
            role=role,
            department=department.code,
            level=level,
            group="",
            room="",
            valid_from=dt.date(joined, 9, 1),
            valid_until=None,
            halal=_is_hui(rng, name),
            appetite=_appetite(rng) * 0.8,
        )


def _teacher_level(rng: Random, years: int) -> str:
    if years > 14 and rng.random() < 0.5:
        return "教授"
    return "副教授" if years > 6 and rng.random() < 0.6 else "讲师"


def _family(rng: Random, employees: list[Person], share: float) -> Iterator[Person]:
    """Spouses and children with a card of their own, in the department of their family."""
    for index, host in enumerate(rng.sample(employees, min(_count(FAMILIES * share), len(employees)))):
        child = rng.random() < 0.45
        female = rng.random() < 0.5 if child else not host.female
        surname = host.name[:1] if child and not host.female else names.surname(rng)
        yield replace(
            host,
            number=f"J{20001 + index}",
            name=surname + names.given_name(rng, female, child),
            female=female,
            role=FAMILY,
            level="子女" if child else "配偶",
            appetite=_appetite(rng) * 0.35,
        )


def _visitors(rng: Random, today: dt.date, share: float, taken: set[str]) -> Iterator[Person]:
    purposes = ("访问学者", "培训学员", "施工单位", "会议来宾")
    for index in range(_count(VISITORS * share)):
        female = rng.random() < 0.4
        came = today - dt.timedelta(days=rng.randrange(1, 75))
        stays = rng.choice((14, 30, 60, 90))
        yield Person(
            number=f"V{came:%y%m}{index + 1:03d}",
            name=names.full_name(rng, female, rng.random() < 0.5, taken),
            female=female,
            role=VISITOR,
            department="ADM",
            level=rng.choice(purposes),
            group="",
            room="",
            valid_from=came,
            valid_until=came + dt.timedelta(days=stays),
            appetite=_appetite(rng) * 0.6,
        )
