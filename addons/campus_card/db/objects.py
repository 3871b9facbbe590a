"""What the SQL files of an addon make in PostgreSQL beside the tables of its models.

Odoo drops the tables and columns of models with their addon. It knows nothing of the tables, functions,
triggers and indexes that ``data/*.sql`` makes. Their names are read from these files, so that there is
no second list to keep.
"""

import re
from pathlib import Path
from typing import NamedTuple

COMMENT = re.compile(r"--[^\n]*")
MADE = re.compile(
    r"\bCREATE\s+(?:OR\s+REPLACE\s+|UNLOGGED\s+|UNIQUE\s+)*"
    r"(TABLE|FUNCTION|TRIGGER|INDEX)\s+(?:IF\s+NOT\s+EXISTS\s+)?(\w+)",
    re.IGNORECASE,
)


class Made(NamedTuple):
    """One object that SQL makes: its kind (``TABLE``, ``FUNCTION``, ``TRIGGER``, ``INDEX``) and its name."""

    kind: str
    name: str


def made_in(text):
    """What the SQL in ``text`` makes, as a list of :class:`Made` in the order of the text."""
    return [Made(kind.upper(), name) for kind, name in MADE.findall(COMMENT.sub("", text))]


def made_by(addon_path):
    """What the SQL files of the addon in this folder make."""
    return [
        made
        for path in sorted(Path(addon_path, "data").glob("*.sql"))
        for made in made_in(path.read_text(encoding="utf-8"))
    ]


def names(made, kind):
    """The names of one kind among ``made``."""
    return [one.name for one in made if one.kind == kind]
