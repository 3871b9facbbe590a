"""Many rows in one prepared INSERT, whose columns travel as the texts of arrays.

It stores as fast as COPY, but needs one message where COPY needs two, and can travel with others.
"""

import re

from . import seals
from .prepared import Statement, array

# In the text of an array these have a meaning of their own, and so have an empty text and NULL.
_SPECIAL = re.compile(r'["\\{},\s]')
_TEXTS = frozenset({"varchar", "jsonb"})
# Statements that a connection keeps for one table; batches of one kind have one shape.
MAX_SHAPES = 32


class Insert:
    """``INSERT`` into ``table``; ``columns``: ``{name: type}``, in which ``uuid`` and numbers are plain.

    A column is given as a list with a value per row, or as the one value of all rows. Which of them
    are lists makes the shape of a statement: a shape is planned for itself, as every array costs.
    """

    def __init__(self, table, columns):
        self.table, self.columns = table, columns
        self._shapes = {}

    def pack(self, **values):
        """Columns as they travel: ``{name: (value of all rows, text of an array or None)}``.

        Rows differ in some column, which makes it an array: none is lost.
        """
        return {name: self._pack(self.columns[name], given) for name, given in values.items()}

    def call(self, packed):
        """The call for ``prepared.run_all``; ``packed`` has all columns."""
        shape = tuple(name for name in self.columns if packed[name][1] is not None)
        if shape not in self._shapes and len(self._shapes) >= MAX_SHAPES:
            return (self._statement(), *self._values(packed, self.columns, self.columns))
        statement = self._shapes.get(shape) or self._shapes.setdefault(shape, self._statement(shape))
        constants = [name for name in self.columns if name not in shape]
        return (statement, *self._values(packed, constants, shape))

    @staticmethod
    def _values(packed, constants, arrays):
        yield from (packed[name][0] for name in constants)
        yield from (packed[name][1] or "{}" for name in arrays)

    def _statement(self, shape=None):
        """The statement of a shape; without one, that of any: each column is the one or the other."""
        arrays = self.columns if shape is None else shape
        chosen = ", ".join(f"{self._choose(name, shape)} AS {name}" for name in self.columns)
        lists = ", ".join(f"%s::{self.columns[name]}[]" for name in arrays)
        select = f"SELECT {chosen} FROM unnest({lists}) AS fresh({', '.join(arrays)})"
        names = ", ".join(self.columns)
        if self.table in seals.SEALED:
            sealed = seals.seal(self.table, "row", self.columns)
            select, names = f"SELECT row.*, {sealed} FROM ({select}) AS row", f"{names}, seal"
        name = "any" if shape is None else "_".join(str(list(self.columns).index(part)) for part in shape)
        return Statement(
            f"insert_{self.table}_{name}",
            f"INSERT INTO {self.table} ({names}) {select}",
        )

    def _choose(self, name, shape):
        if shape is None:
            return f"COALESCE(fresh.{name}, %s::{self.columns[name]})"
        return f"fresh.{name}" if name in shape else f"%s::{self.columns[name]}"

    @staticmethod
    def _pack(kind, given):
        if not isinstance(given, list):
            return given, None
        if len(given) > 1 and given.count(given[0]) == len(given):
            return given[0], None
        return None, (column if kind in _TEXTS else _plain_column)(given)


def column(values):
    """Any values (texts, None) as an array's text."""
    return "{" + ",".join(map(_element, values)) + "}"


def _plain_column(values):
    return array("NULL" if value is None else value for value in values)


def _element(text):
    if text is None:
        return "NULL"
    if text and not _SPECIAL.search(text) and text.upper() != "NULL":
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
