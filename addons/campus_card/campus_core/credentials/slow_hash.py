"""How a short secret (PIN, emergency code) is stored: a slow hash with salt and, if there is one, a pepper.

Whoever steals the table finds a PIN of six digits within minutes, even if the hash is slow. A *pepper* is
a key that is not in the database; without it the table is useless. Several may be given, the newest
first: new hashes use the newest one, older hashes are checked with the pepper that made them.

Stored text: ``scrypt$<log2 of the cost>$<pepper>$<salt>$<digest>``, all but the cost in hexadecimal;
``<pepper>`` is the name of the pepper, eight digits, or ``-`` for none.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Sequence
from typing import Final

#: scrypt: 2**14 rounds over blocks of 8 take 16 MiB and about 50 ms. That does not
#: matter for five tries a day, but it slows down trying all codes of a stolen table.
COST_LOG2: Final = 14
BLOCK: Final = 8
SALT_BYTES: Final = 16
PEPPER_BYTES_MIN: Final = 16
NO_PEPPER: Final = "-"

_STORED: Final = re.compile(r"scrypt\$(1[0-8])\$(-|[0-9a-f]{8})\$([0-9a-f]{32})\$([0-9a-f]{64})\Z")


def seal(secret: str, salt: bytes, peppers: Sequence[bytes] = (), cost_log2: int = COST_LOG2) -> str:
    """Return what to store of ``secret``; ``salt`` is 16 new random bytes for each one."""
    if len(salt) != SALT_BYTES:
        raise ValueError(f"a salt must have {SALT_BYTES} bytes")
    pepper = peppers[0] if peppers else b""
    digest = _digest(secret, salt, pepper, cost_log2)
    return f"scrypt${cost_log2}${name_of(pepper)}${salt.hex()}${digest.hex()}"


def matches(secret: str, stored: str, peppers: Sequence[bytes] = ()) -> bool:
    """Say whether ``stored`` was made of ``secret``, in constant time.

    False for a text that cannot be read, or that was made with a pepper that is not given.
    """
    found = _STORED.match(stored)
    if not found:
        return False
    by_name = {name_of(pepper): pepper for pepper in (b"", *peppers)}
    pepper = by_name.get(found[2])
    if pepper is None:
        return False
    digest = _digest(secret, bytes.fromhex(found[3]), pepper, int(found[1]))
    return hmac.compare_digest(digest, bytes.fromhex(found[4]))


def pepper_of(stored: str) -> str:
    """Return the name of the pepper of ``stored``; ``-`` for none or an unreadable text."""
    found = _STORED.match(stored)
    return found[2] if found else NO_PEPPER


def name_of(pepper: bytes) -> str:
    """Return the name of a pepper; the name does not reveal the pepper."""
    return hashlib.sha256(b"campus-pepper-v1\0" + pepper).hexdigest()[:8] if pepper else NO_PEPPER


def newest(peppers: Sequence[bytes]) -> str:
    """Return the name of the pepper for new hashes."""
    return name_of(peppers[0] if peppers else b"")


def read_peppers(text: str) -> tuple[bytes, ...]:
    """Return the peppers of a file: one per line in hexadecimal, the newest first; ``#`` begins a comment.

    Raises ``ValueError``, which names the line.
    """
    peppers = []
    for number, line in enumerate(text.splitlines(), 1):
        word = line.partition("#")[0].strip()
        if not word:
            continue
        try:
            pepper = bytes.fromhex(word)
        except ValueError:
            raise ValueError(f"line {number} is not in hexadecimal") from None
        if len(pepper) < PEPPER_BYTES_MIN:
            raise ValueError(
                f"line {number} is too short: a pepper has at least {2 * PEPPER_BYTES_MIN} digits"
            )
        peppers.append(pepper)
    return tuple(peppers)


def _digest(secret: str, salt: bytes, pepper: bytes, cost_log2: int) -> bytes:
    word = hmac.digest(pepper, secret.encode(), "sha256") if pepper else secret.encode()
    memory = 128 * BLOCK * (2**cost_log2 + 2)
    return hashlib.scrypt(word, salt=salt, n=2**cost_log2, r=BLOCK, p=1, maxmem=2 * memory, dklen=32)
