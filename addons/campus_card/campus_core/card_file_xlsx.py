"""XLSX bytes -> a table of cells. Apart, because it alone needs openpyxl."""

from __future__ import annotations

import io
import zipfile
from typing import Final
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook  # type: ignore[import-untyped]

from . import errors
from .card_file_decode import FileProblem, check_rows
from .card_file_types import Cell, Table

#: A zip that unpacks to more than this is an attack or a mistake.
MAX_UNPACKED_BYTES: Final = 1024 * 1024 * 1024


def read_xlsx(content: bytes, limit: int) -> Table:
    """Return the first ``limit`` lines of the first sheet that has cells. Raises ``FileProblem``."""
    _check_zip(content)
    table = Table("xlsx", [], encoding="xlsx")
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        for sheet in book.worksheets:
            # Some exporters write a wrong dimension, which would hide rows.
            sheet.reset_dimensions()
            for number, cells in enumerate(sheet.iter_rows(values_only=True), 1):
                if len(table.rows) >= limit:
                    check_rows(number, limit)
                    break
                if any(cell is not None for cell in cells):
                    table.rows.append((number, [_plain(cell) for cell in cells]))
            if table.rows:
                table.sheet = sheet.title
                break
    except FileProblem:
        raise
    except (ParseError, EOFError, zipfile.BadZipFile) as error:
        last = table.rows[-1][0] if table.rows else 1
        raise FileProblem(errors.FILE_TRUNCATED, row=last, value=str(error)[:80]) from error
    except Exception as error:  # openpyxl raises whatever a broken part makes it stumble over
        raise FileProblem(errors.FILE_UNREADABLE, value=str(error)[:80]) from error
    if not table.rows:
        raise FileProblem(errors.FILE_EMPTY)
    return table


def _check_zip(content: bytes) -> None:
    """Refuse a zip without its end (a half file), a broken or a monstrous one."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            unpacked_bytes = sum(entry.file_size for entry in archive.infolist())
            names = archive.namelist()
            if unpacked_bytes > MAX_UNPACKED_BYTES:
                raise FileProblem(errors.FILE_TOO_LARGE, value=f"{unpacked_bytes >> 20} MB")
            damaged = archive.testzip()
    except (zipfile.BadZipFile, EOFError, OSError, ValueError) as error:
        raise FileProblem(errors.FILE_TRUNCATED, value=str(error)[:80]) from error
    if "[Content_Types].xml" not in names:
        raise FileProblem(errors.FILE_TYPE, value="zip")
    if damaged:
        raise FileProblem(errors.FILE_TRUNCATED, value=damaged)


def _plain(cell: object) -> Cell:
    return cell if cell is None or isinstance(cell, Cell) else str(cell)
