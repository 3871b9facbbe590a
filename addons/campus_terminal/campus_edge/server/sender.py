"""Sends the journal: all waiting entries in one batch, one batch at a time.

An idle edge sends a tap at once. While a batch is being sent, further taps wait for the next batch.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections.abc import Callable
from typing import Any, Final

from campus_core import errors
from campus_core.taps import wire
from campus_core.taps.wire import TapEntry

from ..journal.journal import Journal, JournalUnwritable
from ..journal.store import Batch
from ..ports.backoff import Backoff
from ..taps.asks import Asks, ServerAnswer
from ..taps.exposure import Exposure
from .http import TAPS_PATH, Connection, ServerRefused, ServerUnreachable
from .resending import Resending

_logger = logging.getLogger(__name__)
#: Pause between tries while the server has switched the edge off.
DISABLED_PAUSE_MS: Final = 30_000
#: The longest time that a batch waits for entries that are being written.
GATHER_MS: Final = 10
FIRST_PAUSE_MS: Final = 200
LONGEST_PAUSE_MS: Final = 10_000
RETRY_AFTER_MAX_MS: Final = 60_000
SWITCHED_OFF: Final = frozenset({errors.EDGE_DISABLED, errors.EDGE_REVOKED, errors.EDGE_UNKNOWN})
_TOO_BIG: Final = frozenset({errors.BODY_TOO_LARGE, errors.BATCH_TOO_LARGE})


class Sender:
    """The thread between the journal and ``POST /campus/v1/taps``."""

    def __init__(
        self,
        journal: Journal,
        connection: Connection,
        asks: Asks,
        exposure: Exposure,
        on_version: Callable[[int], None],
        request_timeout_ms: int,
    ) -> None:
        self._journal, self._connection = journal, connection
        self._asks, self._exposure, self._on_version = asks, exposure, on_version
        self._request_timeout_ms = request_timeout_ms
        self._backoff = Backoff(FIRST_PAUSE_MS, LONGEST_PAUSE_MS)
        self._wake = threading.Event()
        self._retry = threading.Event()
        self._stopping = threading.Event()
        self._limit = wire.MAX_ENTRIES
        self._resending = Resending(journal)
        self._thread = threading.Thread(target=self._run, name="sender", daemon=True)
        #: Whether the server has answered since the last failure or missed deadline.
        self.up = False
        #: Code of the refusal when the server has switched this edge off, else empty.
        self.disabled = ""
        self.problem = ""
        self.batches = 0
        self.forks = 0
        self.rejected = 0

    # -- any thread -------------------------------------------------------------------------
    @property
    def can_ask(self) -> bool:
        """Say whether a tap may wait for the server: it answers, and the queue is short."""
        return self.up and not self.disabled and self._journal.queue_length < wire.MAX_ENTRIES

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Stop the thread, also during a request."""
        self._stopping.set()
        self._wake.set()
        self._retry.set()
        self._connection.abort()
        self._thread.join(timeout=5)
        self._connection.close()

    def wake(self) -> None:
        """Wake the thread: the journal has new entries."""
        self._wake.set()

    def late(self) -> None:
        """Note that the server missed a deadline: until it answers again, no tap waits for it."""
        self.up = False

    def switch(self, code: str) -> None:
        """Note that the server has switched this edge off (the refusal's code) or on again (empty)."""
        if code != self.disabled:
            _logger.warning("switched %s by the server", f"off ({code})" if code else "on")
        self.disabled = code
        self._retry.set()

    @property
    def acked_seq(self) -> int:
        """The newest number that the server is known to have."""
        return self._journal.acked_seq

    def server_has(self, values: dict[str, Any], acked_seq: int) -> None:
        """Handle the server's newest number; ``acked_seq`` is ours from before the request."""
        journal, head_seq = values.get("journal"), values.get("head_seq")
        is_news = self._resending.name(wire.parse_gaps(values.get("gaps")))
        if type(head_seq) is int and (journal is None or wire.is_uuid(journal)):
            is_news |= self._resending.head_seen(journal, head_seq, acked_seq)
        if is_news:
            self._wake.set()

    def server_seen(self) -> None:
        """Try to send at once, because the server has answered another request."""
        if not self._journal.queue_length:
            # what failed before has arrived, or there is nothing to send
            self.up, self.problem = True, ""
        self._retry.set()

    # -- the thread ------------------------------------------------------------------------
    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                pause_ms = self._turn()
            except (JournalUnwritable, sqlite3.Error) as error:
                _logger.error("the journal fails the sender: %s", error)
                pause_ms = self._backoff.next_ms()
            except Exception:
                # an error in our code must not end the sending
                _logger.exception("sending failed")
                pause_ms = self._backoff.next_ms()
            self._rest(pause_ms)

    def _rest(self, pause_ms: int) -> None:
        # ``stop`` sets "stopping" before it wakes this thread; checking it after "clear" never misses it
        self._retry.clear()
        if self._stopping.is_set():
            return
        if pause_ms < 0:
            self._wake.wait()
        elif pause_ms:
            self._retry.wait(pause_ms / 1000)

    def _turn(self) -> int:
        """Send one batch; return the pause after it in ms, -1 to wait for new entries."""
        self._wake.clear()
        self._resending.take_up()
        # include entries that are being written, because under load the next batch comes late;
        # an idle edge has none and sends at once
        self._journal.settle(GATHER_MS)
        batch = self._journal.batch(self._limit)
        if batch is None:
            return -1
        began = time.monotonic()
        try:
            answer = self._connection.request("POST", TAPS_PATH, batch.body(), self._request_timeout_ms)
            took_ms = round((time.monotonic() - began) * 1000)
            _logger.info("batch", extra={"entries": len(batch.entries), "took_ms": took_ms})
            self._take(batch, answer.json())
        except ServerUnreachable as error:
            return self._failed(str(error))
        except ServerRefused as refused:
            return self._refused(refused, batch)
        self._backoff.reset()
        self.up, self.disabled, self.problem = True, "", ""
        self._limit = wire.MAX_ENTRIES
        self.batches += 1
        return 0

    def _take(self, batch: Batch, values: dict[str, Any]) -> None:
        answers = _answers(values, batch)
        asked = [entry.uuid for entry in batch.entries if entry.mode == wire.ASK]
        claimed = self._asks.claim(asked)
        stored = {uuid: _kept(answers[uuid, wire.ASK]) for uuid in claimed}
        try:
            self._journal.acknowledge(batch.entries[-1].seq, stored, self._asks.is_claimed)
        except JournalUnwritable:
            self._asks.finish(dict.fromkeys(claimed))
            raise
        self._asks.finish({uuid: answers[uuid, wire.ASK] for uuid in claimed})
        told = [entry for entry in batch.entries if entry.mode == wire.TOLD]
        with self._exposure.lock:
            self._exposure.settle((entry.uuid for entry in told), self._connection.clock.elapsed_ms())
        for entry in told:
            self._look_at(entry, answers[entry.uuid, wire.TOLD])
        others = [entry for entry in batch.entries if entry.mode == wire.ASK and entry.uuid not in stored]
        said = {entry.uuid: answers[entry.uuid, wire.ASK] for entry in others}
        for draft in self._resending.differing(others, said):
            self._journal.append(draft)
        self._resending.name(wire.parse_gaps(values.get("gaps")))
        version = values.get("snapshot")
        if type(version) is int:
            self._on_version(version)

    def _look_at(self, entry: TapEntry, answer: ServerAnswer) -> None:
        if entry.outcome == wire.GRANTED and answer.outcome != wire.GRANTED:
            self.rejected += 1
            _logger.warning(
                "the server did not take a granted tap",
                extra={"tap": entry.uuid, "terminal": entry.terminal, "code": answer.code},
            )

    def _failed(self, problem: str) -> int:
        if self.up:
            _logger.warning("the server does not answer: %s", problem)
        self.up, self.problem = False, problem
        return self._backoff.next_ms()

    def _refused(self, refused: ServerRefused, batch: Batch) -> int:
        """Handle a refusal of a batch; return the pause in ms."""
        if refused.code == errors.JOURNAL_FORK:
            return self._fork(refused)
        if refused.code in _TOO_BIG or refused.status == 413:
            return self._smaller(refused, batch)
        if refused.status == 400 and refused.values.get("field") in TapEntry._fields:
            return self._smaller(refused, batch)
        _logger.warning("the server refuses: %s", refused)
        self.up, self.problem = False, str(refused)
        if refused.code in SWITCHED_OFF:
            self.switch(refused.code)
            return DISABLED_PAUSE_MS
        pause_ms = self._backoff.next_ms()
        return max(pause_ms, min(refused.number("retry_after_ms"), RETRY_AFTER_MAX_MS))

    def _fork(self, refused: ServerRefused) -> int:
        old = self._journal.fork()
        self.forks += 1
        _logger.error(
            "the server has another journal than this: a new one is begun, the old is %s", old.name,
            extra={"head_seq": refused.number("head_seq")},
        )  # fmt: skip
        # pause: a server that always reports a fork must not fill the disk with journals
        return 0 if self.forks < 3 else self._backoff.next_ms()

    def _smaller(self, refused: ServerRefused, batch: Batch) -> int:
        """Halve the batch to find the entry that the server cannot read; skip a single such entry."""
        if len(batch.entries) > 1:
            self._limit = len(batch.entries) // 2
            return 0
        entry = batch.entries[0]
        _logger.error(
            "the server cannot read an entry; it stays in the journal and is not sent",
            extra={"tap": entry.uuid, "seq": entry.seq, "field": str(refused.values.get("field"))},
        )
        self.rejected += 1
        self._resending.give_up(entry.seq)
        self._journal.acknowledge(entry.seq, {})
        self._limit = wire.MAX_ENTRIES
        return 0


def _kept(answer: ServerAnswer) -> dict[str, Any]:
    """Return the part of an answer that the journal stores: without the holder's name and the balance."""
    return {"outcome": answer.outcome, "code": answer.code, "amount_minor": answer.amount_minor}


def _answers(values: dict[str, Any], batch: Batch) -> dict[tuple[str, str], ServerAnswer]:
    """Return the answers by uuid and mode of their entry; every entry must have one."""
    rows = values.get("answers")
    if not isinstance(rows, list) or len(rows) != len(batch.entries):
        raise ServerUnreachable("the server did not answer every entry")
    answers = {}
    for entry, row in zip(batch.entries, rows, strict=True):
        if not isinstance(row, dict) or row.get("uuid") != entry.uuid:
            raise ServerUnreachable("the server answered other entries")
        try:
            answers[entry.uuid, entry.mode] = ServerAnswer.read(row, entry.kind)
        except ValueError as error:
            raise ServerUnreachable(str(error)) from error
    return answers
