"""The emergency code: a meal for somebody whose phone is dead and whose card is at home.

Eight digits that the holder keeps on paper; with them the campus number must be given:
``<campus number>#<eight digits>``. The code pays a small sum once a day; after five wrong tries it
is locked until the next day, so that a guesser has 5 in 100,000,000 a day.

Of a code only a salted scrypt hash is stored. ``decide`` is the whole rule; the server calls it
with the row locked and stores the returned state *also when it refuses*, in a transaction that is
committed, or wrong tries would not count.
"""

from __future__ import annotations

import binascii
import datetime
import hashlib
import hmac
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from .. import errors, number
from ..errors import CredentialError, Refusal

DIGITS: Final = 8
TRIES_MAX: Final = 5
#: scrypt: 2**14 rounds over blocks of 8 take 16 MiB and about 50 ms. Five tries a day do not mind,
#: somebody with a stolen table of a hundred million possible codes each does.
COST_LOG2: Final = 14
BLOCK: Final = 8
SALT_BYTES: Final = 16

_TEXT: Final = re.compile(r"([^#\s][^#]{0,63})#([0-9][0-9 -]{6,14}[0-9])\Z")
_HASH: Final = re.compile(r"scrypt\$(1[0-8])\$([0-9a-f]{32})\$([0-9a-f]{64})\Z")


@dataclass(frozen=True)
class EmergencyState:
    """What is stored beside the hash: wrong tries on ``tried_on``, day of the last use."""

    wrong: int = 0
    tried_on: datetime.date | None = None
    used_on: datetime.date | None = None


def make_code(random_below: Callable[[int], int]) -> str:
    """Return a new code, eight digits; ``random_below(n)`` is for instance ``secrets.randbelow``."""
    return f"{random_below(10**DIGITS):0{DIGITS}d}"


def parse(text: str) -> tuple[str, str]:
    """Return campus number and digits of ``2025001#1234 5678``.

    Raises ``CredentialError``: ``credential_malformed``; that is not a wrong try.
    """
    found = _TEXT.match(unicodedata.normalize("NFKC", text).strip())
    code = re.sub("[ -]", "", found.group(2)) if found else ""
    if not found or len(code) != DIGITS:
        raise CredentialError(errors.CREDENTIAL_MALFORMED)
    campus_number = number.normalise(found.group(1))
    if not campus_number:
        raise CredentialError(errors.CREDENTIAL_MALFORMED)
    return campus_number, code


def hash_code(code: str, salt: bytes) -> str:
    """Return what to store of ``code``; ``salt`` is 16 new random bytes for each code."""
    if len(salt) != SALT_BYTES:
        raise ValueError(f"a salt has {SALT_BYTES} bytes")
    return f"scrypt${COST_LOG2}${salt.hex()}${_scrypt(code, salt, COST_LOG2).hex()}"


def is_code(code: str, stored: str) -> bool:
    """Say whether ``stored`` is the hash of ``code``, in constant time; a broken hash is no code's."""
    found = _HASH.match(stored)
    if not found:
        return False
    cost, salt, digest = int(found.group(1)), *map(binascii.unhexlify, found.groups()[1:])
    return hmac.compare_digest(_scrypt(code, salt, cost), digest)


def decide(
    state: EmergencyState, stored: str, code: str, amount_minor: int, cap_minor: int, today: datetime.date
) -> tuple[EmergencyState, Refusal | None]:
    """Return the state to store and the refusal, None when the code pays ``amount_minor`` cents.

    Codes: ``emergency_locked``, ``emergency_used``, ``emergency_cap`` (these look at no code and
    cost no try), ``emergency_wrong`` (with ``tries_left``).
    """
    wrong = state.wrong if state.tried_on == today else 0
    if wrong >= TRIES_MAX:
        return state, Refusal(errors.EMERGENCY_LOCKED)
    if state.used_on is not None and state.used_on >= today:
        return state, Refusal(errors.EMERGENCY_USED)
    if amount_minor > cap_minor:
        return state, Refusal(errors.EMERGENCY_CAP, {"asked": amount_minor, "cap": cap_minor})
    if not is_code(code, stored):
        state = replace(state, wrong=wrong + 1, tried_on=today)
        return state, Refusal(errors.EMERGENCY_WRONG, {"tries_left": TRIES_MAX - wrong - 1})
    return EmergencyState(used_on=today), None


def _scrypt(code: str, salt: bytes, cost_log2: int) -> bytes:
    memory = 128 * BLOCK * (2**cost_log2 + 2)
    return hashlib.scrypt(code.encode(), salt=salt, n=2**cost_log2, r=BLOCK, p=1, maxmem=2 * memory, dklen=32)
