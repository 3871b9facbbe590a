"""Opening the journal when its file may be damaged."""

from __future__ import annotations

import logging
import sqlite3
import uuid
from pathlib import Path

from .journal import Journal
from .journal_store import Signer

_logger = logging.getLogger(__name__)


def open_journal(path: Path, key: Signer) -> tuple[Journal, Path | None]:
    """Open the journal; put a damaged file aside and begin a new one; the old one's new path is returned too.

    The damaged file may hold taps that the server does not have: ``journal verify`` reads it.
    """
    try:
        return Journal(path, key), None
    except sqlite3.DatabaseError:
        _logger.exception("the journal is damaged and put aside")
    aside = path.with_name(f"{path.stem}-{uuid.uuid4()}.damaged.db")
    for suffix in ("", "-wal", "-shm"):
        part = path.with_name(path.name + suffix)
        if part.exists():
            part.rename(aside.with_name(aside.name + suffix))
    return Journal(path, key), aside
