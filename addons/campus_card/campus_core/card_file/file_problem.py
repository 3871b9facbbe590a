"""Why a file cannot be read as a whole, and how large it may be."""

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
    """At the limit: fine for a preview, too large for an import."""
    if limit >= MAX_ROWS:
        raise FileProblem(errors.FILE_TOO_LARGE, row=row)
