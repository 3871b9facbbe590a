"""The journal's file: its tables and functions to read and write them. ``journal`` decides when to write.

SQLite in WAL mode with ``synchronous=FULL``: a commit appends to one file and syncs it once, while a
rollback journal would sync two files and a folder. The sender can read while a tap is being written.
The file must be on a local disk, because WAL needs memory that its users share.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Final, NamedTuple, Protocol

from campus_core.taps import wire
from campus_core.taps.wire import TapEntry

from ..files import sync_folder

FORMAT: Final = "1"
#: The most bytes of a batch's entries as text, below the contract's 1 MiB for the whole request.
BATCH_BYTES: Final = 900_000

_SCHEMA: Final = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE entry (seq INTEGER PRIMARY KEY, uuid TEXT NOT NULL, kind TEXT NOT NULL,
                    asked INTEGER NOT NULL, at_ms INTEGER NOT NULL, text TEXT NOT NULL,
                    hash TEXT NOT NULL);
CREATE INDEX entry_uuid ON entry (uuid);
CREATE INDEX entry_asked ON entry (seq) WHERE asked;
CREATE TABLE seal (counter INTEGER PRIMARY KEY, seq INTEGER NOT NULL, hash TEXT NOT NULL,
                   signature BLOB NOT NULL);
CREATE TABLE answer (uuid TEXT PRIMARY KEY, text TEXT NOT NULL) WITHOUT ROWID;
"""


class Signer(Protocol):
    """Signs the journal: the edge's Ed25519 key."""

    def sign(self, message: bytes) -> bytes:
        """Return the signature, 64 bytes."""


class Seal(NamedTuple):
    """The edge's signature over the chain's head after one commit; counters have no gap."""

    counter: int
    seq: int
    hash: str
    signature: bytes


class Draft(NamedTuple):
    """An entry without its number; see ``TapEntry`` for the values."""

    kind: str
    uuid: str
    terminal: str
    at_ms: int
    purpose: str
    credential: str
    card: int | None
    amount_minor: int | None
    mode: str
    outcome: str | None
    code: str | None
    rule: str | None
    snapshot: int


class Batch(NamedTuple):
    """The entries to send next, in the form of ``POST /campus/v1/taps``."""

    journal: str
    head_seq: int
    prev: str
    entries: tuple[TapEntry, ...]

    def body(self) -> bytes:
        """Return the request's body."""
        return json.dumps(self._asdict(), separators=(",", ":")).encode()


def seal_text(journal: str, counter: int, seq: int, head: str) -> bytes:
    """Return the bytes under a seal's signature."""
    return f"campus-journal-v1\n{journal}\n{counter}\n{seq}\n{head}".encode()


def _text(entry: TapEntry) -> str:
    return json.dumps(entry, separators=(",", ":"))


def earlier_path(path: Path, journal: str) -> Path:
    """Return the file that keeps ``journal`` after a new one was begun in ``path``."""
    return path.with_name(f"{path.stem}-{journal}.fork.db")


def connect(path: Path, *, read_only: bool = False) -> sqlite3.Connection:
    """Open the file; our code begins and commits every transaction itself."""
    uri = f"{path.absolute().as_uri()}?mode={'ro' if read_only else 'rwc'}"
    base = sqlite3.connect(uri, uri=True, timeout=5.0, isolation_level=None, check_same_thread=False)
    if not read_only:
        base.execute("PRAGMA journal_mode=WAL")
        base.execute("PRAGMA synchronous=FULL")
    return base


def create(path: Path, journal: str) -> None:
    """Make an empty journal called ``journal`` (a uuid); only its owner can read the file."""
    path.touch(mode=0o600)
    with closing(connect(path)) as base:
        base.executescript(f"BEGIN; {_SCHEMA} COMMIT;")
        base.execute("BEGIN")
        for name, value in (("format", FORMAT), ("journal", journal), ("acked_seq", "0")):
            set_meta(base, name, value)
        base.execute("COMMIT")
    sync_folder(path.parent)


def meta(base: sqlite3.Connection, name: str) -> str:
    """Return a value that every journal has."""
    row = base.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
    if row is None:
        raise sqlite3.DatabaseError(f"the journal lacks its {name}")
    return str(row[0])


def set_meta(base: sqlite3.Connection, name: str, value: str) -> None:
    """Store a value."""
    base.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, value))


def head(base: sqlite3.Connection) -> tuple[int, str]:
    """Return number and hash of the newest entry, also if it was pruned; 0 and zeros without one."""
    row = base.execute("SELECT seq, hash FROM entry ORDER BY seq DESC LIMIT 1").fetchone()
    last = row or base.execute("SELECT seq, hash FROM seal ORDER BY counter DESC LIMIT 1").fetchone()
    return (int(last[0]), str(last[1])) if last else (0, wire.ZERO_HASH)


def last_counter(base: sqlite3.Connection) -> int:
    """Return the counter of the newest seal, 0 without one."""
    return int(base.execute("SELECT coalesce(max(counter), 0) FROM seal").fetchone()[0])


def entries(base: sqlite3.Connection, after_seq: int, limit: int = -1) -> Iterator[TapEntry]:
    """Yield the entries after ``after_seq``, in order."""
    rows = base.execute("SELECT text FROM entry WHERE seq > ? ORDER BY seq LIMIT ?", (after_seq, limit))
    for (text,) in rows:
        yield TapEntry._make(json.loads(text))


def sales(base: sqlite3.Connection, until_seq: int, since_ms: int) -> list[TapEntry]:
    """Return the payments up to ``until_seq`` that the edge granted alone since ``since_ms``, oldest first."""
    rows = base.execute(
        "SELECT text FROM entry WHERE seq <= ? AND NOT asked AND at_ms >= ? ORDER BY at_ms",
        (until_seq, since_ms),
    )
    found = (TapEntry._make(json.loads(text)) for (text,) in rows)
    return [entry for entry in found if entry.purpose == wire.PAY and entry.outcome == wire.GRANTED]


def unanswered(base: sqlite3.Connection) -> list[TapEntry]:
    """Return the taps that asked the server and have neither an answer nor a final."""
    rows = base.execute(
        """SELECT text FROM entry AS asking WHERE asked
              AND NOT EXISTS (SELECT 1 FROM answer WHERE answer.uuid = asking.uuid)
              AND NOT EXISTS (SELECT 1 FROM entry AS final
                               WHERE final.uuid = asking.uuid AND final.kind = 'final')
            ORDER BY seq"""
    )
    return [TapEntry._make(json.loads(text)) for (text,) in rows.fetchall()]


def newest_ms(base: sqlite3.Connection, after_seq: int) -> int:
    """Return the newest time of entries after ``after_seq`` whose clock was not doubtful, or 0."""
    row = base.execute(
        "SELECT max(at_ms) FROM entry WHERE seq > ? AND NOT instr(text, ?)", (after_seq, wire.DOUBTFUL_CLOCK)
    ).fetchone()
    return int(row[0] or 0)


def oldest(base: sqlite3.Connection) -> int:
    """Return the number of the oldest stored entry, 0 without any."""
    return int(base.execute("SELECT coalesce(min(seq), 0) FROM entry").fetchone()[0])


def lacking(base: sqlite3.Connection, wanted: Iterable[TapEntry]) -> list[TapEntry]:
    """Return the ``wanted`` entries whose uuid and kind are not in the journal."""
    sql = "SELECT 1 FROM entry WHERE uuid = ? AND kind = ?"
    return [entry for entry in wanted if not base.execute(sql, (entry.uuid, entry.kind)).fetchone()]


def answers(base: sqlite3.Connection, uuids: Iterable[str]) -> dict[str, str]:
    """Return the stored answers (JSON) to these taps."""
    rows = (base.execute("SELECT uuid, text FROM answer WHERE uuid = ?", (uuid,)) for uuid in uuids)
    return dict(row for found in rows for row in found)


def has_final(base: sqlite3.Connection, uuid: str) -> bool:
    """Say whether the journal has a final for a tap."""
    found = base.execute("SELECT 1 FROM entry WHERE uuid = ? AND kind = 'final'", (uuid,))
    return found.fetchone() is not None


def batch(base: sqlite3.Connection, limit: int) -> Batch | None:
    """Return the next ``limit`` entries or fewer that are not acknowledged, None when all are."""
    base.execute("BEGIN")
    try:
        acked_seq = int(meta(base, "acked_seq"))
        taken: list[TapEntry] = []
        size = 0
        for entry in entries(base, acked_seq, limit):
            size += len(_text(entry))
            if taken and size > BATCH_BYTES:
                break
            taken.append(entry)
        if not taken:
            return None
        return Batch(meta(base, "journal"), head(base)[0], hash_at(base, acked_seq), tuple(taken))
    finally:
        base.execute("COMMIT")


def hash_at(base: sqlite3.Connection, seq: int) -> str:
    """Return the chain's hash at ``seq``: an entry that is there, or the last one that was pruned."""
    if seq == 0:
        return wire.ZERO_HASH
    row = base.execute("SELECT hash FROM entry WHERE seq = ?", (seq,)).fetchone()
    row = row or base.execute("SELECT hash FROM seal WHERE seq = ?", (seq,)).fetchone()
    if row is None:
        raise sqlite3.DatabaseError(f"the journal lacks the hash of entry {seq}")
    return str(row[0])


def insert(base: sqlite3.Connection, entry: TapEntry, digest: str) -> None:
    """Add one entry with its hash."""
    base.execute(
        "INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?, ?)",
        (entry.seq, entry.uuid, entry.kind, entry.mode == wire.ASK, entry.at_ms, _text(entry), digest),
    )


def prune(base: sqlite3.Connection, keep_from_ms: int) -> int:
    """Delete acknowledged entries older than ``keep_from_ms``; return how many.

    The newest seal at or before the cut stays: the rest of the chain is verified from it on. An entry
    whose ask is still open is not deleted, nor any entry after it.
    """
    acked_seq = int(meta(base, "acked_seq"))
    open_asks = [entry.seq - 1 for entry in unanswered(base)]
    young = base.execute("SELECT min(seq) - 1 FROM entry WHERE at_ms >= ?", (keep_from_ms,)).fetchone()[0]
    cut = min([acked_seq, *open_asks, *([young] if young is not None else [])])
    start = base.execute("SELECT max(counter), seq FROM seal WHERE seq <= ?", (cut,)).fetchone()
    if start[0] is None:
        return 0
    base.execute("DELETE FROM seal WHERE counter < ?", (start[0],))
    done = base.execute("DELETE FROM entry WHERE seq <= ?", (start[1],)).rowcount
    base.execute("DELETE FROM answer WHERE NOT EXISTS (SELECT 1 FROM entry WHERE entry.uuid = answer.uuid)")
    return done


def recover(path: Path) -> None:
    """Finish or undo the start of a new journal that a power cut has interrupted."""
    fresh = path.with_suffix(".new")
    if not fresh.exists():
        return
    if path.exists():
        fresh.unlink()
        return
    with closing(connect(fresh)) as base:
        meta(base, "ready")
    fresh.rename(path)
    sync_folder(path.parent)
