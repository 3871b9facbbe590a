"""The little of HTTP/1.1 that browsers speak to a hardware proxy, with a limit on everything."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final

HEAD_MAX_BYTES: Final = 16_384
BODY_MAX_BYTES: Final = 16_384
TARGET_MAX: Final = 1_024
HEADERS_MAX: Final = 64
METHODS: Final = frozenset({"GET", "HEAD", "POST", "OPTIONS"})

_TOKEN: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}\Z")
_VALUE: Final = re.compile(r"[\t\x20-\x7e\x80-\xff]*\Z")
_LENGTH: Final = re.compile(r"\d{1,9}\Z")
_TARGET: Final = re.compile(r"/[\x21-\x7e]*\Z")
#: Said twice they mean an attack or a broken proxy.
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
    """``delay_ms``: answer not before so much time, to slow down who asks in a loop."""

    status: int = 200
    body: bytes = b""
    content_type: str = "text/plain; charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)
    delay_ms: int = 0


def parse_head(head: bytes) -> Request:
    """Return the request whose head (with the empty line at its end) was read.

    Raises ``HttpError``: 400 malformed, 405 method, 411 length, 413 body, 414 target, 505 version.
    """
    lines = head.decode("latin-1").removesuffix("\r\n\r\n").split("\r\n")
    method, path, is_new = _request_line(lines[0])
    headers = _headers(lines[1:])
    if "transfer-encoding" in headers:
        raise HttpError(HTTPStatus.LENGTH_REQUIRED, "length_required")
    wanted = {word.strip().lower() for word in headers.get("connection", "").split(",")}
    keep_alive = "close" not in wanted if is_new else "keep-alive" in wanted
    return Request(method, path, headers, keep_alive, _length(method, headers))


def _request_line(line: str) -> tuple[str, str, bool]:
    parts = line.split(" ")
    if len(parts) != 3 or not _TOKEN.match(parts[0]):
        raise HttpError(HTTPStatus.BAD_REQUEST, "malformed")
    method, target, version = parts
    if version not in ("HTTP/1.1", "HTTP/1.0"):
        raise HttpError(HTTPStatus.HTTP_VERSION_NOT_SUPPORTED, "version")
    if len(target) > TARGET_MAX:
        raise HttpError(HTTPStatus.REQUEST_URI_TOO_LONG, "target_too_long")
    if not _TARGET.match(target):
        raise HttpError(HTTPStatus.BAD_REQUEST, "malformed")
    if method not in METHODS:
        raise HttpError(HTTPStatus.METHOD_NOT_ALLOWED, "method")
    return method, target.partition("?")[0], version == "HTTP/1.1"


def _headers(lines: list[str]) -> dict[str, str]:
    if len(lines) > HEADERS_MAX:
        raise HttpError(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "headers_too_many")
    headers: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.partition(":")
        name = name.lower()
        if not colon or not _TOKEN.match(name) or not _VALUE.match(value):
            raise HttpError(HTTPStatus.BAD_REQUEST, "malformed")
        if name in headers and name in _ONCE:
            raise HttpError(HTTPStatus.BAD_REQUEST, "malformed")
        headers[name] = value.strip(" \t")
    return headers


def _length(method: str, headers: Mapping[str, str]) -> int:
    text = headers.get("content-length")
    if text is None:
        if method == "POST":
            raise HttpError(HTTPStatus.LENGTH_REQUIRED, "length_required")
        return 0
    if not _LENGTH.match(text):
        raise HttpError(HTTPStatus.BAD_REQUEST, "malformed")
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
