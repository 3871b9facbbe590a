"""Settings of the LAN service, checked before it listens."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

PORT: Final = 8169
TOKEN_MIN, TOKEN_MAX = 8, 24
TERMINAL: Final = re.compile(r"[A-Za-z0-9_.-]{1,32}\Z")
_TOKEN: Final = re.compile(r"[A-Za-z0-9]*\Z")
_HOST: Final = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?\Z")


class LanConfigError(ValueError):
    """A setting is wrong: ``setting`` is its name, the message says what it must be."""

    def __init__(self, setting: str, message: str) -> None:
        super().__init__(f"lan.{setting}: {message}")
        self.setting = setting


@dataclass(frozen=True)
class LanConfig:
    """``origins`` are the addresses from which browsers load the POS: scheme, host and port.

    ``terminal`` is used for an address that names no terminal. With a ``token`` the POS must ask
    under ``/terminal-token``. ``hosts`` are names, besides numeric addresses and localhost, under
    which browsers reach this service. ``cert_file`` and ``key_file`` (PEM) switch TLS on.
    """

    bind: str = "127.0.0.1"
    port: int = PORT
    origins: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    terminal: str = ""
    token: str = ""
    cert_file: str = ""
    key_file: str = ""
    poll_ms: int = 25_000
    keep_ms: int = 5_000
    connections_max: int = 128
    per_client_max: int = 32

    def __post_init__(self) -> None:
        for setting, wanted in _TYPES.items():
            if type(getattr(self, setting)) is not wanted:
                raise LanConfigError(setting, f"must be of type {wanted.__name__}")
        for setting, (low, high) in _BOUNDS.items():
            if not low <= getattr(self, setting) <= high:
                raise LanConfigError(setting, f"must be from {low} to {high}")
        _check_address(self.bind)
        if self.terminal and not TERMINAL.match(self.terminal):
            raise LanConfigError("terminal", "must be the code of a terminal")
        _check_token(self.token)
        if bool(self.cert_file) is not bool(self.key_file):
            raise LanConfigError("cert_file", "must be given together with key_file")
        object.__setattr__(self, "origins", tuple(map(normal_origin, self.origins)))
        object.__setattr__(self, "hosts", tuple(map(_normal_host, self.hosts)))

    @property
    def tls(self) -> bool:
        """Say whether the service speaks TLS."""
        return bool(self.cert_file)

    @classmethod
    def from_mapping(cls, settings: Mapping[str, Any], folder: Path = Path()) -> LanConfig:
        """Return the settings that ``settings`` states; file names are relative to ``folder``.

        Raises ``LanConfigError`` for an unknown setting or a wrong value.
        """
        known = {item.name for item in fields(cls)}
        if unknown := sorted(set(settings) - known):
            raise LanConfigError(unknown[0], "is not a setting")
        values: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in settings.items()
        }
        for name in ("cert_file", "key_file"):
            if isinstance(values.get(name), str) and values[name]:
                values[name] = str(folder / values[name])
        return cls(**values)


_TYPES: Final[dict[str, type]] = {
    "bind": str,
    "port": int,
    "origins": tuple,
    "hosts": tuple,
    "terminal": str,
    "token": str,
    "cert_file": str,
    "key_file": str,
    "poll_ms": int,
    "keep_ms": int,
    "connections_max": int,
    "per_client_max": int,
}
_BOUNDS: Final = {
    "port": (0, 65_535),
    "poll_ms": (100, 55_000),
    "keep_ms": (100, 10_000),
    "connections_max": (4, 1_024),
    "per_client_max": (4, 1_024),
}


def normal_origin(text: object) -> str:
    """Return an origin as browsers send it: lower case, without the scheme's default port.

    Raises ``LanConfigError`` when ``text`` is no http or https origin.
    """
    try:
        parts = urlsplit(text if isinstance(text, str) else "")
        port = parts.port
    except ValueError:
        raise LanConfigError(
            "origins", "must be like https://school.example or http://10.0.0.5:8069"
        ) from None
    beside = parts.path.strip("/") or parts.query or parts.fragment or parts.username is not None
    if parts.scheme not in ("http", "https") or not parts.hostname or beside:
        raise LanConfigError("origins", "must be like https://school.example or http://10.0.0.5:8069")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    is_usual = port in (None, 443 if parts.scheme == "https" else 80)
    return f"{parts.scheme}://{host}" if is_usual else f"{parts.scheme}://{host}:{port}"


def _normal_host(text: object) -> str:
    name = text.lower().rstrip(".") if isinstance(text, str) else ""
    if not _HOST.match(name):
        raise LanConfigError("hosts", "must be names of this machine, without scheme and port")
    return name


def _check_address(text: str) -> None:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        raise LanConfigError("bind", "must be a numeric address, such as 127.0.0.1 or 0.0.0.0") from None


def _check_token(text: str) -> None:
    if not _TOKEN.match(text) or (text and not TOKEN_MIN <= len(text) <= TOKEN_MAX):
        raise LanConfigError("token", f"must be {TOKEN_MIN} to {TOKEN_MAX} letters and digits")
