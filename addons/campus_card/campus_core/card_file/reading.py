"""A decoded table and a profile -> records, and a problem for each cell that is wrong.

``find_profile`` finds the profile that fits the file, ``read`` reads it. Nothing is looked up
in a database here: the caller compares the records with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from .. import errors
from . import types as ft
from . import values
from .decode import decode, looks_garbled
from .judge import Judge
from .rows import MAX_VALUE_SHOWN, Layout, RowReader, trimmed
from .types import HEADER_WITHIN, Cell, Problem, Profile, Reading, Record, Table


def read_bytes(content: bytes, profile: Profile) -> Reading:
    """Decode and read a file: see ``read``."""
    return read(decode(content, profile.encoding), profile)


def read(table: Table, profile: Profile) -> Reading:
    """Read every row of ``table`` with ``profile``."""
    reading = Reading(table, fatal=list(table.problems))
    layout = find_header(table, profile)
    if layout is None:
        if not reading.fatal:
            reading.fatal.append(no_header(table))
        return reading
    reading.header_row, reading.headers = layout.row, layout.headers
    reading.targets = frozenset(column.target for column in layout.places.values())
    reading.fatal += layout_problems(layout)
    if any(problem.code == errors.FILE_COLUMN_MISSING for problem in reading.fatal):
        return reading
    reading.fatal += [
        Problem(1, "", sheet.sheet, errors.FILE_SHEETS, {"sheet": sheet.sheet})
        for sheet in table.rest
        if (further := find_header(sheet, profile)) and not further.missing
    ]
    reader = RowReader(profile, layout, strict_width=table.kind == "csv", epoch=table.epoch)
    for row, cells in table.rows[layout.at + 1 :]:
        if trimmed(cells):
            reading.row_count += 1
            record, problems = reader.read(row, cells)
            reading.problems += problems
            reading.records.append(record)
    reading.warnings += reader.warnings
    Judge(reading, layout).run()
    _judge_open_end(reading)
    reading.problems += _duplicates(reading.records)
    reading.problems.sort(key=lambda problem: problem.row)
    wrong = {problem.row for problem in reading.problems}
    reading.refused = {record.row: record for record in reading.records if record.row in wrong}
    reading.records = [record for record in reading.records if record.row not in wrong]
    return reading


def find_profile(table: Table, profiles: Sequence[Profile]) -> Profile | None:
    """Return the profile whose required columns are all there; of several, the one with most columns."""
    best: tuple[int, Profile] | None = None
    for profile in profiles:
        layout = find_header(table, profile)
        if layout is not None and not layout.missing:
            fits = len(layout.places)
            if best is None or fits > best[0]:
                best = (fits, profile)
    return best[1] if best else None


def find_header(table: Table, profile: Profile) -> Layout | None:
    """The line, among the first, that has most of the profile's columns (at least two)."""
    best: Layout | None = None
    for at, (row, cells) in enumerate(table.rows[:HEADER_WITHIN]):
        layout = _layout(at, row, cells, profile)
        if len(layout.places) >= 2 and (best is None or len(layout.places) > len(best.places)):
            best = layout
    return best


def headers_of(table: Table, profile: Profile | None = None) -> tuple[int, list[str]]:
    """Index and texts of the header: the profile's, else the first line of full width."""
    layout = find_header(table, profile) if profile else None
    if layout:
        return layout.at, layout.headers
    width = max((len(trimmed(cells)) for _row, cells in table.rows[:HEADER_WITHIN]), default=0)
    for at, (_row, cells) in enumerate(table.rows[:HEADER_WITHIN]):
        if len(trimmed(cells)) * 2 > width:
            return at, [values.text_of(cell).strip() for cell in trimmed(cells)]
    return 0, []


def _layout(at: int, row: int, cells: Sequence[Cell], profile: Profile) -> Layout:
    headers = [values.text_of(cell).strip() for cell in trimmed(cells)]
    wanted = {values.key(column.header): column for column in profile.columns}
    places = {
        index: wanted[values.key(header)]
        for index, header in enumerate(headers)
        if values.key(header) in wanted
    }
    found = set(map(id, places.values()))
    missing = [column for column in profile.columns if column.required and id(column) not in found]
    return Layout(at, row, headers, places, missing)


def layout_problems(layout: Layout) -> list[Problem]:
    """Return what is wrong with the header: columns that are missing or there twice."""
    problems = [
        Problem(layout.row, column.header, "", errors.FILE_COLUMN_MISSING) for column in layout.missing
    ]
    seen: set[int] = set()
    for index, column in layout.places.items():
        if id(column) in seen:
            header = layout.headers[index]
            problems.append(Problem(layout.row, header, header, errors.FILE_COLUMN_TWICE))
        seen.add(id(column))
    return problems


def no_header(table: Table) -> Problem:
    """Return the problem of a table without a known header: a wrong encoding, or no header found."""
    row, text = _head(table)[0] if table.rows else (1, "")
    return next(iter(spoiled_head(table)), Problem(row, "", text[:MAX_VALUE_SHOWN], errors.FILE_HEADER))


def spoiled_head(table: Table) -> list[Problem]:
    """Return a problem if the first lines were read with a wrong encoding; no profile can mend that."""
    head = _head(table)
    if not looks_garbled(" ".join(text for _row, text in head)):
        return []
    row, text = head[0]
    return [Problem(row, "", text[:MAX_VALUE_SHOWN], errors.FILE_ENCODING)]


def _head(table: Table) -> list[tuple[int, str]]:
    return [(row, " ".join(map(values.text_of, cells))) for row, cells in table.rows[:HEADER_WITHIN]]


def _judge_open_end(reading: Reading) -> None:
    """Judge a text file without a final line break: it was cut off if its last row is incomplete.

    A last row that is complete may still lack digits of its last cell, so there is a warning.
    """
    table = reading.table
    cut = any(problem.code == errors.FILE_TRUNCATED for problem in reading.fatal)
    if cut or not table.open_end or not table.rows:
        return
    row, cells = table.rows[-1]
    last_header = reading.headers[-1]
    damaged = len(cells) < len(reading.headers) or any(
        problem.row == row and problem.column == last_header for problem in reading.problems
    )
    shown = values.text_of(cells[-1])[:MAX_VALUE_SHOWN] if cells else ""
    if damaged:
        column = reading.headers[min(len(cells), len(reading.headers)) - 1]
        reading.problems = [problem for problem in reading.problems if problem.row != row]
        reading.records = [record for record in reading.records if record.row != row]
        reading.fatal.append(Problem(row, column, shown, errors.FILE_TRUNCATED))
    else:
        reading.warnings.append(Problem(row, last_header, shown, errors.FILE_OPEN_END))


def _duplicates(records: Iterable[Record]) -> list[Problem]:
    """Find values that must be unique in a file: the first row keeps the value, later rows are refused.

    Rows with other problems count too: their values are taken.
    """
    checks: tuple[tuple[str, str, Callable[[Record], str], Callable[[Record], str]], ...] = (
        (ft.ACCOUNT, errors.DUPLICATE_ACCOUNT, lambda r: r.account, lambda r: r.account),
        (ft.NUMBER, errors.DUPLICATE_NUMBER, lambda r: r.number, lambda r: r.number),
        # A closed account's card is returned: its UID may be another's now.
        (ft.UID, errors.DUPLICATE_UID, lambda r: r.uid if r.status != ft.CLOSED else "", _uid_text),
    )
    problems = []
    for target, code, identity, shown in checks:
        first: dict[str, int] = {}
        for record in records:
            value = identity(record)
            earlier = first.setdefault(value, record.row) if value else record.row
            if earlier != record.row and target in record.columns:
                numbers: dict[str, errors.Number] = {"first_row": earlier}
                header = record.columns[target]
                problems.append(Problem(record.row, header, shown(record), code, numbers))
    return problems


def _uid_text(record: Record) -> str:
    return record.uid_text
