"""``campus-edge journal salvage``: sends the proven entries of damaged journals and reports the rest."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from campus_core.credentials import signing

from ..journal.journal import Journal
from ..journal.opening import damaged_in, put_aside
from ..journal.salvage import IsSigned, Salvage, put_back, salvage
from ..journal.verify import verify
from ..server.identity import Paired
from ..server.resending import adopt


def run(folder: Path, journal_path: Path, paired: Paired) -> int:
    """Salvage every damaged journal in ``folder``; return 0 when all entries are proven. No edge may run.

    Raises ``JournalUnwritable`` and ``OSError``: the disk is full; nothing is marked as done then.
    """
    key = paired.identity.key

    def is_signed(text: bytes, signature: bytes) -> bool:
        return signing.is_signed(key.public, text, signature)

    if journal_path.exists() and not _is_whole(journal_path, is_signed):
        print(f"the present journal is damaged: put aside as {put_aside(journal_path).name}")
    damaged = damaged_in(folder)
    if not damaged:
        print("no journal is damaged")
        return 0
    lost = 0
    journal = Journal(journal_path, key)
    try:
        for path in damaged:
            found = salvage(path, is_signed)
            aside = put_back(found, path, journal)
            _print(path, found, aside)
            lost += len(found.missing) + len(found.unproven)
    finally:
        journal.close()
    return 1 if lost else 0


def again(path: Path, journal_path: Path, paired: Paired) -> int:
    """Queue an earlier journal's entries again, for a server that lost them; return 0 if it can be read.

    Raises ``JournalUnwritable``: the disk is full. No edge may run meanwhile.
    """
    journal = Journal(journal_path, paired.identity.key)
    try:
        print(f"{path.name}: {adopt(journal, path)} entries will be sent again")
    except sqlite3.Error as error:
        print(f"{path} cannot be read: {error}")
        return 1
    finally:
        journal.close()
    return 0


def _is_whole(path: Path, is_signed: IsSigned) -> bool:
    try:
        return not verify(path, is_signed).faults
    except (sqlite3.Error, ValueError, TypeError):
        return False


def _print(path: Path, found: Salvage, aside: Path | None) -> None:
    sent = (
        "what the server has cannot be read" if found.acked_seq is None else f"sent up to {found.acked_seq}"
    )
    print(f"{path.name}: journal {found.journal or 'of unknown name'}, {sent}")
    print(f"  {len(found.proven)} entries are proven and will be sent")
    for first, last in found.missing:
        print(f"  LOST  entries {first} to {last}: the server is told")
    if aside is not None:
        print(f"  LOST  {len(found.unproven)} entries that nothing proves: kept in {aside.name}")
