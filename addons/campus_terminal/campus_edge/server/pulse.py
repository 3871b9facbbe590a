"""The heartbeat: sends the edge's status, and learns whether the edge is switched off."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable
from typing import Any, Final

from campus_core import errors

from .http import HEARTBEAT_PATH, Connection, ServerRefused, ServerUnreachable
from .sender import SWITCHED_OFF, Sender

_logger = logging.getLogger(__name__)
INTERVAL_S: Final = 30
INTERVAL_MIN_S, INTERVAL_MAX_S = 5, 600
TIMEOUT_MS: Final = 5_000


class Pulse:
    """The thread that sends ``POST /campus/v1/heartbeat``."""

    def __init__(
        self,
        connection: Connection,
        sender: Sender,
        on_version: Callable[[int], None],
        content: Callable[[], dict[str, Any]],
    ) -> None:
        self._connection, self._sender = connection, sender
        self._on_version, self._content = on_version, content
        self._stopping, self._wake = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="heartbeat", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Stop the thread, also during a request."""
        self._stopping.set()
        self._wake.set()
        self._connection.abort()
        self._thread.join(timeout=5)
        self._connection.close()

    def soon(self) -> None:
        """Send the next heartbeat at once: it has news that somebody waits for."""
        self._wake.set()

    def _run(self) -> None:
        pause_s = 1
        while True:
            self._wake.wait(pause_s)
            self._wake.clear()
            if self._stopping.is_set():
                return
            try:
                pause_s = self.beat()
            except Exception:
                # an error in our code must not end the heartbeats
                _logger.exception("the heartbeat failed")
                pause_s = INTERVAL_S

    def beat(self) -> int:
        """Send one heartbeat; return the seconds until the next."""
        acked_seq = self._sender.acked_seq
        body = json.dumps(self._content()).encode()
        try:
            answer = self._connection.request("POST", HEARTBEAT_PATH, body, TIMEOUT_MS).json()
        except ServerUnreachable as error:
            _logger.info("the heartbeat is not heard: %s", error)
            return INTERVAL_S
        except ServerRefused as refused:
            if refused.code in SWITCHED_OFF:
                self._sender.switch(refused.code)
            else:
                _logger.warning("the heartbeat is refused: %s", refused)
            return INTERVAL_S
        self._sender.switch("" if answer.get("enabled", True) else errors.EDGE_DISABLED)
        self._sender.server_seen()
        self._sender.server_has(answer, acked_seq)
        version, interval_s = answer.get("snapshot"), answer.get("interval_s")
        if type(version) is int:
            self._on_version(version)
        known = type(interval_s) is int
        return min(max(int(interval_s or 0), INTERVAL_MIN_S), INTERVAL_MAX_S) if known else INTERVAL_S
