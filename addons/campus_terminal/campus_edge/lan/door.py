"""Decides who may ask: checks hosts, origins and paths, and makes the CORS headers for browsers.

Any web page can send requests to any machine; the CORS headers decide whether it may read the answers.
Scans are card numbers, so only pages of the configured origins get them.
"""

from __future__ import annotations

import hmac
import ipaddress
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from .config import LanConfig, LanConfigError, normal_origin

HELLO, HANDSHAKE, STATUS_JSON, SCANNER = "hello", "handshake", "status_json", "scanner"
PROXY_METHODS: Final = {HELLO: "GET", HANDSHAKE: "POST", STATUS_JSON: "POST", SCANNER: "POST"}
#: How long a browser may remember the answer to a preflight.
PREFLIGHT_S: Final = 600
_PROXY_PATH: Final = re.compile(r"(?:/([A-Za-z0-9_.-]{1,60}))?/hw_proxy/([a-z_]{1,20})\Z")
_PORT: Final = re.compile(r":\d{1,5}\Z")


@dataclass(frozen=True)
class ProxyPath:
    """``seat`` is the part before ``/hw_proxy``: a terminal, maybe with the token, or empty."""

    seat: str
    name: str


def proxy_path(path: str) -> ProxyPath | None:
    """Return the parts of a path of the hardware proxy; None for other paths."""
    found = _PROXY_PATH.match(path)
    if not found or found[2] not in PROXY_METHODS:
        return None
    return ProxyPath(found[1] or "", found[2])


class Door:
    """The access rules of one configuration."""

    def __init__(self, config: LanConfig) -> None:
        self._origins = frozenset(config.origins)
        self._hosts = frozenset(("localhost", *config.hosts))
        self._terminal, self._token = config.terminal, config.token

    def is_host(self, host: str | None) -> bool:
        """Say whether the header ``host`` names this service.

        In an attack by DNS rebinding the header has the attacker's name, so it is refused.
        """
        name = _PORT.sub("", (host or "").lower()).removeprefix("[").removesuffix("]")
        try:
            ipaddress.ip_address(name)
            return True
        except ValueError:
            return name.rstrip(".") in self._hosts

    def is_origin(self, origin: str | None) -> bool:
        """Say whether pages of ``origin`` may ask for scans."""
        try:
            return origin is not None and normal_origin(origin) in self._origins
        except LanConfigError:
            return False

    def terminal(self, seat: str, terminals: Sequence[str]) -> str | None:
        """Return the terminal that ``seat`` names, None if it names none or the token is wrong."""
        name = seat
        if self._token:
            name, dash, token = seat.rpartition("-")
            if not dash or not hmac.compare_digest(token.encode(), self._token.encode()):
                return None
        if name:
            return name if name in terminals else None
        only = terminals[0] if len(terminals) == 1 else ""
        return self._terminal if self._terminal in terminals else only or None

    def cors(self, origin: str | None) -> dict[str, str]:
        """Return the headers with which a page of ``origin`` may read the answer."""
        if origin is None or not self.is_origin(origin):
            return {"Vary": "Origin"}
        return {"Vary": "Origin", "Access-Control-Allow-Origin": origin}

    def preflight(self, headers: Mapping[str, str]) -> dict[str, str]:
        """Return the headers that answer a preflight, without permission for other origins."""
        origin = headers.get("origin")
        answer = self.cors(origin)
        if "Access-Control-Allow-Origin" not in answer:
            return answer
        answer |= {
            "Access-Control-Allow-Methods": "GET, POST",
            "Access-Control-Allow-Headers": "Content-Type",
            "Access-Control-Max-Age": str(PREFLIGHT_S),
        }
        for network in ("Private", "Local"):
            if headers.get(f"access-control-request-{network.lower()}-network") == "true":
                answer[f"Access-Control-Allow-{network}-Network"] = "true"
        return answer
