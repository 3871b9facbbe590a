"""The dynamic QR code of a phone: it is made and verified offline, and expires after seconds.

The phone makes a P-256 key that never leaves it (WebCrypto, not extractable). The server gives it
a *certificate* signed by the campus' Ed25519 key. Every ten seconds the phone signs the number of
the *step*. A reader verifies the code with the campus' public key alone.

All numbers are unsigned and big-endian; ``‖`` joins bytes::

    certificate (117)    code (185)              signed message of the phone (136)
     0  1 format: 1        0 117 certificate       0  15 "campus-code-v1" 00
     1  1 campus key n     117 4 step            15 117 certificate
     2  4 card             121 64 r ‖ s         132   4 step
     6  4 phone
    10  4 certificate id   text: "CC1." and the code in base32 (RFC 4648, upper case,
    14  4 not before, s    185 bytes fill it exactly: no padding), 300 characters that
    18  2 minutes valid    fit a QR's alphanumeric mode and any keyboard's layout
    20 33 P-256 point,
          compressed       step = floor(milliseconds since 1970 / 10000)
    53 64 Ed25519 over "campus-cert-v1" 00 ‖ bytes 0..52

In the browser: ``crypto.subtle.sign({name: "ECDSA", hash: "SHA-256"}, key, message)``, which gives
``r ‖ s`` (32 + 32 bytes). ``tests/vectors/qr_code.json`` holds a key, a certificate and the expected
messages, to test the browser's code with.

A code is valid in its own step, the one before and the one after, and only once: see ``UsedSteps``.
"""

from __future__ import annotations

import base64
import binascii
import struct
import threading
from collections.abc import Container
from typing import Final, NamedTuple, Protocol

from .. import errors
from ..errors import CredentialError
from . import phone_key
from .signing import CampusKey, KeyRing, SigningKey, is_signed, key_number

PREFIX: Final = "CC1."
STEP_MS: Final = 10_000
#: A code is valid so many steps before and after the reader's own step.
TOLERANCE_STEPS: Final = 1
CERTIFICATE_DOMAIN: Final = b"campus-cert-v1\0"
CODE_DOMAIN: Final = b"campus-code-v1\0"

_FORMAT: Final = 1
_BODY: Final = struct.Struct(">BBIIIIH33s")
CERTIFICATE_BYTES: Final = _BODY.size + 64
CODE_BYTES: Final = CERTIFICATE_BYTES + 4 + 64
TEXT_LENGTH: Final = len(PREFIX) + CODE_BYTES * 8 // 5
_MAX_U32: Final = 0xFFFFFFFF
_MAX_MINUTES: Final = 0xFFFF


class Certificate(NamedTuple):
    """What the campus states about a phone: card, phone and certificate are ids, 32 bits each."""

    key_id: str
    card: int
    phone: int
    certificate: int
    not_before_ms: int
    expires_ms: int
    public_key: bytes


class Code(NamedTuple):
    """The parts of a QR text, not verified yet."""

    certificate: Certificate
    step: int
    raw: bytes

    @property
    def signed_message(self) -> bytes:
        """The bytes that the phone signed."""
        return CODE_DOMAIN + self.raw[: CERTIFICATE_BYTES + 4]


class StepRegister(Protocol):
    """The interface of a store of used steps: ``UsedSteps``, or a table with a unique index."""

    def take(self, phone: int, step: int) -> bool:
        """Store ``step`` of ``phone`` as used; False when it was used before. Must be atomic."""


def step_of(now_ms: int) -> int:
    """Return the number of the step at ``now_ms`` (milliseconds since 1970)."""
    return now_ms // STEP_MS


def signed_message(certificate: bytes, step: int) -> bytes:
    """Return the bytes that the phone signs for ``step``."""
    return CODE_DOMAIN + certificate + step.to_bytes(4, "big")


def text_of(certificate: bytes, step: int, signature: bytes) -> str:
    """Return the QR text of a certificate (117 bytes), a step and a signature ``r ‖ s`` (64 bytes)."""
    return PREFIX + base64.b32encode(certificate + step.to_bytes(4, "big") + signature).decode()


def issue_certificate(
    key: SigningKey,
    key_id: str,
    *,
    card: int,
    phone: int,
    certificate: int,
    public_key: bytes,
    not_before_ms: int,
    valid_minutes: int,
) -> bytes:
    """Return a certificate, 117 bytes, signed by the campus key ``key_id``.

    ``public_key`` is compressed (33 bytes, see ``phone_key``); ``valid_minutes`` at most 65535 (45
    days). A new certificate of the same phone has a new ``certificate`` id. Values that do not
    fit raise ``ValueError``, a bad public key raises ``CredentialError``.
    """
    numbers = (card, phone, certificate, not_before_ms // 1000)
    if any(type(number) is not int or not 0 <= number <= _MAX_U32 for number in numbers):
        raise ValueError("ids and times of a certificate must fit into 32 bits")
    if not 1 <= valid_minutes <= _MAX_MINUTES:
        raise ValueError(f"a certificate must be valid for 1 to {_MAX_MINUTES} minutes")
    phone_key.check(public_key)
    body = _BODY.pack(_FORMAT, key_number(key_id), *numbers, valid_minutes, public_key)
    return body + key.sign(CERTIFICATE_DOMAIN + body)


def read_certificate(raw: bytes) -> Certificate:
    """Return what a certificate states, without verifying it; else raise ``credential_malformed``."""
    if len(raw) != CERTIFICATE_BYTES:
        raise CredentialError(errors.CREDENTIAL_MALFORMED)
    form, number, card, phone, certificate, start_s, minutes, public = _BODY.unpack_from(raw)
    if form != _FORMAT:
        raise CredentialError(errors.CREDENTIAL_MALFORMED)
    start_ms = start_s * 1000
    return Certificate(f"k{number}", card, phone, certificate, start_ms, start_ms + minutes * 60_000, public)


def parse(text: str) -> Code:
    """Return the parts of a QR text. Raises ``CredentialError``: ``credential_malformed``."""
    text = text.strip().upper()
    if len(text) != TEXT_LENGTH or not text.startswith(PREFIX):
        raise CredentialError(errors.CREDENTIAL_MALFORMED)
    try:
        raw = base64.b32decode(text[len(PREFIX) :])
    except (binascii.Error, ValueError):
        raise CredentialError(errors.CREDENTIAL_MALFORMED) from None
    if len(raw) != CODE_BYTES:
        raise CredentialError(errors.CREDENTIAL_MALFORMED)
    step = int.from_bytes(raw[CERTIFICATE_BYTES : CERTIFICATE_BYTES + 4], "big")
    return Code(read_certificate(raw[:CERTIFICATE_BYTES]), step, raw)


def verify(
    text: str,
    campus_keys: KeyRing,
    now_ms: int,
    revoked: Container[int],
    used: StepRegister,
    drift_ms: int = 0,
) -> Code:
    """Return the code if it may be used now, and mark its step as used.

    ``now_ms`` is the reader's clock, ``drift_ms`` is how far the server's clock is ahead of it;
    ``revoked`` holds ids of phones. Raises ``CredentialError``, in this order:
    ``credential_malformed``, ``key_unknown``, ``code_forged``, ``phone_revoked``,
    ``certificate_expired`` (also when not yet valid), ``code_stale`` (with ``steps_off``, negative when
    too old), ``code_replayed``.
    """
    code = parse(text)
    key = campus_keys.find(code.certificate.key_id)
    if key is None:
        raise CredentialError(errors.KEY_UNKNOWN, key=code.certificate.key_id)
    if not _is_genuine(code, key):
        raise CredentialError(errors.CODE_FORGED)
    if code.certificate.phone in revoked:
        raise CredentialError(errors.PHONE_REVOKED, phone=code.certificate.phone)
    _check_time(code, now_ms + drift_ms)
    if not used.take(code.certificate.phone, code.step):
        raise CredentialError(errors.CODE_REPLAYED, phone=code.certificate.phone)
    return code


def _is_genuine(code: Code, key: CampusKey) -> bool:
    body, seal = code.raw[: _BODY.size], code.raw[_BODY.size : CERTIFICATE_BYTES]
    return is_signed(key.public, CERTIFICATE_DOMAIN + body, seal) and phone_key.is_signed(
        code.certificate.public_key, code.signed_message, code.raw[-64:]
    )


def _check_time(code: Code, now_ms: int) -> None:
    slack_ms = TOLERANCE_STEPS * STEP_MS
    if not code.certificate.not_before_ms - slack_ms <= now_ms < code.certificate.expires_ms:
        raise CredentialError(errors.CERTIFICATE_EXPIRED, certificate=code.certificate.certificate)
    steps_off = code.step - step_of(now_ms)
    if abs(steps_off) > TOLERANCE_STEPS:
        raise CredentialError(errors.CODE_STALE, steps_off=steps_off)


class UsedSteps:
    """The steps that phones have used, in memory, for one reader's program.

    The key is phone and step, not the signature, because an ECDSA signature can be changed into another
    valid one. When the memory is full, the oldest steps are forgotten; from then on *every* step up to
    the newest forgotten one counts as used. A program that has just started does not know what was used
    before: ``since`` refuses all steps up to the present one, so a phone waits twenty seconds at most.
    """

    def __init__(self, limit: int = 50_000, floor: int = -1) -> None:
        """Remember up to ``limit`` steps; those up to ``floor`` count as used."""
        self._limit = limit
        self._floor = floor
        self._steps: dict[int, set[int]] = {}
        self._count = 0
        # readers may run in threads of their own, and one code may be shown to two of them
        self._lock = threading.Lock()

    @classmethod
    def since(cls, now_ms: int, limit: int = 50_000) -> UsedSteps:
        """Return a memory that begins at ``now_ms``."""
        return cls(limit, step_of(now_ms) + TOLERANCE_STEPS)

    def begin_again(self, now_ms: int) -> None:
        """Forget all uses and refuse all steps up to ``now_ms``: the clock was wrong and has been set."""
        with self._lock:
            self._floor = step_of(now_ms) + TOLERANCE_STEPS
            self._steps.clear()
            self._count = 0

    @property
    def count(self) -> int:
        """Return how many uses are stored."""
        return self._count

    def take(self, phone: int, step: int) -> bool:
        """Store ``step`` of ``phone`` as used; False when it was used before, or may have been."""
        with self._lock:
            return self._take(phone, step)

    def _take(self, phone: int, step: int) -> bool:
        while self._count >= self._limit:
            oldest = min(self._steps)
            self._count -= len(self._steps.pop(oldest))
            self._floor = max(self._floor, oldest)
        phones = self._steps.setdefault(step, set()) if step > self._floor else {phone}
        if phone in phones:
            return False
        phones.add(phone)
        self._count += 1
        return True
