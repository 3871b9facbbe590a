"""Ed25519: keys of the campus and of edges, signed requests, signed snapshots, key versions.

A key is 32 bytes, on the wire base64url without padding. Who signs what:

============ ========== ======================================================
signer       text       signed bytes
============ ========== ======================================================
edge         request    ``wire.signing_text`` (begins with ``campus-v1``)
campus key   snapshot   the body itself (JSON: begins with ``{``)
campus key   certificate ``qr_code.CERTIFICATE_DOMAIN`` and the certificate's body
============ ========== ======================================================

The signed bytes begin differently, so a signature for one use is never valid for another. Two versions
of the campus key are valid at the same time: a new key becomes *current*, the one before it becomes
*previous*. It becomes *retired* when everything that it signed has expired.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from .. import errors
from ..errors import WireError
from ..taps import wire

KEY_BYTES: Final = 32
SIGNATURE_BYTES: Final = 64
CURRENT, PREVIOUS, RETIRED = "current", "previous", "retired"
#: State of an existing key -> its state when a new key is made.
NEXT_STATE: Final[Mapping[str, str]] = {CURRENT: PREVIOUS, PREVIOUS: RETIRED, RETIRED: RETIRED}
#: ``k1`` to ``k255``: the number is one byte of a certificate.
_KEY_ID: Final = re.compile(r"k([1-9][0-9]{0,2})\Z")


def b64url_encode(raw: bytes) -> str:
    """Return ``raw`` as base64url without padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def b64url_decode(text: object, size: int, field: str = "key") -> bytes:
    """Return the ``size`` bytes that ``text`` states; ``WireError`` (``malformed``) for anything else.

    Only the canonical encoding is accepted.
    """
    try:
        raw = base64.b64decode(f"{text}{'=' * (-len(str(text)) % 4)}", altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    if not isinstance(text, str) or len(raw) != size or b64url_encode(raw) != text:
        raise WireError(errors.MALFORMED, field=field)
    return raw


class SigningKey:
    """A private Ed25519 key. Its seed (32 bytes) is secret; ``repr`` does not show it."""

    def __init__(self, seed: bytes) -> None:
        """Make the key from 32 random bytes; another length raises ``ValueError``."""
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.public: Final = self._key.public_key().public_bytes_raw()

    @property
    def seed(self) -> bytes:
        """The 32 bytes from which the key can be made again."""
        return self._key.private_bytes_raw()

    def sign(self, message: bytes) -> bytes:
        """Return the signature, 64 bytes."""
        return self._key.sign(message)


def generate(random_bytes: Callable[[int], bytes]) -> SigningKey:
    """Return a new key from ``random_bytes(32)``; pass for instance ``secrets.token_bytes``."""
    return SigningKey(random_bytes(KEY_BYTES))


# parsing a key takes half as long as checking a signature
@lru_cache(maxsize=1024)
def _public_key(public: bytes) -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(public)


def is_signed(public: bytes, message: bytes, signature: bytes) -> bool:
    """Say whether ``signature`` over ``message`` was made with the key of ``public``; never raises."""
    try:
        _public_key(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def sign_request(
    key: SigningKey, edge: str, method: str, path: str, body: bytes, time_ms: int | str, nonce: str
) -> str:
    """Return the header ``Campus-Signature`` of a request of ``edge``; ``path`` includes the query."""
    return b64url_encode(key.sign(wire.signing_text(edge, method, path, body, time_ms, nonce)))


def check_request(
    public: bytes,
    signature: object,
    edge: str,
    method: str,
    path: str,
    body: bytes,
    time_ms: int | str,
    nonce: str,
) -> None:
    """Return if the request was signed by the owner of ``public``, as ``edge``.

    Raises ``WireError``: ``signature_invalid``. The caller checks clock and nonce.
    """
    try:
        raw = b64url_decode(signature, SIGNATURE_BYTES)
    except WireError:
        raw = b""
    if not is_signed(public, wire.signing_text(edge, method, path, body, time_ms, nonce), raw):
        raise WireError(errors.SIGNATURE_INVALID)


def key_number(key_id: str) -> int:
    """Return the number 1 to 255 of a key id ``k1`` to ``k255``; else ``WireError`` (``malformed``)."""
    found = _KEY_ID.match(key_id)
    if not found or int(found.group(1)) > 0xFF:
        raise WireError(errors.MALFORMED, field="key")
    return int(found.group(1))


@dataclass(frozen=True)
class CampusKey:
    """The public half of a campus key: id ``k1`` to ``k255``, 32 bytes, state."""

    id: str
    public: bytes
    state: str = CURRENT

    def __post_init__(self) -> None:
        key_number(self.id)
        if self.state not in NEXT_STATE or len(self.public) != KEY_BYTES:
            raise WireError(errors.MALFORMED, field="key")


class KeyRing:
    """The campus keys by id. At most one is current; retired keys verify nothing."""

    def __init__(self, keys: Iterable[CampusKey]) -> None:
        self.keys: Final = tuple(keys)
        self._good: Final = {key.id: key for key in self.keys if key.state != RETIRED}
        ids = [key.id for key in self.keys]
        if len(set(ids)) != len(ids) or sum(key.state == CURRENT for key in self.keys) > 1:
            raise WireError(errors.MALFORMED, field="keys")

    @property
    def current(self) -> CampusKey | None:
        """Return the key that signs now."""
        return next((key for key in self.keys if key.state == CURRENT), None)

    def find(self, key_id: str) -> CampusKey | None:
        """Return the current or previous key ``key_id``, None when it is unknown or retired."""
        return self._good.get(key_id)

    def rotated(self, key_id: str, public: bytes) -> KeyRing:
        """Return a ring with a new current key; the other keys move to their next state."""
        older = (replace(key, state=NEXT_STATE[key.state]) for key in self.keys)
        return KeyRing((*older, CampusKey(key_id, public)))

    def to_wire(self) -> list[dict[str, str]]:
        """Return the keys that are not retired as ``[{"id", "public", "state"}]``, for a snapshot."""
        good = self._good.values()
        return [{"id": key.id, "public": b64url_encode(key.public), "state": key.state} for key in good]

    @classmethod
    def from_wire(cls, values: Any) -> KeyRing:
        """Read what ``to_wire`` wrote. Raises ``WireError`` (``malformed``)."""
        if not isinstance(values, list) or not all(isinstance(value, dict) for value in values):
            raise WireError(errors.MALFORMED, field="keys")
        return cls(
            CampusKey(
                str(value.get("id")), b64url_decode(value.get("public"), KEY_BYTES), str(value.get("state"))
            )
            for value in values
        )


def sign_snapshot(key_id: str, key: SigningKey, body: bytes) -> str:
    """Return the header ``Campus-Signature`` of a snapshot: ``key id:base64url``."""
    key_number(key_id)
    return f"{key_id}:{b64url_encode(key.sign(body))}"


def check_snapshot(keys: KeyRing, signature: object, body: bytes) -> None:
    """Return if ``body`` (uncompressed) was signed by a current or previous campus key.

    Raises ``WireError``: ``key_unknown``, ``signature_invalid``.
    """
    key_id, _, text = signature.partition(":") if isinstance(signature, str) else ("", "", "")
    key = keys.find(key_id)
    if key is None:
        raise WireError(errors.KEY_UNKNOWN)
    try:
        raw = b64url_decode(text, SIGNATURE_BYTES)
    except WireError:
        raw = b""
    if not is_signed(key.public, body, raw):
        raise WireError(errors.SIGNATURE_INVALID)
