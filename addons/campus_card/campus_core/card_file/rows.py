"""One row of a file -> one record, with a problem for each cell that is wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from .. import errors, money
from ..credentials import uids
from ..errors import CampusError
from . import types as ft
from . import values
from .types import EPOCH_1900, Cell, Column, Problem, Profile, Record, Unread

MAX_VALUE_SHOWN: Final = 100


@dataclass(frozen=True)
class Layout:
    """Where the columns of a profile are in one file; ``places`` are indexes of cells."""

    at: int
    row: int
    headers: list[str]
    places: dict[int, Column]
    missing: list[Column]


def trimmed(cells: Sequence[Cell]) -> list[Cell]:
    """Return the cells without the empty ones at the end, which spreadsheets add."""
    kept = list(cells)
    while kept and not values.text_of(kept[-1]).strip():
        kept.pop()
    return kept


class RowReader:
    """Reads rows of one layout and reports every wrong cell of a row, not only the first."""

    def __init__(
        self, profile: Profile, layout: Layout, *, strict_width: bool, epoch: date = EPOCH_1900
    ) -> None:
        self.profile = profile
        self.epoch = epoch
        self.warnings: list[Problem] = []
        self.strict_width = strict_width
        self.layout = layout
        self.width = len(layout.headers)
        self.columns: Mapping[str, str] = {
            _target_key(column): layout.headers[index] for index, column in layout.places.items()
        }
        self.status_words = {values.key(w): v for w, v in profile.status_words.items()}
        self.role_words = {values.key(w): v for w, v in profile.role_words.items()}
        self.remark_words = {values.key(w): v for w, v in profile.remark_words.items()}
        self.setters: dict[str, Callable[[Record, Column, Cell], None]] = {
            ft.ACCOUNT: self._set_account,
            ft.NUMBER: self._set_number,
            ft.NAME: self._set_name,
            ft.DEPARTMENT: self._set_department,
            ft.ROLE: self._set_role,
            ft.UID: self._set_uid,
            ft.AMOUNT: self._set_amount,
            ft.STATUS: self._set_status,
            ft.FLAG: self._set_flag,
            ft.REMARK: self._set_remark,
            ft.VALID_FROM: self._set_valid_from,
            ft.VALID_UNTIL: self._set_valid_until,
        }

    def read(self, row: int, cells: Sequence[Cell]) -> tuple[Record, list[Problem]]:
        """Return what could be read of a row, and a problem for each cell that could not."""
        record = Record(row, columns=self.columns)
        problems = self._check_width(row, cells)
        if problems:
            # The cells are not under their headers: reading on would only mislead.
            return record, problems
        for index, column in self.layout.places.items():
            cell = cells[index] if index < len(cells) else None
            try:
                self._read_cell(record, column, cell)
            except CampusError as error:
                problems.append(self._problem(row, index, cell, error))
        if record.valid_from and record.valid_until and record.valid_from > record.valid_until:
            value = f"{record.valid_from} - {record.valid_until}"
            header = self.columns[ft.VALID_UNTIL]
            problems.append(Problem(row, header, value, errors.DATES_REVERSED))
        record.account = record.account or record.number
        return record, problems

    def _check_width(self, row: int, cells: Sequence[Cell]) -> list[Problem]:
        """Check that a row has as many cells as the header; a spreadsheet may leave out empty cells."""
        if len(trimmed(cells)) > self.width:
            extra = values.text_of(cells[self.width]).strip()
            return [Problem(row, "", extra[:MAX_VALUE_SHOWN], errors.ROW_LONG)]
        if self.strict_width and len(cells) < self.width:
            header = self.layout.headers[len(cells)]
            return [Problem(row, header, "", errors.ROW_SHORT, {"cells": len(cells)})]
        return []

    def _read_cell(self, record: Record, column: Column, cell: Cell) -> None:
        if column.target == ft.IGNORE:
            return
        if isinstance(cell, Unread):
            raise CampusError(cell.code)
        if isinstance(cell, str):
            cell = values.visible(cell)
            if self._is_nothing(column, cell):
                return
        empty = not values.text_of(cell).strip()
        if empty and column.required:
            raise CampusError(errors.VALUE_MISSING)
        if not empty or column.target == ft.AMOUNT:
            self.setters[column.target](record, column, cell)

    def _is_nothing(self, column: Column, text: str) -> bool:
        """Say whether the cell holds a word such as ``NULL``; refuse that word in a required column."""
        nothing = values.is_null_word(text)
        if not nothing and not values.is_error_word(text):
            return False
        words = {ft.STATUS: self.status_words, ft.ROLE: self.role_words}.get(column.target, {})
        if values.key(text) in words:
            return False
        if nothing and column.target == ft.REMARK:
            return True
        raise CampusError(errors.MACHINE_WORD)

    def _problem(self, row: int, index: int, cell: Cell, error: CampusError) -> Problem:
        shown = values.text_of(cell).strip()[:MAX_VALUE_SHOWN]
        return Problem(row, self.layout.headers[index], shown, error.code, error.numbers)

    def _warn(self, record: Record, target: str, cell: Cell, code: str) -> None:
        shown = values.text_of(cell).strip()[:MAX_VALUE_SHOWN]
        self.warnings.append(Problem(record.row, self.columns[target], shown, code))

    def _whole(self, record: Record, target: str, cell: Cell) -> Cell:
        """Return a whole number without its decimal point (``12.0``), and add a warning."""
        if not isinstance(cell, str):
            return cell
        text = values.bare(cell)
        if values.whole(text) != text:
            self._warn(record, target, cell, errors.NUMBER_FRACTION)
        return values.whole(text)

    # -- one setter for each target --------------------------------------------

    def _set_account(self, record: Record, column: Column, cell: Cell) -> None:
        record.account = values.read_number(self._whole(record, ft.ACCOUNT, cell))

    def _set_number(self, record: Record, column: Column, cell: Cell) -> None:
        record.number = values.read_number(self._whole(record, ft.NUMBER, cell))

    def _set_name(self, record: Record, column: Column, cell: Cell) -> None:
        record.name = values.read_name(cell)

    def _set_department(self, record: Record, column: Column, cell: Cell) -> None:
        record.department = values.read_name(cell)

    def _set_role(self, record: Record, column: Column, cell: Cell) -> None:
        record.role = values.read_word(cell, self.role_words, errors.ROLE_UNKNOWN)

    def _set_uid(self, record: Record, column: Column, cell: Cell) -> None:
        if not isinstance(cell, str | int | float):
            raise CampusError(errors.UID_SPREADSHEET_DAMAGE)
        record.uid = uids.normalise(self._uid_cell(record, column, cell), column.form)
        record.uid_text = values.text_of(cell).strip()
        if uids.is_random(record.uid):
            self._warn(record, ft.UID, cell, errors.UID_RANDOM)
        elif uids.is_half(record.uid):
            self._warn(record, ft.UID, cell, errors.UID_HALF)

    def _uid_cell(self, record: Record, column: Column, cell: str | int | float) -> str | int | float:
        """Return the cell; a decimal UID without its decimal point."""
        if not isinstance(cell, str) or column.form not in (uids.DEC_BE, uids.DEC_LE):
            return cell
        return str(self._whole(record, ft.UID, cell))

    def _set_amount(self, record: Record, column: Column, cell: Cell) -> None:
        """Add the amount to its plan; an empty cell adds no opening balance."""
        amount_minor = 0
        if values.text_of(cell).strip():
            if not isinstance(cell, str | int | float):
                raise CampusError(errors.MONEY_MALFORMED)
            amount_minor = money.parse(values.bare(cell) if isinstance(cell, str) else cell, column.form)
        total_minor = record.openings.get(column.detail, 0) + amount_minor
        record.openings[column.detail] = money.checked(total_minor, least=0)

    def _set_status(self, record: Record, column: Column, cell: Cell) -> None:
        self._raise_status(record, values.read_word(cell, self.status_words, errors.STATUS_UNKNOWN))

    def _set_flag(self, record: Record, column: Column, cell: Cell) -> None:
        if values.read_flag(cell):
            self._raise_status(record, column.detail)

    def _set_remark(self, record: Record, column: Column, cell: Cell) -> None:
        record.remark = values.read_name(cell, limit=1000)
        text = values.key(record.remark)
        for word, status in self.remark_words.items():
            if word in text:
                self._raise_status(record, status)

    def _set_valid_from(self, record: Record, column: Column, cell: Cell) -> None:
        record.valid_from = values.read_date(cell, column.form, None, self.epoch)

    def _set_valid_until(self, record: Record, column: Column, cell: Cell) -> None:
        record.valid_until = values.read_date(cell, column.form, self.profile.no_end, self.epoch)

    @staticmethod
    def _raise_status(record: Record, status: str) -> None:
        """Keep the strongest status of an account: closed, then lost, frozen, active."""
        record.status = max(record.status, status, key=ft.STATUSES.index)


def _target_key(column: Column) -> str:
    """Return what identifies a column: the target, and for an amount its plan."""
    return f"{ft.AMOUNT}:{column.detail}" if column.target == ft.AMOUNT else column.target
