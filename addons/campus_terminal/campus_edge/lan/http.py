"""Reads HTTP requests of browsers with ``h11``, with a limit on every part, and writes answers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final

import h11

HEAD_MAX_BYTES: Final = 16_384
BODY_MAX_BYTES: Final = 16_384
TARGET_MAX: Final = 1_024
HEADERS_MAX: Final = 64
METHODS: Final = frozenset({"GET", "HEAD", "POST", "OPTIONS"})

#: A header that continues in the next line; RFC 9112 deprecates this.
_FOLDED: Final = re.compile(rb"\n[ \t]")
#: ``h11`` accepts control characters in values, so they are checked here.
_VALUE: Final = re.compile(rb"[\t\x20-\x7e\x80-\xff]*\Z")
_TARGET: Final = re.compile(r"/[\x21-\x7e]*\Z")
#: Headers that a request may have only once; twice means an attack or a broken proxy.
_ONCE: Final = frozenset({"host", "content-length", "origin", "content-type"})


class HttpError(Exception):
    """The request is refused with ``status``, and the connection ends."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(code)
        self.status, self.code = status, code


@dataclass(frozen=True)
class Request:
    """``headers`` have lower-case names; ``path`` has no query."""

    method: str
    path: str
    headers: Mapping[str, str]
    keep_alive: bool
    length: int = 0
    body: bytes = b""


@dataclass
class Response:
    """``delay_ms``: how long to delay the answer, to slow down clients that ask in a loop."""

    status: int = 200
    body: bytes = b""
    content_type: str = "text/plain; charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)
    delay_ms: int = 0


def parse_head(head: bytes) -> Request:
    """Return the request whose head (with the empty line at its end) was read.

    ``h11`` parses it; this function checks limits and refuses ambiguous requests.
    Raises ``HttpError``: 400 malformed, 405 method, 411 length, 413 body, 414 target, 431 headers, 505 version.
    """
    if _FOLDED.search(head):
        raise HttpError(HTTPStatus.BAD_REQUEST, "malformed")
    parser = h11.Connection(h11.SERVER, max_incomplete_event_size=HEAD_MAX_BYTES)
    try:
        parser.receive_data(head)
        event = parser.next_event()
    except h11.RemoteProtocolError as error:
        raise HttpError(error.error_status_hint, "malformed") from None
    if not isinstance(event, h11.Request):
        raise HttpError(HTTPStatus.BAD_REQUEST, "malformed")
    if event.http_version not in (b"1.1", b"1.0"):
        raise HttpError(HTTPStatus.HTTP_VERSION_NOT_SUPPORTED, "version")
    headers = _headers(event)
    method, path = _method(event), _path(event)
    length = _length(method, headers)
    if not length and parser.trailing_data[0]:
        # an empty line that ends with LF alone: another parser may see a second request here
        raise HttpError(HTTPStatus.BAD_REQUEST, "malformed")
    wanted = {word.strip().lower() for word in headers.get("connection", "").split(",")}
    keep_alive = "close" not in wanted if event.http_version == b"1.1" else "keep-alive" in wanted
    return Request(method, path, headers, keep_alive, length)


def _method(event: h11.Request) -> str:
    method = event.method.decode("ascii")
    if method not in METHODS:
        raise HttpError(HTTPStatus.METHOD_NOT_ALLOWED, "method")
    return method


def _path(event: h11.Request) -> str:
    target = event.target.decode("latin-1")
    if len(target) > TARGET_MAX:
        raise HttpError(HTTPStatus.REQUEST_URI_TOO_LONG, "target_too_long")
    if not _TARGET.match(target):
        raise HttpError(HTTPStatus.BAD_REQUEST, "malformed")
    return target.partition("?")[0]


def _headers(event: h11.Request) -> dict[str, str]:
    if len(event.headers) > HEADERS_MAX:
        raise HttpError(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "headers_too_many")
    headers: dict[str, str] = {}
    for raw_name, raw_value in event.headers:
        name = raw_name.decode("ascii")
        if (name in headers and name in _ONCE) or not _VALUE.match(raw_value):
            raise HttpError(HTTPStatus.BAD_REQUEST, "malformed")
        headers[name] = raw_value.decode("latin-1")
    if "transfer-encoding" in headers:
        raise HttpError(HTTPStatus.LENGTH_REQUIRED, "length_required")
    return headers


def _length(method: str, headers: Mapping[str, str]) -> int:
    text = headers.get("content-length")
    if text is None:
        if method == "POST":
            raise HttpError(HTTPStatus.LENGTH_REQUIRED, "length_required")
        return 0
    if int(text) > BODY_MAX_BYTES:
        raise HttpError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "body_too_large")
    return int(text)


def format_response(response: Response, keep_alive: bool, is_head: bool = False) -> bytes:
    """Return the bytes of an answer; without its body to a HEAD request."""
    status = HTTPStatus(response.status)
    lines = [f"HTTP/1.1 {status.value} {status.phrase}"]
    if status is not HTTPStatus.NO_CONTENT:
        lines.append(f"Content-Length: {len(response.body)}")
    if response.body:
        lines.append(f"Content-Type: {response.content_type}")
    lines += ["Cache-Control: no-store", "X-Content-Type-Options: nosniff"]
    lines += [f"{name}: {value}" for name, value in response.headers.items()]
    lines.append(f"Connection: {'keep-alive' if keep_alive else 'close'}")
    head = "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n"
    return head if is_head else head + response.body
