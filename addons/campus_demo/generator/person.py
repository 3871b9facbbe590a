"""One holder as the generator sees them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from hashlib import sha256

from .campus import DOMAIN

STUDENT, TEACHER, STAFF, FAMILY, VISITOR = "student", "teacher", "staff", "family", "visitor"


@dataclass(frozen=True, slots=True)
class Person:
    """``level`` is what the person is within the role, as people say it: 2024级本科."""

    number: str
    name: str
    female: bool
    role: str
    department: str
    level: str
    group: str
    room: str
    valid_from: dt.date
    valid_until: dt.date | None
    halal: bool = False
    #: Gets the monthly grant for students in need.
    granted: bool = False
    #: Weight in the draw of who eats; 1 is ordinary, 0 never.
    appetite: float = 1.0
    photographed: bool = False
    #: Key of a person of the demo's stories, see ``cast``.
    key: str = ""

    @property
    def postgraduate(self) -> bool:
        return self.number.startswith("S")

    @property
    def young(self) -> bool:
        """Students and children, as their photos show."""
        return self.role == STUDENT or self.level == "子女"

    @property
    def email(self) -> str:
        """An address that does not give the campus number away: cards are found by it."""
        host = f"stu.{DOMAIN}" if self.role == STUDENT else DOMAIN
        return f"u{sha256(self.number.encode()).hexdigest()[:9]}@{host}"
