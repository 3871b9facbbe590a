"""The edge's identity: made by pairing, kept in the state folder; only its owner can read the key."""

from __future__ import annotations

import json
import secrets
import socket
from pathlib import Path
from typing import Any, Final, NamedTuple
from urllib.parse import SplitResult, urlsplit

from campus_core.credentials import signing
from campus_core.credentials.signing import KeyRing, SigningKey
from campus_core.errors import CODES, KEY_USED, WireError
from campus_core.taps import wire

from .. import __version__
from ..files import write_atomic
from . import tls
from .http import PAIR_PATH, Identity, ServerRefused, ServerUnreachable, post_unsigned

KEY_FILE: Final = "edge.key"
IDENTITY_FILE: Final = "identity.json"
PAIR_TIMEOUT_MS: Final = 15_000


class IdentityError(Exception):
    """There is no identity, or it cannot be made or read; the text is for people."""


class _KeyUsed(IdentityError):
    """The server already knows the key, from an earlier pairing whose answer was lost."""


class Paired(NamedTuple):
    """An identity and the campus keys that came with it."""

    identity: Identity
    keys: KeyRing


def load(folder: Path) -> Paired:
    """Return the identity kept in ``folder``. Raises ``IdentityError``."""
    path = folder / IDENTITY_FILE
    try:
        values = json.loads(path.read_text("utf-8"))
        return Paired(
            Identity(values["edge"], values["name"], values["url"], _load_key(folder / KEY_FILE)),
            KeyRing.from_wire(values["keys"]),
        )
    except FileNotFoundError:
        raise IdentityError("this edge is not paired: campus-edge pair CODE URL") from None
    except (OSError, ValueError, KeyError, TypeError, WireError) as error:
        raise IdentityError(f"{path} cannot be used: {error}") from error


def save(folder: Path, paired: Paired) -> None:
    """Store an identity; its key is already in the folder."""
    values = {
        "edge": paired.identity.edge,
        "name": paired.identity.name,
        "url": paired.identity.url,
        "keys": paired.keys.to_wire(),
    }
    write_atomic(folder / IDENTITY_FILE, json.dumps(values, ensure_ascii=False, indent=1).encode())


def check_url(url: str, allow_plain_http: bool) -> SplitResult:
    """Return the parts of the server's address; ``IdentityError`` if it must not be used.

    With plain HTTP anybody in the network could answer taps; use it only for tests on one machine.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise IdentityError(f"{url!r} is not an address like https://campus.example")
    if parts.scheme == "http" and not allow_plain_http and not _is_this_machine(parts.hostname):
        raise IdentityError(f"{url} is not encrypted: use https, or set server.allow_plain_http = true")
    return parts


def pair(code: str, url: str, folder: Path, *, allow_plain_http: bool, ca_file: Path | None) -> Paired:
    """Make a key, send its public half with the one-time ``code``, and store the identity.

    Raises ``IdentityError``. If the code is refused, an earlier identity stays.
    """
    parts = check_url(url, allow_plain_http)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = folder / f"{KEY_FILE}.new"
    old = _unfinished(fresh)
    try:
        key, values = _offer(old or signing.generate(secrets.token_bytes), code, parts, fresh, ca_file)
    except _KeyUsed:
        if old is None:
            raise
        key, values = _offer(signing.generate(secrets.token_bytes), code, parts, fresh, ca_file)
    try:
        if not wire.is_uuid(values["edge"]):
            raise ValueError("no edge")
        paired = Paired(
            Identity(values["edge"], str(values["name"]), url.rstrip("/"), key),
            KeyRing.from_wire(values["keys"]),
        )
    except (KeyError, ValueError, TypeError, WireError) as error:
        raise IdentityError("the server's answer is not that of a campus server") from error
    fresh.rename(folder / KEY_FILE)
    save(folder, paired)
    return paired


def _offer(
    key: SigningKey, code: str, parts: SplitResult, fresh: Path, ca_file: Path | None
) -> tuple[SigningKey, dict[str, Any]]:
    """Send the pairing request with ``key``; return the key used and the answer."""
    # stored before the request: with a full disk the code must not be used up
    write_atomic(fresh, key.seed.hex().encode())
    question = {
        "code": code,
        "public_key": signing.b64url_encode(key.public),
        "name": socket.gethostname()[:64],
        "version": __version__,
    }
    return key, _ask(parts, json.dumps(question).encode(), ca_file)


def _unfinished(path: Path) -> signing.SigningKey | None:
    """Return the key of a pairing whose answer was lost; the server may know it already."""
    try:
        return signing.SigningKey(bytes.fromhex(path.read_text("ascii")))
    except (OSError, ValueError):
        return None


def _ask(parts: SplitResult, body: bytes, ca_file: Path | None) -> dict[str, Any]:
    try:
        context = tls.context_for(parts.scheme, ca_file)
        return post_unsigned(parts, PAIR_PATH, body, context, PAIR_TIMEOUT_MS)
    except ServerRefused as refused:
        failure = _KeyUsed if refused.code == KEY_USED else IdentityError
        raise failure(f"the server refuses: {CODES.get(refused.code, refused.code)}") from None
    except (ServerUnreachable, OSError) as error:
        raise IdentityError(f"the server does not answer: {error}") from error


def _load_key(path: Path) -> SigningKey:
    if path.stat().st_mode & 0o077:
        raise ValueError(f"{path.name} may be read by others: chmod 600 {path}")
    return SigningKey(bytes.fromhex(path.read_text("ascii").strip()))


def _is_this_machine(host: str) -> bool:
    return host in ("localhost", "::1") or host.startswith("127.")
