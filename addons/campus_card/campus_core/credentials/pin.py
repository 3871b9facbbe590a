"""The PIN of a wallet: what is one, how it is kept, and when guessing ends.

A PIN has 4 to 6 digits; a salted slow hash slows a thief of the database down, the lock
stops a guesser at the till. Times are seconds of one clock, given by the caller.
"""

from __future__ import annotations

import hashlib
import hmac
import itertools
import re

LENGTH_MIN, LENGTH_MAX = 4, 6
ROUNDS = 120_000
# Wrong tries in a row that lock the PIN for a while, and those that lock it until staff reset it.
TRIES, TRIES_FOR_GOOD = 5, 15
LOCK_S = 15 * 60
FOR_GOOD = -1

_STORED = re.compile(r"v1\$(\d+)\$([0-9a-f]{32})\$([0-9a-f]{64})")


def is_pin(text: object) -> bool:
    """Whether ``text`` has the form of a PIN."""
    return isinstance(text, str) and bool(re.fullmatch(rf"[0-9]{{{LENGTH_MIN},{LENGTH_MAX}}}", text))


def is_weak(pin: str) -> bool:
    """Whether a PIN is among the first that anybody would try: 1111, 1234, 9876, 1212."""
    steps = {int(b) - int(a) for a, b in itertools.pairwise(pin)}
    half = len(pin) // 2
    return steps in ({0}, {1}, {-1}) or (len(pin) % 2 == 0 and pin[:half] == pin[half:])


def seal(pin: str, salt: bytes, rounds: int = ROUNDS) -> str:
    """Text to store for a PIN. ``salt``: 16 random bytes, new for each PIN."""
    if not is_pin(pin) or len(salt) != 16:
        raise ValueError("a PIN and 16 bytes of salt are needed")
    digest = hashlib.pbkdf2_hmac("sha256", pin.encode(), salt, rounds)
    return f"v1${rounds}${salt.hex()}${digest.hex()}"


def matches(pin: str, stored: str) -> bool:
    """Whether a PIN is the stored one, in constant time; what cannot be read matches nothing."""
    parts = _STORED.fullmatch(stored or "")
    if not parts or not is_pin(pin):
        return False
    again = seal(pin, bytes.fromhex(parts[2]), int(parts[1]))
    return hmac.compare_digest(again, stored)


def locked_for_s(wrong: int, last_wrong_at_s: float, now_s: float) -> int:
    """Seconds until the next try is allowed; 0 is now, ``FOR_GOOD`` is after a reset by staff."""
    if wrong >= TRIES_FOR_GOOD:
        return FOR_GOOD
    if wrong and wrong % TRIES == 0:
        return max(0, round(last_wrong_at_s + LOCK_S - now_s))
    return 0


def tries_left(wrong: int) -> int:
    """Tries before the next lock."""
    return 0 if wrong >= TRIES_FOR_GOOD else TRIES - wrong % TRIES
