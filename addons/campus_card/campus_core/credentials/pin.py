"""The PIN of a wallet: its form, how it is stored, and when wrong tries lock it.

A PIN has 4 to 6 digits. A salted slow hash slows down somebody who stole the database; the lock
stops somebody who guesses at the till. Times are seconds of one clock, given by the caller.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

from . import slow_hash

LENGTH_MIN, LENGTH_MAX = 4, 6
# Number of wrong tries in a row that lock the PIN for a time, and that lock it until staff reset it.
TRIES, TRIES_FOR_GOOD = 5, 15
LOCK_S = 15 * 60
FOR_GOOD = -1


def is_pin(text: object) -> bool:
    """Say whether ``text`` has the form of a PIN."""
    return isinstance(text, str) and bool(re.fullmatch(rf"[0-9]{{{LENGTH_MIN},{LENGTH_MAX}}}", text))


def is_weak(pin: str) -> bool:
    """Say whether a PIN is easy to guess, such as 1111, 1234, 9876, 1212."""
    steps = {int(b) - int(a) for a, b in itertools.pairwise(pin)}
    half = len(pin) // 2
    return steps in ({0}, {1}, {-1}) or (len(pin) % 2 == 0 and pin[:half] == pin[half:])


def seal(pin: str, salt: bytes, peppers: Sequence[bytes] = (), cost_log2: int = slow_hash.COST_LOG2) -> str:
    """Return the text to store for a PIN; ``salt`` is 16 new random bytes. Raises ``ValueError``."""
    if not is_pin(pin):
        raise ValueError("a PIN is needed")
    return slow_hash.seal(pin, salt, peppers, cost_log2)


def matches(pin: str, stored: str, peppers: Sequence[bytes] = ()) -> bool:
    """Say whether a PIN is the stored one, in constant time; an unreadable hash matches no PIN."""
    return is_pin(pin) and slow_hash.matches(pin, stored or "", peppers)


def locked_for_s(wrong: int, last_wrong_at_s: float, now_s: float) -> int:
    """Return the seconds until the next try is allowed; ``FOR_GOOD``: only after a reset by staff."""
    if wrong >= TRIES_FOR_GOOD:
        return FOR_GOOD
    if wrong and wrong % TRIES == 0:
        return max(0, round(last_wrong_at_s + LOCK_S - now_s))
    return 0


def tries_left(wrong: int) -> int:
    """Return how many tries are left before the next lock."""
    return 0 if wrong >= TRIES_FOR_GOOD else TRIES - wrong % TRIES
