"""NTAG 424 DNA: the message that the chip makes at every tap, each time another (SUN, also called SDM).

Source: NXP AN12196 (features and hints), chapter "Secure Dynamic Messaging"; AES mode. The
chip writes these parameters into the address that a reader reads:

============= ====== ========================================================
parameter     also   content
============= ====== ========================================================
``picc_data`` ``e``  16 bytes, AES-CBC under the *meta key*, zero IV: tag,
                     UID, read counter, random padding
``uid``              instead of picc_data: the UID in the open, 7 bytes
``ctr``              with uid: the read counter, 3 bytes, most significant first
``enc``              optional: a part of the file, AES-CBC under a session key
``cmac``      ``c``  8 bytes: every second byte of a CMAC under a session key
============= ====== ========================================================

Without ``enc`` the CMAC is computed over an empty text; its session key depends on UID and counter.
With ``enc`` it covers the text from the first digit of ``enc`` up to the CMAC (``...&cmac=``).

Against replays the counter must rise. This module has the rule (``counter_refusal``) and stores nothing.
The server stores the counter with *one* statement that compares and sets, so that only one of two
readers that send the same message at the same moment succeeds::

    INSERT INTO campus_chip AS chip (uid, counter) VALUES (%(uid)s, %(counter)s)
        ON CONFLICT (uid) DO UPDATE SET counter = excluded.counter
     WHERE chip.counter < excluded.counter   -- no row: sun_replayed

(``campus.chip._take`` adds the company, the version of the key, and the payment that may ask again.)

Only the server has the keys; an edge asks it about every SUN message.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Container, Iterable
from dataclasses import dataclass
from typing import Final

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.cmac import CMAC

from .. import errors
from ..errors import CredentialError, Refusal

KEY_BYTES: Final = 16
UID_BYTES: Final = 7
COUNTER_MAX: Final = 0xFFFFFF

#: First bytes of the session vectors, AN12196 "Session key generation".
_SV_ENC: Final = bytes.fromhex("C33C00010080")
_SV_MAC: Final = bytes.fromhex("3CC300010080")
#: PICCDataTag: UID mirrored (bit 7), counter mirrored (bit 6), UID of 7 bytes.
_PICC_TAG: Final = 0xC7
#: ISO DF name of the NTAG 424 DNA application: makes the diversification input 17 bytes long.
_DF_NAME: Final = bytes.fromhex("D2760000850101")
_ZERO_IV: Final = bytes(16)
_HEX: Final = re.compile(r"(?:[0-9A-Fa-f]{2})+\Z")
_ALIASES: Final = {"e": "picc_data", "c": "cmac"}
#: Allowed sizes of each parameter in bytes; the chip's file holds 256 bytes at most.
_SIZES: Final[dict[str, Container[int]]] = {
    "picc_data": (16,),
    "uid": (UID_BYTES,),
    "ctr": (3,),
    "cmac": (8,),
    "enc": range(16, 257, 16),
}
_SHAPES: Final = (
    {"picc_data", "cmac"},
    {"picc_data", "enc", "cmac"},
    {"uid", "ctr", "cmac"},
    {"uid", "ctr", "enc", "cmac"},
)


@dataclass(frozen=True)
class SunMessage:
    """The message of a chip, not verified yet. Either ``picc_data`` is set, or ``uid`` and ``counter``."""

    cmac: bytes
    picc_data: bytes | None = None
    uid: str | None = None
    counter: int | None = None
    enc: bytes | None = None
    #: The text that the CMAC covers.
    mac_text: str = ""


@dataclass(frozen=True)
class SunKeys:
    """One version of the campus' chip keys: 16 bytes each.

    ``meta`` decrypts picc_data; it is the same on every card, because the UID is known only after
    that. Each card's file key is derived from ``master`` (``card_key``). With
    ``diversified=False`` the master is the file key itself, as on new chips from the factory.
    """

    version: int
    meta: bytes
    master: bytes
    diversified: bool = True


@dataclass(frozen=True)
class SunTap:
    """A verified message: canonical UID, counter, version of the keys, decrypted file data."""

    uid: str
    counter: int
    key_version: int
    file_data: bytes = b""


def parse(text: str) -> SunMessage:
    """Return the message in ``text``: an address, or only its query.

    Raises ``CredentialError``: ``credential_malformed``. Other parameters are ignored;
    one of ours that is given twice is refused.
    """
    query = (text.partition("?")[2] if "?" in text else text).partition("#")[0]
    values: dict[str, str] = {}
    for part in query.split("&"):
        name, _, value = part.partition("=")
        name = _ALIASES.get(name.lower(), name.lower())
        if name in _SIZES and (
            name in values or not _HEX.match(value) or len(value) // 2 not in _SIZES[name]
        ):
            raise CredentialError(errors.CREDENTIAL_MALFORMED)
        if name in _SIZES:
            values[name] = value
    if set(values) not in _SHAPES:
        raise CredentialError(errors.CREDENTIAL_MALFORMED)
    return _message(values, query)


def _message(values: dict[str, str], query: str) -> SunMessage:
    enc = values.get("enc")
    return SunMessage(
        cmac=bytes.fromhex(values["cmac"]),
        picc_data=bytes.fromhex(values["picc_data"]) if "picc_data" in values else None,
        uid=values["uid"].upper() if "uid" in values else None,
        counter=int(values["ctr"], 16) if "ctr" in values else None,
        enc=bytes.fromhex(enc) if enc else None,
        mac_text=query[query.index(enc) : query.rindex(values["cmac"])] if enc else "",
    )


def verify(message: SunMessage, versions: Iterable[SunKeys]) -> SunTap:
    """Return the verified message if one of the key ``versions`` fits.

    Raises ``CredentialError``: ``sun_forged``. The caller compares and sets the counter.
    """
    for keys in versions:
        tap = _verify_with(message, keys)
        if tap is not None:
            return tap
    raise CredentialError(errors.SUN_FORGED)


def _verify_with(message: SunMessage, keys: SunKeys) -> SunTap | None:
    found = _identity(message, keys)
    if found is None:
        return None
    uid, counter = found
    file_key = card_key(keys.master, uid, keys.version) if keys.diversified else keys.master
    mac_key = session_key(file_key, uid, counter, _SV_MAC)
    if not hmac.compare_digest(truncated(cmac(mac_key, message.mac_text.encode())), message.cmac):
        return None
    return SunTap(uid, counter, keys.version, decrypt_file(file_key, uid, counter, message.enc or b""))


def _identity(message: SunMessage, keys: SunKeys) -> tuple[str, int] | None:
    if message.picc_data is not None:
        return decrypt_picc(keys.meta, message.picc_data)
    if message.uid is None or message.counter is None:
        return None
    return message.uid, message.counter


def decrypt_picc(meta_key: bytes, picc_data: bytes) -> tuple[str, int] | None:
    """Return canonical UID and counter; None when the bytes do not carry both."""
    plain = _cbc(meta_key, _ZERO_IV, picc_data)
    if plain[0] != _PICC_TAG:
        return None
    return plain[1:8].hex().upper(), int.from_bytes(plain[8:11], "little")


def decrypt_file(file_key: bytes, uid: str, counter: int, enc: bytes) -> bytes:
    """Return the plain bytes of an encrypted part of the chip's file (whole blocks of 16)."""
    if not enc:
        return b""
    key = session_key(file_key, uid, counter, _SV_ENC)
    encryptor = Cipher(algorithms.AES(key), modes.CBC(_ZERO_IV)).encryptor()
    iv = encryptor.update(counter.to_bytes(3, "little") + bytes(13))
    return _cbc(key, iv, enc)


def session_key(file_key: bytes, uid: str, counter: int, label: bytes = _SV_MAC) -> bytes:
    """Return KSesSDMFileReadMAC (or, with the label of SV1, KSesSDMFileReadENC)."""
    return cmac(file_key, label + bytes.fromhex(uid) + counter.to_bytes(3, "little"))


def card_key(master: bytes, uid: str, version: int) -> bytes:
    """Return the file key of one card: AES-128 diversification of NXP AN10922.

    The input is UID, the application's ISO name, ``FC`` and the key version, so a new
    version gives every card a new key with the same master.
    """
    if not 0 <= version <= 0xFF:
        raise ValueError(f"a key version must fit into one byte, not {version}")
    return diversify(master, bytes.fromhex(uid) + _DF_NAME + b"FC" + bytes([version]))


def diversify(master: bytes, data: bytes) -> bytes:
    """Return the AES-128 key that AN10922 derives from ``master`` and 16 to 31 bytes.

    AN10922 always computes over two blocks; from 16 bytes on that equals a plain CMAC.
    """
    if not 16 <= len(data) <= 31:
        raise ValueError(f"the diversification input must have 16 to 31 bytes, not {len(data)}")
    return cmac(master, b"\x01" + data)


def counter_refusal(stored: int | None, seen: int) -> Refusal | None:
    """Return ``sun_replayed`` unless ``seen`` is above ``stored`` (None: no tap yet)."""
    if stored is not None and seen <= stored:
        return Refusal(errors.SUN_REPLAYED, {"counter": seen, "stored": stored})
    return None


def cmac(key: bytes, message: bytes) -> bytes:
    """Return the AES-CMAC (NIST SP 800-38B), 16 bytes."""
    mac = CMAC(algorithms.AES(key))
    mac.update(message)
    return mac.finalize()


def truncated(mac: bytes) -> bytes:
    """Return every second byte, beginning with the second: the chip shows only these of a CMAC."""
    return mac[1::2]


def _cbc(key: bytes, iv: bytes, data: bytes) -> bytes:
    decryptor = Cipher(algorithms.AES(key), modes.CBC(iv)).decryptor()
    return decryptor.update(data) + decryptor.finalize()
