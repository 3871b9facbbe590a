"""An edge without readers for tests: engine, journal, sender and snapshot on a real server."""

import time
from concurrent.futures import Future

from campus_core.credentials import signing
from campus_edge.clock.clock import Clock
from campus_edge.journal.journal import Journal
from campus_edge.loop import Loop
from campus_edge.server.http import Connection, Identity
from campus_edge.server.listener import Listener
from campus_edge.server.sender import Sender
from campus_edge.snapshot.snapshot import Snapshot
from campus_edge.snapshot.store import SnapshotStore
from campus_edge.taps.asks import Asks
from campus_edge.taps.engine import Engine
from campus_edge.taps.exposure import Exposure
from support.edge_campus import uid_of

KEY = signing.SigningKey(bytes(range(32)))


#: Far above what anything here takes, so that a busy machine or disk is no failure.
PATIENCE_S = 30.0


def until(true, timeout_s=PATIENCE_S):
    """Wait until ``true()``; say what it was at the end."""
    end = time.monotonic() + timeout_s
    while not (found := true()) and time.monotonic() < end:
        time.sleep(0.005)
    return found


class Rig:
    """``server`` is an ``EdgeServer`` that knows ``KEY``; ``folder`` keeps the edge's files.

    The server is waited for longer than it takes on a busy machine, or the edge would decide alone.
    """

    def __init__(self, server, folder, ask_timeout_ms=10_000, poll_ms=100, clock=None):
        self.server = server
        self.clock = clock or Clock()
        identity = Identity(server.edge, "Canteen", server.url, KEY)
        self.journal = Journal(folder / "journal.db", KEY)
        self.snapshot = Snapshot()
        self.store = SnapshotStore(folder / "snapshot", self.snapshot, server.campus.ring)
        self.store.load()
        self.asks, self.exposure = Asks(), Exposure()
        self.sender = Sender(
            self.journal, Connection(identity, self.clock), self.asks, self.exposure, self._version, 2000
        )
        self.listener = Listener(
            self.store, Connection(identity, self.clock), self.clock, server.url,
            self.sender.server_seen, self.exposure.leases_changed, poll_ms,
        )  # fmt: skip
        self.loop = Loop()
        self.engine = Engine(
            self.loop, self.journal, self.snapshot, self.sender, self.asks, self.exposure, self.clock, "en_US",
            ask_timeout_ms,
        )  # fmt: skip

    def _version(self, version):
        self.listener.version_seen(version)

    def __enter__(self):
        self.exposure.restore(self.journal.unacknowledged(), {})
        self.engine.sweep()
        self.sender.start()
        self.listener.start()
        return self

    def __exit__(self, *error):
        self.listener.stop()
        self.sender.stop()
        self.journal.close()
        self.loop.stop()

    def ready(self):
        """Wait for the snapshot and the server."""
        assert until(lambda: self.snapshot.version == self.server.campus.version)
        assert until(lambda: self.sender.up)
        return self

    def sent(self):
        """Wait until the server has the whole journal."""
        return until(lambda: self.journal.queue_length == 0)

    def present(self, terminal, credential, amount_minor=None):
        """Show a credential from a thread that has nothing else to do, and wait for the answer."""
        done = Future()

        def begin():
            try:
                self.engine.begin(terminal, credential, done.set_result, amount_minor)
            except Exception as error:
                done.set_exception(error)

        self.loop.post(begin)
        return done.result()

    def tap(self, card, terminal="T01", amount_minor=None):
        return self.present(terminal, f"uid:{uid_of(card)}", amount_minor)
