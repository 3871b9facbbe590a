"""Stores the newest time that is known for certain, for the next start.

The number of the newest journal entry is stored with it. Later entries may give a newer time. Earlier
entries are ignored, because their clock may have been wrong and corrected since.
"""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Final

from ..files import write_atomic
from ..journal import store
from ..journal.journal import Journal
from ..snapshot.snapshot import Snapshot
from .clock import Clock

_logger = logging.getLogger(__name__)
NAME: Final = "clock.json"


def begin(folder: Path, clock: Clock, journal: Journal, snapshot: Snapshot) -> None:
    """Set the lower bound of ``clock``: the newest of the kept time, the journal and the snapshot."""
    kept_ms, after_seq = _read(folder / NAME, journal.id)
    newest_ms = journal.read(lambda base: store.newest_ms(base, after_seq))
    clock.begin(max(kept_ms, newest_ms, snapshot.confirmed_at_ms))


def keep(folder: Path, clock: Clock, journal: Journal) -> None:
    """Store the time; a full disk only prevents that."""
    values = {"journal": journal.id, "head_seq": journal.head_seq, "known_ms": clock.known_ms()}
    try:
        write_atomic(folder / NAME, json.dumps(values).encode())
    except OSError as error:
        _logger.warning("the time cannot be stored: %s", error)


def _read(path: Path, journal: str) -> tuple[int, int]:
    """Return the kept time, and the number in ``journal`` after which entries are newer."""
    try:
        values = json.loads(path.read_text("ascii"))
        known_ms, head_seq = int(values["known_ms"]), int(values["head_seq"])
        return known_ms, head_seq if values["journal"] == journal else 0
    except FileNotFoundError:
        return 0, 0
    except (OSError, ValueError, KeyError, TypeError) as error:
        _logger.warning("the stored time is not taken: %s", error)
        return 0, 0
