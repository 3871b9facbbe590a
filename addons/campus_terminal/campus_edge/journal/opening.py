"""Opening the journal when its file may be damaged."""

from __future__ import annotations

import logging
import sqlite3
import uuid
from pathlib import Path

from .journal import Journal
from .store import Signer

_logger = logging.getLogger(__name__)


def open_journal(path: Path, key: Signer) -> tuple[Journal, Path | None]:
    """Open the journal; put a damaged file aside and begin a new one; the old one's new path is returned too.

    The damaged file may hold taps that the server does not have: ``campus-edge journal salvage``.
    """
    try:
        return Journal(path, key), None
    except sqlite3.DatabaseError:
        _logger.exception("the journal is damaged and put aside")
    aside = put_aside(path)
    return Journal(path, key), aside


def put_aside(path: Path) -> Path:
    """Give a damaged journal another name, with the files that belong to it; return the name."""
    aside = path.with_name(f"{path.stem}-{uuid.uuid4()}.damaged.db")
    for suffix in ("", "-wal", "-shm"):
        part = path.with_name(path.name + suffix)
        if part.exists():
            part.rename(aside.with_name(aside.name + suffix))
    return aside


def damaged_in(folder: Path) -> list[Path]:
    """Return the journals that were put aside and not salvaged, oldest first."""
    return sorted(folder.glob("*.damaged.db"), key=lambda path: path.stat().st_mtime)
