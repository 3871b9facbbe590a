"""The edge's journal: a tap is answered only after it is stored here.

One thread writes. Everything that arrives while a commit is being synced goes into the next commit (a
group commit). The writer signs the head of the chain, and only then the callers go on. A write that
fails (the disk is full) fails for the callers of that commit: nothing of it is kept, and the next write
tries again. Callers that may not wait pass a function that is called when the commit is on the disk.
"""

from __future__ import annotations

import json
import logging
import sqlite3
import threading
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, TypeVar

from campus_core.taps import wire
from campus_core.taps.wire import TapEntry

from ..files import sync_folder
from . import store
from .jobs import Job, Jobs, JournalUnwritable
from .store import Batch, Draft, Signer

__all__ = ["Journal", "JournalUnwritable"]
_logger = logging.getLogger(__name__)
Result = TypeVar("Result")


class Journal:
    """The journal in the file ``path``; the file is made if it does not exist. Safe from any thread."""

    def __init__(
        self, path: Path, key: Signer, make_uuid: Callable[[], str] = lambda: str(uuid.uuid4())
    ) -> None:
        """Open the journal; ``sqlite3.DatabaseError`` when the file is damaged."""
        self._path = path
        self._key = key
        self._make_uuid = make_uuid
        self._jobs = Jobs()
        self._reading = threading.Lock()
        self._open()
        self._writer = threading.Thread(target=self._write_all, name="journal", daemon=True)
        self._writer.start()

    def _open(self) -> None:
        store.recover(self._path)
        if not self._path.exists():
            store.create(self._path, self._make_uuid())
        self._base = store.connect(self._path)
        self._reader = store.connect(self._path)
        self.id = store.meta(self._base, "journal")
        self.head_seq, self._head = store.head(self._base)
        self.acked_seq = int(store.meta(self._base, "acked_seq"))
        self._counter = store.last_counter(self._base)

    # -- writing -------------------------------------------------------------------
    def append(self, draft: Draft) -> TapEntry:
        """Write one entry and return it when it is on the disk.

        Raises ``WireError`` for an entry that the contract does not allow, ``JournalUnwritable``
        when it cannot be stored.
        """
        wire.parse_entry([1, *draft])
        return self._do(lambda base: self._insert(base, draft))

    def submit(self, drafts: Sequence[Draft], done: Callable[[Exception | None], object]) -> None:
        """Write entries that the contract allows, all or none, without waiting.

        ``done`` is called with None when they are on the disk, with ``JournalUnwritable`` when they
        cannot be stored. It runs in the writer's thread and must be short.
        """

        def work(base: sqlite3.Connection) -> None:
            for draft in drafts:
                self._insert(base, draft)

        try:
            ending = self._jobs.put(work)
        except JournalUnwritable as error:
            done(error)
        else:
            ending.add_done_callback(lambda ended: done(_fault_of(ended)))

    def adopt(self, entries: Iterable[TapEntry], answers: Mapping[str, str] | None = None) -> None:
        """Append entries and stored answers of another journal, all or none."""
        drafts = [Draft(*entry[1:]) for entry in entries]

        def work(base: sqlite3.Connection) -> None:
            for draft in drafts:
                self._insert(base, draft)
            base.executemany("INSERT OR IGNORE INTO answer VALUES (?, ?)", (answers or {}).items())

        self._do(work)

    def acknowledge(
        self, seq: int, answers: Mapping[str, Any], is_wanted: Callable[[str], bool] = lambda uuid: True
    ) -> None:
        """Store, in one step, that the server has the entries up to ``seq`` and what it answered.

        ``answers`` are JSON values by the uuid of the tap that asked. ``is_wanted`` is asked just before
        writing; an answer that is no longer wanted is left out.
        """
        rows = [(name, json.dumps(value, ensure_ascii=False)) for name, value in answers.items()]

        def work(base: sqlite3.Connection) -> None:
            wanted = [row for row in rows if is_wanted(row[0])]
            base.executemany("INSERT OR IGNORE INTO answer VALUES (?, ?)", wanted)
            store.set_meta(base, "acked_seq", str(max(seq, self.acked_seq)))

        self._do(work)
        self.acked_seq = max(seq, self.acked_seq)

    def lower(self, first: int, last: int) -> bool:
        """Send the entries from ``first`` on again, because the server lacks ``first`` to ``last``.

        Say whether any of the lacking entries is here. Only the thread that acknowledges may call this.
        """

        def work(base: sqlite3.Connection) -> int:
            oldest = store.oldest(base)
            acked_seq = max(first, oldest) - 1 if 0 < oldest <= last else self.acked_seq
            store.set_meta(base, "acked_seq", str(min(acked_seq, self.acked_seq)))
            return acked_seq

        acked_seq = self._do(work)
        is_lower = acked_seq < self.acked_seq
        self.acked_seq = min(acked_seq, self.acked_seq)
        return is_lower

    def check(self) -> None:
        """Test whether the journal can be written; raises ``JournalUnwritable`` while the disk is full."""
        self.acknowledge(self.acked_seq, {})

    def prune(self, keep_from_ms: int) -> int:
        """Delete acknowledged entries older than ``keep_from_ms``; return how many."""
        return self._do(lambda base: store.prune(base, keep_from_ms))

    def fork(self) -> Path:
        """Begin a new journal with the unacknowledged entries, which keep their uuids.

        The old file is kept as evidence; return its path.
        """
        return self._do(self._fork, alone=True)

    # -- reading -------------------------------------------------------------------
    def batch(self, limit: int = wire.MAX_ENTRIES) -> Batch | None:
        """Return what to send next, None when the server has everything."""
        return self.read(lambda base: store.batch(base, limit))

    def unanswered(self) -> list[TapEntry]:
        """Return the taps that asked the server and have neither an answer nor a final."""
        return self.read(store.unanswered)

    def unacknowledged(self) -> list[TapEntry]:
        """Return the entries that the server is not known to have."""
        return self.read(lambda base: list(store.entries(base, self.acked_seq)))

    def earlier(self, journal: str) -> Path | None:
        """Return the file of an earlier journal of this edge that a fork has ended, None without one."""
        path = store.earlier_path(self._path, journal)
        return path if path.exists() else None

    @property
    def queue_length(self) -> int:
        """Return how many entries the server is not known to have."""
        return max(self.head_seq - self.acked_seq, 0)

    def settle(self, timeout_ms: int) -> None:
        """Wait until all jobs are written, at most ``timeout_ms``."""
        self._jobs.settle(timeout_ms)

    def close(self) -> None:
        """Write the waiting jobs and close the file."""
        if not self._jobs.close():
            return
        self._writer.join(timeout=10)
        self._disconnect()

    def read(self, work: Callable[[sqlite3.Connection], Result]) -> Result:
        """Run ``work`` on the file and return its result; it must not write."""
        with self._reading:
            return work(self._reader)

    def _disconnect(self) -> None:
        with self._reading:
            self._reader.close()
        self._base.close()

    # -- the writer's thread ---------------------------------------------------------
    def _do(self, work: Callable[[sqlite3.Connection], Result], *, alone: bool = False) -> Result:
        done: Future[Result] = self._jobs.put(work, alone=alone)
        return done.result()

    def _write_all(self) -> None:
        is_last = False
        while not is_last:
            group = self._jobs.take()
            if group.jobs:
                self._commit(group.jobs)
            if group.alone is not None:
                self._run_alone(group.alone)
            self._jobs.ended(group)
            is_last = group.is_last

    def _run_alone(self, job: Job) -> None:
        try:
            job.done.set_result(job.work(self._base))
        except (sqlite3.Error, OSError) as error:
            with suppress(sqlite3.Error, OSError):
                self._disconnect()
                self._open()
            job.done.set_exception(JournalUnwritable(str(error)))

    def _commit(self, group: Sequence[Job]) -> None:
        """Do the jobs in one transaction; if one fails, all fail, and the state in memory is restored."""
        before = (self.head_seq, self._head, self._counter)
        results = []
        try:
            self._base.execute("BEGIN IMMEDIATE")
            results = [(job, job.work(self._base)) for job in group]
            if self.head_seq != before[0]:
                self._seal(self._base)
            self._base.execute("COMMIT")
        except Exception as error:
            self.head_seq, self._head, self._counter = before
            self._recover_base()
            for job in group:
                job.done.set_exception(JournalUnwritable(str(error)))
            return
        for job, result in results:
            job.done.set_result(result)

    def _recover_base(self) -> None:
        """Open the file again: after a failed commit the connection may be in a broken transaction."""
        with suppress(sqlite3.Error):
            if self._base.in_transaction:
                self._base.execute("ROLLBACK")
        try:
            fresh = store.connect(self._path)
        except sqlite3.Error:
            _logger.warning("the journal cannot be opened again yet")
            return
        self._base.close()
        self._base = fresh

    def _insert(self, base: sqlite3.Connection, draft: Draft) -> TapEntry:
        entry = TapEntry(self.head_seq + 1, *draft)
        self._head = wire.chain_hash(self._head, entry)
        self.head_seq = entry.seq
        store.insert(base, entry, self._head)
        return entry

    def _seal(self, base: sqlite3.Connection) -> None:
        self._counter += 1
        text = store.seal_text(self.id, self._counter, self.head_seq, self._head)
        row = (self._counter, self.head_seq, self._head, self._key.sign(text))
        base.execute("INSERT INTO seal VALUES (?, ?, ?, ?)", row)

    def _fork(self, base: sqlite3.Connection) -> Path:
        fresh, old = self._path.with_suffix(".new"), store.earlier_path(self._path, self.id)
        fresh.unlink(missing_ok=True)
        open_entries = list(store.entries(base, self.acked_seq))
        uuids = {entry.uuid for entry in open_entries}
        answers = [row for row in base.execute("SELECT uuid, text FROM answer") if row[0] in uuids]
        store.create(fresh, self._make_uuid())
        with closing(store.connect(fresh)) as new:
            self._copy(new, open_entries, answers)
        base.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self._disconnect()
        self._path.rename(old)
        fresh.rename(self._path)
        sync_folder(self._path.parent)
        self._open()
        return old

    def _copy(self, new: sqlite3.Connection, entries: list[TapEntry], answers: list[Any]) -> None:
        self.id = store.meta(new, "journal")
        self.head_seq, self._head, self._counter = 0, wire.ZERO_HASH, 0
        new.execute("BEGIN")
        for entry in entries:
            self._insert(new, Draft(*entry[1:]))
        if entries:
            self._seal(new)
        new.executemany("INSERT INTO answer VALUES (?, ?)", answers)
        # now the new file is complete: ``recover`` may use it
        store.set_meta(new, "ready", "1")
        new.execute("COMMIT")
        new.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _fault_of(ended: Future[Any]) -> Exception | None:
    error = ended.exception()
    return error if error is None or isinstance(error, Exception) else JournalUnwritable(str(error))
