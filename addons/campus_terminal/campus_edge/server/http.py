"""HTTP requests to the server, with deadlines; signed requests use one kept connection."""

from __future__ import annotations

import http.client
import json
import secrets
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Mapping
from contextlib import closing, suppress
from typing import Any, Final, NamedTuple
from urllib.parse import SplitResult, urlsplit

from campus_core import errors
from campus_core.credentials import signing
from campus_core.credentials.signing import SigningKey

from ..clock.clock import Clock

TAPS_PATH: Final = "/campus/v1/taps"
SNAPSHOT_PATH: Final = "/campus/v1/snapshot"
HEARTBEAT_PATH: Final = "/campus/v1/heartbeat"
PAIR_PATH: Final = "/campus/v1/pair"
#: The longest answer; a full snapshot of 100,000 cards has 9 MB.
ANSWER_BYTES_MAX: Final = 64 << 20
_READ_BYTES: Final = 1 << 16


class ServerUnreachable(Exception):
    """There was no answer in time, or it cannot be read. The text is for people."""


class ServerRefused(Exception):
    """The server refused the whole request: ``status``, stable ``code`` and further ``values``."""

    def __init__(self, status: int, code: str, values: Mapping[str, Any]) -> None:
        super().__init__(f"{status} {code}")
        self.status, self.code, self.values = status, code, values

    def number(self, name: str) -> int:
        """Return a whole number of the refusal, 0 without it."""
        value = self.values.get(name)
        return value if type(value) is int and value >= 0 else 0


class Answer(NamedTuple):
    """An answer: status below 400, header names in lower case, the decompressed body."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> dict[str, Any]:
        """Return the body's JSON object; ``ServerUnreachable`` if it is none (such as a proxy's page)."""
        return _object(self.body)


class Identity(NamedTuple):
    """The edge's uuid and key, and its server's address."""

    edge: str
    name: str
    url: str
    key: SigningKey


class Connection:
    """One connection to the server, opened when needed and kept open. It runs one request at a time."""

    def __init__(self, identity: Identity, clock: Clock, tls: ssl.SSLContext | None = None) -> None:
        self._identity, self._clock = identity, clock
        self._url = urlsplit(identity.url)
        self._tls = tls
        self._lock = threading.Lock()
        self._link: http.client.HTTPConnection | None = None

    @property
    def clock(self) -> Clock:
        """The clock for signing requests; answers set it."""
        return self._clock

    def request(self, method: str, path: str, body: bytes = b"", timeout_ms: int = 5000) -> Answer:
        """Send a signed request and return the answer. Raises ``ServerUnreachable`` or ``ServerRefused``.

        If the server says that the clock is wrong, its answer sets the clock, and the request is
        repeated once.
        """
        with self._lock:
            try:
                return self._signed(method, path, body, timeout_ms)
            except ServerRefused as refused:
                if refused.code != errors.CLOCK_OUTSIDE_WINDOW:
                    raise
            return self._signed(method, path, body, timeout_ms)

    def close(self) -> None:
        """Close the connection; the next request opens a new one."""
        link, self._link = self._link, None
        if link is not None:
            with suppress(OSError):
                link.close()

    def abort(self) -> None:
        """Cancel a request of another thread."""
        sock = getattr(self._link, "sock", None)
        if sock is not None:
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)

    def _signed(self, method: str, path: str, body: bytes, timeout_ms: int) -> Answer:
        path = self._url.path.rstrip("/") + path
        deadline = time.monotonic() + timeout_ms / 1000
        fresh = self._link is None
        try:
            return self._exchange(method, path, body, deadline)
        except (http.client.RemoteDisconnected, ConnectionError, http.client.CannotSendRequest) as error:
            # the server may have closed the idle connection: try a new one
            self.close()
            if fresh:
                raise ServerUnreachable(_text(error)) from error
        except (OSError, http.client.HTTPException, zlib.error) as error:
            self.close()
            raise ServerUnreachable(_text(error)) from error
        try:
            return self._exchange(method, path, body, deadline)
        except (OSError, http.client.HTTPException, zlib.error) as error:
            self.close()
            raise ServerUnreachable(_text(error)) from error

    def _exchange(self, method: str, path: str, body: bytes, deadline: float) -> Answer:
        link = self._connected(deadline)
        sent_ms = self._clock.elapsed_ms()
        link.request(method, path, body or None, self._headers(method, path, body))
        _limit(link, deadline)
        response = link.getresponse()
        received_ms = self._clock.elapsed_ms()
        raw = _read(link, response, deadline)
        headers = {name.lower(): value for name, value in response.getheaders()}
        if headers.get("content-encoding") == "gzip":
            # unpack at most the size of the longest answer
            raw = zlib.decompressobj(wbits=31).decompress(raw, ANSWER_BYTES_MAX)
        if response.status >= 400:
            self._refused(response.status, raw, sent_ms, received_ms)
        answer = Answer(response.status, headers, raw)
        self._clock.accepted()
        if method == "POST":
            self._learn(answer.json(), sent_ms, received_ms)
        return answer

    def _headers(self, method: str, path: str, body: bytes) -> dict[str, str]:
        time_ms, nonce = self._clock.now_ms(), secrets.token_hex(16)
        edge, key = self._identity.edge, self._identity.key
        signature = signing.sign_request(key, edge, method, path, body, time_ms, nonce)
        headers = {
            "Campus-Edge": self._identity.edge,
            "Campus-Time": str(time_ms),
            "Campus-Nonce": nonce,
            "Campus-Signature": signature,
            "Accept-Encoding": "gzip",
        }
        return headers | ({"Content-Type": "application/json"} if body else {})

    def _connected(self, deadline: float) -> http.client.HTTPConnection:
        if self._link is None:
            self._link = _open(self._url, self._tls)
            _connect(self._link, deadline)
        _limit(self._link, deadline)
        return self._link

    def _refused(self, status: int, raw: bytes, sent_ms: int, received_ms: int) -> None:
        try:
            values = _object(raw)
        except ServerUnreachable:
            # the answer is from a proxy: the server cannot be reached
            raise ServerUnreachable(f"the server answered {status}") from None
        self._learn(values, sent_ms, received_ms)
        raise ServerRefused(status, str(values.get("code") or ""), values)

    def _learn(self, values: Mapping[str, Any], sent_ms: int, received_ms: int) -> None:
        server_time_ms = values.get("server_time_ms")
        if type(server_time_ms) is int and server_time_ms > 0:
            self._clock.learn(server_time_ms, sent_ms, received_ms)


def post_unsigned(
    url: SplitResult, path: str, body: bytes, tls: ssl.SSLContext | None, timeout_ms: int
) -> dict[str, Any]:
    """Send a request without a signature on its own connection, for pairing; return the JSON object.

    Raises ``ServerUnreachable`` or ``ServerRefused``.
    """
    deadline = time.monotonic() + timeout_ms / 1000
    link = _open(url, tls)
    try:
        with closing(link):
            _connect(link, deadline)
            link.request("POST", url.path.rstrip("/") + path, body, {"Content-Type": "application/json"})
            _limit(link, deadline)
            response = link.getresponse()
            raw = _read(link, response, deadline)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise ServerUnreachable(_text(error)) from error
    values = _object(raw)
    if response.status != 200:
        raise ServerRefused(response.status, str(values.get("code") or ""), values)
    return values


def _open(url: SplitResult, tls: ssl.SSLContext | None) -> http.client.HTTPConnection:
    host, port = url.hostname or "", url.port
    if url.scheme == "https":
        return http.client.HTTPSConnection(host, port, context=tls)
    return http.client.HTTPConnection(host, port)


def _connect(link: http.client.HTTPConnection, deadline: float) -> None:
    link.timeout = _left(deadline)
    link.connect()
    link.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _object(raw: bytes) -> dict[str, Any]:
    try:
        values = json.loads(raw)
    except ValueError:
        values = None
    if not isinstance(values, dict):
        raise ServerUnreachable("the answer is not what a campus server answers")
    return values


def _read(link: http.client.HTTPConnection, response: http.client.HTTPResponse, deadline: float) -> bytes:
    parts = []
    size = 0
    while True:
        _limit(link, deadline)
        part = response.read1(_READ_BYTES)
        if not part:
            break
        size += len(part)
        if size > ANSWER_BYTES_MAX:
            raise http.client.HTTPException("the answer is too long")
        parts.append(part)
    if response.length:
        raise http.client.IncompleteRead(b"", response.length)
    # http.client keeps a response that was read in parts open, and then refuses the next request
    response.close()
    return b"".join(parts)


def _limit(link: http.client.HTTPConnection, deadline: float) -> None:
    sock = link.sock
    if sock is not None:
        sock.settimeout(_left(deadline))


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError("the server did not answer in time")
    return left


def _text(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"[:200]
