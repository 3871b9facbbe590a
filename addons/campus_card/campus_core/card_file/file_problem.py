"""The error for a file that cannot be read, and the limits of its size."""

from __future__ import annotations

from typing import Final

from .. import errors
from .types import Problem

MAX_BYTES: Final = 64 * 1024 * 1024
MAX_ROWS: Final = 500_000


class FileProblem(Exception):
    """The whole file cannot be read; carries its ``Problem``."""

    def __init__(self, code: str, row: int = 1, column: str = "", value: str = "") -> None:
        super().__init__(code)
        self.problem = Problem(row, column, value, code)


def check_rows(row: int, limit: int) -> None:
    """Raise ``FileProblem`` for an import at ``MAX_ROWS``; a preview just stops at its ``limit``."""
    if limit >= MAX_ROWS:
        raise FileProblem(errors.FILE_TOO_LARGE, row=row)
