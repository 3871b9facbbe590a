"""P-256 keys of phones as WebCrypto gives them: points, JWKs and raw signatures.

A public key is kept compressed (SEC 1: ``02`` or ``03`` and x, 33 bytes); a signature is
``r ‖ s``, 64 bytes, ECDSA with SHA-256.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from .. import errors
from ..errors import CredentialError, WireError
from .signing import b64url_decode

PUBLIC_BYTES: Final = 33
SIGNATURE_BYTES: Final = 64
#: To prove that it owns its key, a phone signs this text followed by the server's challenge.
ENROL_DOMAIN: Final = b"campus-enrol-v1\0"


def check(public: bytes) -> bytes:
    """Return ``public`` if it is a valid compressed key, else raise ``credential_malformed``."""
    if len(public) != PUBLIC_BYTES:
        raise CredentialError(errors.CREDENTIAL_MALFORMED)
    _point(public)
    return public


def from_raw(point: bytes) -> bytes:
    """Return the compressed key of ``exportKey("raw")`` (``04``, x, y), or raise as ``check`` does."""
    return _point(point).public_bytes(Encoding.X962, PublicFormat.CompressedPoint)


def from_jwk(jwk: Mapping[str, object]) -> bytes:
    """Return the compressed key of ``exportKey("jwk")``; else raise ``credential_malformed``."""
    if jwk.get("kty") != "EC" or jwk.get("crv") != "P-256":
        raise CredentialError(errors.CREDENTIAL_MALFORMED)
    try:
        point = b"".join(b64url_decode(jwk.get(name), 32) for name in ("x", "y"))
    except WireError:
        raise CredentialError(errors.CREDENTIAL_MALFORMED) from None
    return from_raw(b"\x04" + point)


def is_signed(public: bytes, message: bytes, signature: bytes) -> bool:
    """Say whether ``signature`` (``r ‖ s``) over ``message`` was made with the key; never raises."""
    if len(signature) != SIGNATURE_BYTES:
        return False
    r, s = (int.from_bytes(signature[start : start + 32], "big") for start in (0, 32))
    try:
        _point(public).verify(encode_dss_signature(r, s), message, ec.ECDSA(hashes.SHA256()))
    except (InvalidSignature, CredentialError):
        return False
    return True


def proves_possession(public: bytes, challenge: bytes, signature: bytes) -> bool:
    """Say whether the phone signed the server's ``challenge`` (after ``ENROL_DOMAIN``)."""
    return is_signed(public, ENROL_DOMAIN + challenge, signature)


def _point(public: bytes) -> ec.EllipticCurvePublicKey:
    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), public)
    except ValueError:
        raise CredentialError(errors.CREDENTIAL_MALFORMED) from None
