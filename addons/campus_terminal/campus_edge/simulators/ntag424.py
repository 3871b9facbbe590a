"""An NTAG 424 DNA card: a type 4 tag whose address is another at every visit (SUN).

Written after NXP AN12196; it makes the messages of a real chip with the campus' keys.
"""

from __future__ import annotations

import os
from collections.abc import Callable

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from campus_core.credentials import sun

from .cards import NdefCard, ndef_url

#: Keys of 16 zero bytes, as on new chips from the factory.
FACTORY_KEYS = sun.SunKeys(version=0, meta=bytes(16), master=bytes(16), diversified=False)


def sun_query(
    uid: str,
    counter: int,
    keys: sun.SunKeys = FACTORY_KEYS,
    random: Callable[[int], bytes] = os.urandom,
) -> str:
    """Return ``picc_data=…&cmac=…`` as the chip with ``uid`` (7 bytes) makes it."""
    plain = b"\xc7" + bytes.fromhex(uid) + counter.to_bytes(3, "little") + random(5)
    encryptor = Cipher(algorithms.AES(keys.meta), modes.CBC(bytes(16))).encryptor()
    picc = encryptor.update(plain) + encryptor.finalize()
    file_key = sun.card_key(keys.master, uid, keys.version) if keys.diversified else keys.master
    mac = sun.truncated(sun.cmac(sun.session_key(file_key, uid, counter), b""))
    return f"picc_data={picc.hex().upper()}&cmac={mac.hex().upper()}"


def ntag424(
    uid: str,
    base_url: str = "https://card.example.edu/t",
    keys: sun.SunKeys = FACTORY_KEYS,
    first_counter: int = 1,
    random_uid: bool = True,
) -> NdefCard:
    """Return a card; with ``random_uid`` readers see another UID at each visit, as on real cards."""

    def message(reads: int) -> bytes:
        return ndef_url(f"{base_url}?{sun_query(uid, first_counter + reads - 1, keys)}")

    return NdefCard(uid, message=message, random_uid=random_uid)
