"""The whole edge: puts its parts together, starts and stops them, reports the status."""

from __future__ import annotations

import json
import logging
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, Final
from urllib.parse import urlsplit

from campus_core.errors import WireError

from . import __version__
from .clock import kept
from .clock.clock import Clock
from .config import Config
from .doors import of_edge
from .feed import Feed, ReaderStatus, Status
from .files import write_atomic
from .journal import store
from .journal.journal import JournalUnwritable
from .journal.opening import damaged_in, open_journal
from .journal.salvage import read_lost
from .lan.server import LanServer
from .lan_feed import LanFeed
from .loop import Loop
from .protocols.base import READY, SICK
from .readers.drivers import Ports
from .readers.keying import Keying
from .readers.readers import MakePort, Readers
from .server import identity, tls
from .server.http import Connection
from .server.identity import Paired
from .server.listener import Listener
from .server.pulse import Pulse
from .server.sender import Sender
from .snapshot.snapshot import Snapshot
from .snapshot.store import SnapshotStore
from .taps.asks import Asks
from .taps.engine import Engine
from .taps.exposure import Exposure

_logger = logging.getLogger(__name__)
TICK_S: Final = 1.0
PRUNE_EVERY_S: Final = 3_600
STATUS_EVERY_S: Final = 5
TIME_EVERY_S: Final = 60
STATUS_FILE: Final = "status.json"
JOURNAL_FILE: Final = "journal.db"


class Edge:
    """A ``feed.Source``. ``start`` returns when readers are served, ``stop`` when everything is stored."""

    def __init__(self, config: Config, paired: Paired, port_maker: MakePort | None = None) -> None:
        self._config, self._paired = config, paired
        self._folder = config.state_folder
        self._started = time.monotonic()
        self.clock = Clock(config.zone)
        key = paired.identity.key
        self._tls = tls.context_for(urlsplit(paired.identity.url).scheme, config.ca_file)
        self.journal, _aside = open_journal(self._folder / JOURNAL_FILE, key)
        self.snapshot = Snapshot()
        self.store = SnapshotStore(self._folder / "snapshot", self.snapshot, paired.keys)
        self.exposure, asks = Exposure(), Asks()
        self.sender = Sender(
            self.journal, self._connect(), asks, self.exposure, self._version_seen, config.request_timeout_ms
        )
        self.listener = Listener(
            self.store, self._connect(), self.clock, paired.identity.url, self.sender.server_seen,
            self._leases_changed, config.poll_ms, self._tls,
        )  # fmt: skip
        self._loop = Loop()
        self.engine = Engine(
            self._loop, self.journal, self.snapshot, self.sender, asks, self.exposure, self.clock,
            config.language, config.ask_timeout_ms,
        )  # fmt: skip
        self._lan_feed = LanFeed(self.status, lambda: self.readers.tills, str(config.zone or ""))
        keying = Keying(config.readers, self.engine, self.snapshot.terminal, config.language)
        make_port = port_maker or Ports(self._loop)
        self.readers = Readers(config.readers, make_port, self.engine.begin, self._offer, keying, self._loop)
        self.doors = of_edge.join(self, self._loop, keying, config)
        self._lan_feed.muster_of = self.doors.muster
        self.lan = LanServer(config.lan, self._lan_feed) if config.lan else None
        self._pulse = Pulse(self._connect(), self.sender, self._version_seen, self._heartbeat)
        # the server's page waits for the confirmation
        self.doors.on_lockdown = self._pulse.soon
        self._stopping = threading.Event()
        self._ticker = threading.Thread(target=self._tick_on, name="ticker", daemon=True)
        self._due: dict[str, float] = {}
        #: Called every second by the loop. It feeds the service manager's watchdog, which thus notices a loop
        #: that hangs.
        self.on_tick: Callable[[], None] = lambda: None
        #: Problems with adapters that were found at the start, see ``adapters``.
        self.notices: list[str] = []

    @property
    def feed(self) -> Feed:
        """The feed of answered taps."""
        return self.engine.feed

    # -- life ------------------------------------------------------------------------------
    def start(self) -> None:
        """Restore the state of the last run, then serve."""
        self.store.load()
        kept.begin(self._folder, self.clock, self.journal, self.snapshot)
        self._restore()
        self.doors.start()
        self.feed.subscribe(self._lan_feed.take_event)
        self.sender.start()
        self.listener.start()
        self.readers.start()
        if self.lan:
            self.lan.start()
        self._pulse.start()
        self._write_status()
        self._ticker.start()
        _logger.info("started", extra={"edge": self._paired.identity.edge, "version": __version__})

    def stop(self) -> None:
        """Stop the readers, then the sending; unsent entries stay in the journal for the next run."""
        self._stopping.set()
        self.readers.stop()
        if self.lan:
            self.lan.stop()
        self._pulse.stop()
        self.listener.stop()
        self.sender.stop()
        self.doors.stop()
        self._ticker.join(timeout=5)
        kept.keep(self._folder, self.clock, self.journal)
        self.journal.close()
        self._loop.stop()
        _logger.info("stopped")

    # -- status ----------------------------------------------------------------------------
    def status(self) -> Status:
        """Return the status of the edge; cheap and safe from any thread."""
        age_ms = self.clock.now_ms() - self.snapshot.confirmed_at_ms
        return Status(
            state=self._state(),
            edge=self._paired.identity.edge,
            name=self._paired.identity.name,
            version=__version__,
            uptime_s=int(time.monotonic() - self._started),
            snapshot=self.snapshot.version,
            snapshot_age_s=max(age_ms, 0) // 1000 if self.snapshot.version else None,
            cards=len(self.snapshot),
            journal=self.journal.id,
            head_seq=self.journal.head_seq,
            queue=self.journal.queue_length,
            drift_ms=self.clock.drift_ms,
            offline_minor=self.exposure.offline_minor,
            taps=self.engine.taps,
            websocket=self.listener.connected,
            readers=tuple(self._readers()),
            problems=tuple(self._problems()),
            lockdowns=self.doors.lockdowns.locking,
        )

    def _state(self) -> str:
        if self.engine.journal_problem:
            return "sick"
        if self.sender.disabled:
            return "disabled"
        if not self.snapshot.version:
            return "starting"
        return "online" if self.sender.up else "offline"

    def _readers(self) -> Iterator[ReaderStatus]:
        """Return the status of the readers; all are sick while the journal cannot be written."""
        of_boards = (status for board in self.doors.boards for status in board.status())
        for reader in (*self.readers.status, *of_boards):
            if self.engine.journal_problem and reader.state == READY:
                reader = replace(reader, state=SICK, detail="the journal cannot be written")
            yield reader

    def _problems(self) -> list[str]:
        named = (
            ("the journal cannot be written", self.engine.journal_problem),
            ("switched off by the server", self.sender.disabled),
            ("taps are not sent", self.sender.problem),
            ("the card list is not fresh", self.listener.problem),
            ("lockdowns cannot be stored", self.doors.lockdowns.problem),
            ("freezes are asked for, not pushed", self.listener.push_problem),
            ("the time is doubtful", "" if self.clock.is_sure else "neither the server nor NTP has told it"),
        )
        problems = [f"{name}: {detail}" for name, detail in named if detail]
        problems += [
            f"a damaged journal was put aside: {path.name}; campus-edge journal salvage"
            for path in damaged_in(self._folder)
        ]
        if self.sender.rejected:
            problems.append(f"taps that the server did not take: {self.sender.rejected}")
        return [*problems, *self.notices]

    def _heartbeat(self) -> dict[str, Any]:
        status = self.status()
        return {
            "version": status.version,
            "uptime_s": status.uptime_s,
            "snapshot": status.snapshot,
            "queue": status.queue,
            "journal": status.journal,
            "head_seq": status.head_seq,
            "drift_ms": status.drift_ms,
            "lost": read_lost(self._folder),
            **self.doors.lockdowns.told(),
            "contacts": [[door, is_open] for door, is_open in self.doors.inputs.contacts.items()],
            "tamper": any(reader.tamper for reader in status.readers),
            "readers": [
                {"terminal": reader.terminal, "state": reader.state, "detail": reader.detail}
                for reader in status.readers
            ],
        }

    # -- inside ------------------------------------------------------------------------------
    def _connect(self) -> Connection:
        return Connection(self._paired.identity, self.clock, self._tls)

    def _version_seen(self, version: int) -> None:
        self.listener.version_seen(version)

    def _leases_changed(self, cards: Any) -> None:
        with self.exposure.lock:
            self.exposure.leases_changed(cards)
        if self.snapshot.keys.to_wire() != self._paired.keys.to_wire():
            # the next start checks the stored list with the keys that are valid now
            self._paired = self._paired._replace(keys=self.snapshot.keys)
            identity.save(self._folder, self._paired)

    def _offer(self, terminal: str, credential: str) -> bool:
        self.engine.read(terminal, credential)
        return self._lan_feed.offer(terminal, credential)

    def _restore(self) -> None:
        entries = self.journal.unacknowledged()
        now_ms = self.clock.now_ms()
        leases = {
            entry.card: card.lease_minor
            for entry in entries
            if entry.card is not None and (card := self.snapshot.card(entry.card, now_ms)) is not None
        }
        since_ms = now_ms - self.snapshot.limits.snapshot_age_s * 1000
        acked_seq = self.journal.acked_seq
        told = self.journal.read(lambda base: store.sales(base, acked_seq, since_ms))
        with self.exposure.lock:
            self.exposure.restore_told(told, now_ms, self.clock.elapsed_ms())
            self.exposure.restore(entries, leases)
        self._sweep()

    def _tick_on(self) -> None:
        while not self._stopping.wait(TICK_S):
            self._loop.post(self.on_tick)
            self.clock.tick()
            self.doors.tick()
            self._sweep()
            if self._is_due("status", STATUS_EVERY_S):
                self._write_status()
            if self._is_due("keys", STATUS_EVERY_S):
                self.readers.renew_keys()
            if self._is_due("time", TIME_EVERY_S):
                kept.keep(self._folder, self.clock, self.journal)
            if self.clock.is_sure and self._is_due("prune", PRUNE_EVERY_S):
                self._prune()

    def _is_due(self, what: str, every_s: float) -> bool:
        now = time.monotonic()
        if now < self._due.get(what, 0.0):
            return False
        self._due[what] = now + every_s
        return True

    def _sweep(self) -> None:
        try:
            abandoned = self.engine.sweep()
        except (JournalUnwritable, WireError, sqlite3.Error) as error:
            self.engine.journal_problem = str(error)
            return
        if abandoned:
            _logger.warning("taps were abandoned", extra={"count": abandoned})

    def _prune(self) -> None:
        keep_from_ms = self.clock.now_ms() - self._config.keep_days * 86_400_000
        try:
            self.journal.prune(keep_from_ms)
        except JournalUnwritable as error:
            self.engine.journal_problem = str(error)

    def _write_status(self) -> None:
        content = json.dumps(self.status().to_json() | {"at_ms": self.clock.system_ms()}, ensure_ascii=False)
        try:
            write_atomic(self._folder / STATUS_FILE, content.encode(), durable=False)
        except OSError as error:
            _logger.warning("the status cannot be written: %s", error)
