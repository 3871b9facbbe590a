"""One holder, with the data that the generator needs."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from hashlib import sha256

from .campus import DOMAIN

STUDENT, TEACHER, STAFF, FAMILY, VISITOR = "student", "teacher", "staff", "family", "visitor"


@dataclass(frozen=True, slots=True)
class Person:
    """``level`` is the grade or rank as people say it, such as 2024级本科."""

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
    #: How often the person eats: 1 is usual, 0 never.
    appetite: float = 1.0
    photographed: bool = False
    #: Key of a person that the manual names, see ``cast``.
    key: str = ""

    @property
    def postgraduate(self) -> bool:
        return self.number.startswith("S")

    @property
    def young(self) -> bool:
        """Whether the photo shows a young person (students and children)."""
        return self.role == STUDENT or self.level == "子女"

    @property
    def email(self) -> str:
        """An e-mail address without the campus number, because cards can be found by that number."""
        host = f"stu.{DOMAIN}" if self.role == STUDENT else DOMAIN
        return f"u{sha256(self.number.encode()).hexdigest()[:9]}@{host}"
