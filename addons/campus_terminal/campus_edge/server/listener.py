"""Keeps the snapshot up to date: asks for deltas, and applies pushed freezes at once."""

from __future__ import annotations

import importlib
import json
import logging
import ssl
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any, Final
from urllib.parse import urlsplit

from campus_core.errors import WireError

from ..clock.clock import Clock
from ..ports.backoff import Backoff
from ..snapshot.store import SnapshotStore
from .http import SNAPSHOT_PATH, Connection, ServerRefused, ServerUnreachable

_logger = logging.getLogger(__name__)
#: Pause between requests without the websocket: a freeze must still arrive within two seconds.
POLL_MS: Final = 1_500
#: Pause between requests with the websocket, in case a push was lost.
SLOW_POLL_MS: Final = 30_000
FULL_TIMEOUT_MS: Final = 60_000
LONGEST_PAUSE_MS: Final = 15_000
#: Pause between checks whether the first snapshot has named the channel.
NO_CHANNEL_MS: Final = 200
WEBSOCKET_TIMEOUT_S: Final = 10
#: After so many pings without an answer the connection is given up.
SILENT_TURNS: Final = 3
NOTIFICATION: Final = "campus_snapshot"


class Listener:
    """Two threads: one asks for snapshots, one listens to the websocket."""

    def __init__(
        self,
        store: SnapshotStore,
        connection: Connection,
        clock: Clock,
        server_url: str,
        on_seen: Callable[[], None],
        on_leases: Callable[[Iterable[int]], None],
        poll_ms: int = POLL_MS,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._store, self._connection, self._clock = store, connection, clock
        self._url, self._tls = urlsplit(server_url), tls
        self._on_seen, self._on_leases, self._poll_ms = on_seen, on_leases, poll_ms
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._socket: Any = None
        self._known = self._newest = 0
        #: Whether the last request was answered.
        self._is_answered = False
        self._threads = [
            threading.Thread(target=self._ask_on, name="snapshot", daemon=True),
            threading.Thread(target=self._listen_on, name="websocket", daemon=True),
        ]
        self.connected = False
        self.problem = ""
        #: Takes other pushes by their kind; says whether it knew the kind.
        self.on_push: Callable[[str, dict[str, Any]], bool] = lambda kind, payload: False
        #: Why the websocket does not work although the server answers; empty if it works or was not tried.
        self.push_problem = ""

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Stop both threads, also during a request."""
        self._stopping.set()
        self._wake.set()
        self._connection.abort()
        _close(self._socket)
        for thread in self._threads:
            thread.join(timeout=5)
        self._connection.close()

    def version_seen(self, version: int) -> None:
        """Note a version that an answer named; the next turn asks for it if it is new.

        Not at once: answers come while many people tap, and urgent changes are pushed.
        """
        self._newest = max(self._newest, version)

    def hears_others(self) -> bool:
        """Say whether what happens at other edges is heard within two seconds: it is pushed, or asked for."""
        return self._is_answered

    # -- asking ------------------------------------------------------------------------------
    def _ask_on(self) -> None:
        backoff = Backoff(self._poll_ms, LONGEST_PAUSE_MS)
        while not self._stopping.is_set():
            self._wake.clear()
            if self.refresh():
                backoff.reset()
                self._rest()
            elif not self._stopping.is_set():
                self._wake.wait(backoff.next_ms() / 1000)

    def _rest(self) -> None:
        """Wait until something is pushed, a version is new, or the pause is over."""
        end = time.monotonic() + SLOW_POLL_MS / 1000
        while not self._stopping.is_set() and not self._wake.wait(self._poll_ms / 1000):
            if not self.connected or self._newest > self._known or time.monotonic() >= end:
                return

    def refresh(self) -> bool:
        """Ask for changes and apply them; say whether the server answered."""
        since = self._store.since
        path = f"{SNAPSHOT_PATH}?since={since}" if since else SNAPSHOT_PATH
        newest = self._newest
        try:
            answer = self._connection.request("GET", path, timeout_ms=FULL_TIMEOUT_MS)
            if answer.status == 200:
                signature = answer.headers.get("campus-signature", "")
                changed = self._store.take(signature, answer.body, self._clock.now_ms())
                self._on_leases(changed)
                _logger.info("snapshot %s", self._store.snapshot.version)
            else:
                self._store.confirm(self._clock.now_ms())
        except ServerUnreachable as error:
            return self._failed(str(error))
        except ServerRefused as refused:
            return self._failed(str(refused))
        except WireError as error:
            _logger.error("the snapshot is not taken: %s", error)
            return self._failed(str(error))
        except Exception as error:
            # an error with one answer must not end the requests for the list
            _logger.exception("the snapshot failed")
            return self._failed(type(error).__name__)
        # do not ask again for a version that changed nothing for this edge
        self._known = max(newest, self._store.snapshot.version)
        self.problem, self._is_answered = "", True
        self._on_seen()
        return True

    def _failed(self, problem: str) -> bool:
        self.problem, self._is_answered = problem, False
        return False

    # -- listening ---------------------------------------------------------------------------
    def _listen_on(self) -> None:
        backoff = Backoff(1_000, LONGEST_PAUSE_MS)
        try:
            library = importlib.import_module("websocket")
        except ImportError:
            _logger.warning("without websocket-client the server is asked every %s ms", self._poll_ms)
            self.push_problem = "websocket-client is not installed"
            return
        while not self._stopping.is_set():
            if not self._store.snapshot.bus.channel:
                self._stopping.wait(NO_CHANNEL_MS / 1000)
                continue
            try:
                self._listen(library, backoff)
            except (library.WebSocketException, OSError, ValueError) as error:
                _logger.info("the websocket ended: %s", error)
                self.push_problem = f"{type(error).__name__}: {error}"[:200]
            self.connected = False
            # ask for changes that were pushed while there was no connection
            self._wake.set()
            self._stopping.wait(backoff.next_ms() / 1000)

    def _listen(self, library: Any, backoff: Backoff) -> None:
        bus = self._store.snapshot.bus
        secure = self._url.scheme == "https"
        # only the path is used: pushes come from our server's host only
        path = urlsplit(bus.url).path or "/websocket"
        link = library.create_connection(
            f"{'wss' if secure else 'ws'}://{self._url.netloc}{path}",
            timeout=WEBSOCKET_TIMEOUT_S,
            origin=f"{self._url.scheme}://{self._url.netloc}",
            sslopt={"context": self._tls} if self._tls else None,
        )
        self._socket = link
        try:
            link.send(json.dumps({"event_name": "subscribe", "data": {"channels": [bus.channel], "last": 0}}))
            self.connected, self.push_problem = True, ""
            self._wake.set()
            backoff.reset()
            self._read(library, link, bus.channel)
        finally:
            self._socket = None
            _close(link)

    def _read(self, library: Any, link: Any, channel: str) -> None:
        silent = 0
        while not self._stopping.is_set() and silent < SILENT_TURNS:
            if self._store.snapshot.bus.channel != channel:
                return
            try:
                opcode, data = link.recv_data(control_frame=True)
            except library.WebSocketTimeoutException:
                silent += 1
                link.ping()
                continue
            silent = 0
            if opcode == library.ABNF.OPCODE_CLOSE:
                return
            if opcode in (library.ABNF.OPCODE_TEXT, library.ABNF.OPCODE_BINARY):
                self.pushed(data)

    def pushed(self, data: bytes) -> None:
        """Handle a message of the bus: freeze at once, ask for other changes. Other messages are ignored."""
        try:
            notifications = json.loads(data)
            messages = [row["message"] for row in notifications]
            messages = [one for one in messages if not self._is_other(one["type"], one["payload"])]
            payloads = [message["payload"] for message in messages if message["type"] == NOTIFICATION]
            states = [(int(card), str(state)) for load in payloads for card, state in load.get("cards", ())]
        except (ValueError, TypeError, KeyError, AttributeError):
            return
        if states:
            closed = self._store.snapshot.freeze(states)
            _logger.info("%s cards closed by a push", closed)
        if payloads:
            self._wake.set()

    def _is_other(self, kind: str, payload: Any) -> bool:
        """Have a push that is not about cards taken; say whether it was one."""
        if not isinstance(payload, dict):
            return False
        return self.on_push(str(payload.get("type") or kind), payload)


def _close(link: Any) -> None:
    if link is not None:
        try:
            link.close(timeout=1)
        except Exception as error:
            _logger.debug("the websocket did not close: %s", error)
