"""Checks that need the whole file: hidden sheets and rows, numbers that lost digits,
UIDs of an unusual length, names read with a wrong encoding.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Final

from .. import errors
from . import types as ft
from .names import are_misread, can_be_names
from .rows import MAX_VALUE_SHOWN, Layout
from .types import Problem, Reading, Record

#: Digits that a spreadsheet keeps of a number; it replaces the digits after them by zeros.
KEPT_DIGITS: Final = 15
#: A column lost digits when at least ``CUT_MIN`` of its numbers, and one in ``CUT_SHARE``, end in zeros.
CUT_MIN: Final = 2
CUT_SHARE: Final = 5
#: UIDs are unusual when they are fewer than one in a hundred, or the only one of a few.
FEW_UIDS: Final = 3
UNLIKE_SHARE: Final = 100

_LONG: Final = re.compile(r"^\d{16,}$")
_CUT: Final = re.compile(r"^\d{15}0+$")


class Judge:
    """Looks at a reading that still has all its records, and adds the problems it finds."""

    def __init__(self, reading: Reading, layout: Layout) -> None:
        self.reading = reading
        self.layout = layout
        self.table = reading.table

    def run(self) -> None:
        self._hidden()
        self._further_sheets()
        self._encoding()
        self._cut_digits()
        self._long_uids()

    def _warn(self, row: int, column: str, value: str, code: str, **numbers: errors.Number) -> None:
        self.reading.warnings.append(Problem(row, column, value[:MAX_VALUE_SHOWN], code, numbers))

    def _hidden(self) -> None:
        rows = [row for row in self.table.hidden_rows if row > self.layout.row]
        if rows:
            shown = ", ".join(map(str, rows[:20])) + (", …" if len(rows) > 20 else "")
            self._warn(rows[0], "", shown, errors.ROWS_HIDDEN, count=len(rows))
        for index, column in self.layout.places.items():
            if index in self.table.hidden_columns and column.target != ft.IGNORE:
                header = self.layout.headers[index]
                self._warn(self.layout.row, header, header, errors.COLUMN_HIDDEN)

    def _further_sheets(self) -> None:
        refused = {problem.value for problem in self.reading.fatal if problem.code == errors.FILE_SHEETS}
        for sheet in self.table.rest:
            if sheet.sheet not in refused:
                self._warn(1, "", sheet.sheet, errors.SHEET_NOT_READ, sheet=sheet.sheet)

    def _encoding(self) -> None:
        """Check a guessed encoding. A known header that is not pure ASCII proves the guess."""
        records = [record for record in self.reading.records if record.name]
        proven = not self.table.guessed or any(
            not self.layout.headers[index].isascii() for index in self.layout.places
        )
        names = [record.name for record in records]
        others = [record.department for record in records]
        if are_misread(names) or not (proven or can_be_names(names, others)):
            first = next(record for record in records if not record.name.isascii())
            column = first.columns[ft.NAME]
            self.reading.fatal.append(Problem(first.row, column, first.name, errors.FILE_ENCODING))

    def _cut_digits(self) -> None:
        checks: Sequence[tuple[str, Callable[[Record], str]]] = (
            (ft.ACCOUNT, lambda record: record.account),
            (ft.NUMBER, lambda record: record.number),
            (ft.UID, lambda record: record.uid_text),
        )
        for target, text_of in checks:
            column = next((c for c in self.layout.places.values() if c.target == target), None)
            if column is None or column.form.startswith("hex"):
                continue
            long = [record for record in self.reading.records if _LONG.match(text_of(record))]
            cut = [record for record in long if _CUT.match(text_of(record))]
            header = cut[0].columns[target] if cut else ""
            if len(cut) >= CUT_MIN and len(cut) * CUT_SHARE > len(long):
                first = cut[0]
                self.reading.fatal.append(
                    Problem(first.row, header, text_of(first), errors.DIGITS_CUT, {"count": len(cut)})
                )
                continue
            for record in cut:
                self._warn(record.row, header, text_of(record), errors.NUMBER_ROUND)

    def _long_uids(self) -> None:
        records = [record for record in self.reading.records if record.uid]
        sizes = Counter(len(record.uid) for record in records)
        if len(records) < FEW_UIDS or len(sizes) < 2:
            return
        longest = max(sizes)
        if sizes[longest] > max(1, len(records) // UNLIKE_SHARE):
            return
        for record in records:
            if len(record.uid) == longest:
                self._warn(record.row, record.columns[ft.UID], record.uid_text, errors.UID_LONGER)
