"""Finds formulas without values, merged cells, and hidden rows and columns of a sheet.

Reads the sheet's XML once (ECMA-376 part 1, 18.3.1), because openpyxl in its fast mode gives values only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import IO, Final
from xml.etree.ElementTree import Element, iterparse

from openpyxl.utils.cell import (  # type: ignore[import-untyped]
    coordinate_to_tuple,
    range_boundaries,
)

from .. import errors
from .types import Unread

#: Merged ranges with more cells than this hold no data; they are skipped.
MAX_MERGED: Final = 100_000
#: A number format that shows zeros before the number, with fixed letters around: ``000000``, ``"J"00000``.
_ZEROS: Final = re.compile(r'^((?:"[^"]*"|\\.)*)(0{2,})((?:"[^"]*"|\\.)*)$')
_TRUE: Final = ("1", "true")
_MARKED: Final = re.compile(rb"<(?:\w+:)?(?:f|mergeCell)[\s/>]|\shidden=[\"'](?:1|true)")
CHUNK_BYTES: Final = 1 << 20
TAIL_BYTES: Final = 64


@dataclass
class SheetNotes:
    """Cells by ``(row, column)``, counted from 1; hidden columns counted from 0."""

    unread: dict[tuple[int, int], Unread] = field(default_factory=dict)
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: set[int] = field(default_factory=set)


def has_notes(source: IO[bytes]) -> bool:
    """Say whether ``read_notes``, which is slow, would find anything."""
    tail = b""
    while chunk := source.read(CHUNK_BYTES):
        if _MARKED.search(tail + chunk):
            return True
        tail = chunk[-TAIL_BYTES:]
    return False


def read_notes(source: IO[bytes], limit: int) -> SheetNotes:
    """Return the notes of the first ``limit`` rows; a preview leaves out what comes after them."""
    notes, row = SheetNotes(), 0
    for tag, element in _elements(source):
        if tag == "row":
            row = int(element.get("r") or row + 1)
            if row > limit:
                break
            _read_row(notes, row, element)
            element.clear()
        elif tag == "col" and element.get("hidden") in _TRUE:
            first, last = int(element.get("min", "1")), int(element.get("max", "1"))
            notes.hidden_columns.update(range(first - 1, last))
        elif tag == "mergeCell":
            _read_merged(notes, element.get("ref", ""))
    return notes


def shown(value: float, number_format: str) -> str | float:
    """Return the number as a format with leading zeros or letters shows it; else the number."""
    parts = _zeros(number_format)
    if parts is None or value != int(value) or value < 0:
        return value
    before, width, after = parts
    return f"{before}{int(value):0{width}d}{after}"


@lru_cache(maxsize=256)
def _zeros(number_format: str) -> tuple[str, int, str] | None:
    found = _ZEROS.match(number_format)
    if not found:
        return None
    before, zeros, after = found.groups()
    return _letters(before), len(zeros), _letters(after)


def _letters(part: str) -> str:
    return re.sub(r'"([^"]*)"|\\(.)', lambda found: found[1] or found[2] or "", part)


def _elements(source: IO[bytes]) -> Iterator[tuple[str, Element]]:
    for _event, element in iterparse(source):
        yield element.tag.rpartition("}")[2], element


def _read_row(notes: SheetNotes, row: int, element: Element) -> None:
    if element.get("hidden") in _TRUE:
        notes.hidden_rows.append(row)
    column = 0
    for cell in element:
        reference = cell.get("r")
        column = coordinate_to_tuple(reference)[1] if reference else column + 1
        parts = {child.tag.rpartition("}")[2]: child.text or "" for child in cell}
        # An empty text is a valid result of a formula; no value means that it was never calculated.
        if "f" in parts and not parts.get("v") and cell.get("t") != "str":
            notes.unread[row, column] = Unread("=" + (parts["f"] or "…"), errors.FORMULA_EMPTY)


def _read_merged(notes: SheetNotes, reference: str) -> None:
    """Note the empty cells of a merged range: they show the value, but only its first cell holds it."""
    left, top, right, bottom = range_boundaries(reference)
    if (right - left + 1) * (bottom - top + 1) > MAX_MERGED:
        return
    for row in range(top, bottom + 1):
        for column in range(left, right + 1):
            if (row, column) != (top, left):
                notes.unread[row, column] = Unread("", errors.CELL_MERGED)
