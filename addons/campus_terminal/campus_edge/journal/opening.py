"""Opens the journal; puts a damaged file aside and begins a new one."""

from __future__ import annotations

import logging
import sqlite3
import uuid
from pathlib import Path

from .journal import Journal
from .store import Signer

_logger = logging.getLogger(__name__)


def open_journal(path: Path, key: Signer) -> tuple[Journal, Path | None]:
    """Open the journal; return it, and the new path of a damaged file that was put aside.

    The damaged file may hold taps that the server lacks; ``campus-edge journal salvage`` finds them.
    """
    try:
        return Journal(path, key), None
    except sqlite3.DatabaseError:
        _logger.exception("the journal is damaged and put aside")
    aside = put_aside(path)
    return Journal(path, key), aside


def put_aside(path: Path) -> Path:
    """Rename a damaged journal and its WAL files; return the new path."""
    aside = path.with_name(f"{path.stem}-{uuid.uuid4()}.damaged.db")
    for suffix in ("", "-wal", "-shm"):
        part = path.with_name(path.name + suffix)
        if part.exists():
            part.rename(aside.with_name(aside.name + suffix))
    return aside


def damaged_in(folder: Path) -> list[Path]:
    """Return the journals that were put aside and not salvaged, oldest first."""
    return sorted(folder.glob("*.damaged.db"), key=lambda path: path.stat().st_mtime)
