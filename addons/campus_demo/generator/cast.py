"""The people that the manual names: known names, known cards, known balances.

``docs/demo.md`` lists them for visitors; a test compares both.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from .person import STUDENT, TEACHER, VISITOR, Person
from .term import academic_year

#: UIDs of cards that nobody has yet, for issuing or replacing a card at the counter.
BLANK_UIDS = ("CA4D0008", "CA4D0009")


@dataclass(frozen=True)
class Role:
    """``state`` of the card; ``targets``: plan -> cents in it when the history ends."""

    key: str
    uid: str
    name: str
    female: bool
    role: str
    department: str
    years_ago: int = 0
    postgraduate: bool = False
    state: str = "active"
    replaced: bool = False
    targets: dict[str, int] = field(default_factory=dict)

    def fits(self, person: Person, today: dt.date) -> bool:
        """Whether this person can play the role."""
        if person.key or (person.role, person.department) != (self.role, self.department):
            return False
        if self.role == STUDENT:
            years = academic_year(today) - person.valid_from.year
            return (person.postgraduate, years) == (self.postgraduate, self.years_ago)
        over = person.valid_until is not None and person.valid_until < today
        return over == (self.state == "expired")


CAST = (
    Role("student", "CA4D0001", "林晓雨", True, STUDENT, "CS", 2, replaced=True, targets={"cash": 12850}),
    Role("poor", "CA4D0002", "陈子昂", False, STUDENT, "BUS", 1, targets={"cash": 620}),
    Role("frozen", "CA4D0003", "赵清扬", True, STUDENT, "FOR", 2, state="frozen"),
    Role("lost", "CA4D0004", "吴一鸣", False, STUDENT, "ME", 1, state="lost"),
    Role(
        "granted",
        "CA4D0005",
        "苏念慈",
        True,
        STUDENT,
        "CHI",
        1,
        True,
        targets={"cash": 8630, "subsidy": 4500},
    ),
    Role("expired", "CA4D0006", "顾安然", True, VISITOR, "ADM", state="expired"),
    Role("teacher", "CA4D0007", "韩立新", False, TEACHER, "CS", targets={"cash": 15000, "meal": 9600}),
)
BY_KEY = {role.key: role for role in CAST}


def place(people: Iterable[Person], today: dt.date) -> list[Person]:
    """Give each role to the first person who fits it."""
    open_roles = list(CAST)
    placed = []
    for person in people:
        for role in open_roles:
            if role.fits(person, today):
                open_roles.remove(role)
                person = replace(
                    person, name=role.name, female=role.female, key=role.key, halal=False, granted=False
                )
                break
        placed.append(person)
    return placed
