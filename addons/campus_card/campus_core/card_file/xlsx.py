"""XLSX bytes -> a table of cells. Only this module and ``sheet`` need openpyxl."""

from __future__ import annotations

import io
import zipfile
from typing import Any, Final
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook  # type: ignore[import-untyped]
from openpyxl.utils.datetime import CALENDAR_MAC_1904  # type: ignore[import-untyped]

from .. import errors
from .file_problem import FileProblem, check_rows
from .sheet import SheetNotes, has_notes, read_notes, shown
from .types import EPOCH_1900, EPOCH_1904, HEADER_WITHIN, Cell, Table

#: A zip that unpacks to more than this is an attack or a mistake.
MAX_UNPACKED_BYTES: Final = 1024 * 1024 * 1024


def read_xlsx(content: bytes, limit: int) -> Table:
    """Return the first ``limit`` lines of the first sheet that has cells, and the head of each further one.

    Visible sheets come before hidden ones. Raises ``FileProblem``.
    """
    _check_zip(content)
    tables: list[Table] = []
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        for sheet in sorted(book.worksheets, key=lambda sheet: sheet.sheet_state != "visible"):
            table = _new_table(book, sheet)
            tables.append(table)
            _read_sheet(sheet, table, HEADER_WITHIN if _first_with_rows(tables[:-1]) else limit)
    except FileProblem:
        raise
    except (ParseError, EOFError, zipfile.BadZipFile) as error:
        last = tables[-1].rows[-1][0] if tables and tables[-1].rows else 1
        raise FileProblem(errors.FILE_TRUNCATED, row=last) from error
    except Exception as error:  # openpyxl raises all kinds of errors on a broken file
        raise FileProblem(errors.FILE_UNREADABLE) from error
    found = _first_with_rows(tables)
    if found is None:
        raise FileProblem(errors.FILE_EMPTY)
    found.rest = [table for table in tables if table.rows and table is not found]
    return found


def _first_with_rows(tables: list[Table]) -> Table | None:
    return next((table for table in tables if table.rows), None)


def _new_table(book: Any, sheet: Any) -> Table:
    epoch = EPOCH_1904 if book.epoch == CALENDAR_MAC_1904 else EPOCH_1900
    return Table("xlsx", [], encoding="xlsx", sheet=sheet.title, epoch=epoch)


def _read_sheet(sheet: Any, table: Table, limit: int) -> None:
    # Some exporters write a wrong dimension, which would hide rows.
    sheet.reset_dimensions()
    # openpyxl has no public way to the sheet's XML.
    with sheet._get_source() as source:
        has_any = has_notes(source)
    notes = SheetNotes()
    if has_any:
        with sheet._get_source() as source:
            notes = read_notes(source, limit)
    table.hidden_rows, table.hidden_columns = notes.hidden_rows, frozenset(notes.hidden_columns)
    for number, cells in enumerate(sheet.iter_rows(), 1):
        if len(table.rows) >= limit:
            if limit != HEADER_WITHIN:
                check_rows(number, limit)
            break
        row = [_plain(cell) for cell in cells]
        for column in range(1, len(row) + 1) if notes.unread else ():
            row[column - 1] = notes.unread.get((number, column), row[column - 1])
        if any(cell is not None for cell in row):
            table.rows.append((number, row))


def _check_zip(content: bytes) -> None:
    """Refuse a zip that is cut off, broken, or too large when unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            unpacked_bytes = sum(entry.file_size for entry in archive.infolist())
            names = archive.namelist()
            if unpacked_bytes > MAX_UNPACKED_BYTES:
                raise FileProblem(errors.FILE_TOO_LARGE, value=f"{unpacked_bytes >> 20} MB")
            damaged = archive.testzip()
    except (zipfile.BadZipFile, EOFError, OSError, ValueError) as error:
        raise FileProblem(errors.FILE_TRUNCATED) from error
    if "[Content_Types].xml" not in names:
        raise FileProblem(errors.FILE_TYPE, value="zip")
    if damaged:
        raise FileProblem(errors.FILE_TRUNCATED, value=damaged)


def _plain(cell: Any) -> Cell:
    value = cell.value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return shown(value, cell.number_format)
    return value if value is None or isinstance(value, Cell) else str(value)
