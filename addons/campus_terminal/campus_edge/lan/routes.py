"""The routes: the hardware proxy of Odoo's POS, and the status page.

A POS calls ``GET hello`` to find the proxy, ``POST handshake`` (a truthy result connects), then
``POST status_json`` every 5 s, and ``POST scanner`` again and again: its answer waits until there is a
scan. The POS asks again at once after every answer, so refusals are delayed.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from campus_core.devices import reader_trouble
from campus_core.devices.heartbeat import BAD_READER_STATES

from ..protocols.base import READY, mask
from . import door, muster_page, page
from .config import LanConfig
from .desk import Desk
from .door import Door, ProxyPath
from .feed import Feed, Status
from .guesses import Guesses
from .http import Request, Response
from .page_text import language, speaker, trouble
from .text import till_text

REFUSED_DELAY_MS: Final = 1_000
#: The most tills that may wait for one terminal; further ones are told to try again later.
WAITING_MAX: Final = 16
#: The form of a masked credential, see ``mask``.
_MASKED: Final = re.compile(r"[a-z]{1,12}:(\(\d{1,4}\)|\*+[0-9A-F]{4})\Z")


@dataclass(frozen=True)
class Poll:
    """Wait at ``desk`` for a scan, then answer with ``scan_response``."""

    desk: Desk
    rpc_id: object
    headers: Mapping[str, str]


def now_ms() -> int:
    """Return milliseconds of the monotonic clock."""
    return time.monotonic_ns() // 1_000_000


class Routes:
    """The service without its sockets."""

    def __init__(self, config: LanConfig, feed: Feed) -> None:
        self.config, self.feed = config, feed
        self.door = Door(config)
        self._guesses = Guesses()
        self._desks: dict[str, Desk] = {}

    def take(self, terminal: str, credential: str) -> bool:
        """Give a tap to a waiting till; a ``feed.Take``."""
        text = till_text(credential)
        if text is None or terminal not in self.feed.terminals():
            return False
        return self.desk(terminal).put(text, now_ms())

    def desk(self, terminal: str) -> Desk:
        """Return the desk of a terminal that the feed knows."""
        return self._desks.setdefault(terminal, Desk(self.config.keep_ms))

    def answer(self, request: Request, client: str) -> Response | Poll:
        """Return the answer to a request of the address ``client``, or the poll to wait for."""
        if not self.door.is_host(request.headers.get("host")):
            return refusal(421, "host_unknown")
        path = door.proxy_path(request.path)
        if path is not None:
            return self._proxy(path, request, client)
        if request.method not in ("GET", "HEAD"):
            return refusal(405 if request.path in ("/", "/status") else 404, "not_found")
        if request.path == "/status":
            return _json(_in_codes(self.status()))
        if request.path == "/":
            html = page.render(self.status(), request.headers.get("accept-language", ""))
            return Response(200, html.encode(), "text/html; charset=utf-8", dict(page.HEADERS))
        found = self.feed.muster() if request.path in ("/muster", "/muster.json") else None
        if found is not None:
            return _json(found) if request.path.endswith(".json") else _muster(request, found)
        return refusal(404, "not_found")

    # -- hardware proxy ----------------------------------------------------------------

    def _proxy(self, path: ProxyPath, request: Request, client: str) -> Response | Poll:
        origin = request.headers.get("origin")
        if request.method == "OPTIONS":
            headers = self.door.preflight(request.headers)
            return Response(204 if len(headers) > 1 else 403, headers=headers)
        cors = self.door.cors(origin)
        if wait_ms := self._guesses.retry_after_ms(client, now_ms()):
            cors["Retry-After"] = str(wait_ms // 1_000 + 1)
            return refusal(429, "rate_limited", cors)
        # browsers send the origin with every request that matters; ``hello`` is also open to curl
        if not self.door.is_origin(origin) and (origin is not None or path.name != door.HELLO):
            return refusal(403, "origin_refused", cors)
        if request.method != door.PROXY_METHODS[path.name]:
            return refusal(405, "method", cors)
        terminal = self.door.terminal(path.seat, self.feed.terminals())
        if terminal is None:
            self._guesses.wrong(client, now_ms())
            return refusal(404, "terminal_unknown", cors)
        return self._proxy_route(path.name, terminal, request, cors)

    def _proxy_route(
        self, name: str, terminal: str, request: Request, cors: dict[str, str]
    ) -> Response | Poll:
        if name == door.HELLO:
            return Response(200, b"ping", headers=cors)
        call = _json_object(request.body)
        if call is None:
            return refusal(400, "malformed", cors)
        if name == door.HANDSHAKE:
            return rpc_response(call.get("id"), True, cors)
        if name == door.STATUS_JSON:
            return rpc_response(call.get("id"), {"scanner": self._scanner(terminal, request)}, cors)
        if self.desk(terminal).waiting() >= WAITING_MAX:
            return refusal(503, "too_many_tills", cors)
        return Poll(self.desk(terminal), call.get("id"), cors)

    def _scanner(self, terminal: str, request: Request) -> dict[str, object]:
        readers = [r for r in self.feed.status().get("readers", ()) if r.get("terminal") == terminal]
        is_ready = any(reader.get("state") == READY for reader in readers)
        say = speaker(language(request.headers.get("accept-language", "")))
        wrong = [
            str(reader.get("detail") or "") for reader in readers if reader.get("state") in BAD_READER_STATES
        ]
        messages = [trouble(say, detail) for detail in wrong]
        return {"status": "connected" if is_ready else "disconnected", "messages": messages}

    # -- status --------------------------------------------------------------------------

    def status(self) -> dict[str, object]:
        """Return the status of edge and tills as ``/status`` shows it; credentials are masked."""
        status: Status = {**self.feed.status()}
        status["taps"] = [
            {**tap, "credential": _masked(tap.get("credential", ""))} for tap in status.get("taps", ())
        ]
        return {**status, "tills": [self._till(terminal) for terminal in self.feed.terminals()]}

    def _till(self, terminal: str) -> dict[str, object]:
        desk = self.desk(terminal)
        return {
            "terminal": terminal,
            "attended": desk.is_attended(now_ms()),
            "waiting": desk.waiting(),
            "delivered": desk.delivered,
            "dropped": desk.dropped,
        }


def _muster(request: Request, found: Mapping[str, object]) -> Response:
    html = muster_page.render(found, request.headers.get("accept-language", ""))
    headers = {**page.HEADERS, "Cache-Control": "no-store"}
    return Response(200, html.encode(), "text/html; charset=utf-8", headers)


def _in_codes(status: dict[str, Any]) -> dict[str, Any]:
    """Return the status without what drivers and the network said: a reader's ``detail`` is its fault's code.

    The words of libraries are for whoever has the machine: its log and ``campus-edge status`` have them.
    """
    server = {key: value for key, value in status.get("server", {}).items() if key != "detail"}
    readers = [{**reader, "detail": _code(reader)} for reader in status.get("readers", ())]
    return {**status, **({"server": server} if server else {}), "readers": readers}


def _code(reader: Mapping[str, Any]) -> str:
    detail = str(reader.get("detail") or "")
    return reader_trouble.code_of(detail) if reader.get("state") in BAD_READER_STATES else detail


def _masked(credential: str) -> str:
    return credential if _MASKED.match(credential) else mask(credential)


def scan_response(poll: Poll, text: str | None) -> Response:
    """Return the answer to a poll: a scan, or None when none came."""
    return rpc_response(poll.rpc_id, text, dict(poll.headers))


def rpc_response(rpc_id: object, result: object, headers: dict[str, str]) -> Response:
    """Return a JSON-RPC answer with ``result``."""
    # a value that cannot be the id of a call is not repeated
    known = rpc_id if isinstance(rpc_id, int | str) and len(str(rpc_id)) <= 64 else None
    return _json({"jsonrpc": "2.0", "id": known, "result": result}, headers)


def refusal(status: int, code: str, headers: dict[str, str] | None = None) -> Response:
    """Return a delayed refusal with a stable code."""
    return replace(_json({"code": code}, headers), status=status, delay_ms=REFUSED_DELAY_MS)


def _json(value: object, headers: dict[str, str] | None = None) -> Response:
    body = json.dumps(value, ensure_ascii=False, default=str).encode("utf-8", "replace")
    return Response(200, body, "application/json", headers or {})


def _json_object(body: bytes) -> dict[str, Any] | None:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None
