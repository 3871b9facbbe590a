"""The emergency code: it pays for a holder who has neither phone nor card at hand.

The holder keeps eight digits on paper and gives them together with the campus number:
``<campus number>#<eight digits>``. The code pays a small sum once a day; after five wrong tries it
is locked until the next day, so a guesser's chance is 5 in 100,000,000 a day.

Only a slow hash of a code is stored. ``decide`` is the whole rule. The server calls it with the row
locked, and commits the returned state *also when it refuses*; otherwise wrong tries would not count.
"""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from .. import errors, numbers
from ..errors import CredentialError, Refusal
from . import slow_hash

DIGITS: Final = 8
TRIES_MAX: Final = 5
SALT_BYTES: Final = slow_hash.SALT_BYTES
#: Matches no code. Checking a code against it takes as long as against a stored one.
NOBODY: Final = f"scrypt${slow_hash.COST_LOG2}${slow_hash.NO_PEPPER}${'0' * 32}${'0' * 64}"

_TEXT: Final = re.compile(r"([^#\s][^#]{0,63})#([0-9][0-9 -]{6,14}[0-9])\Z")


@dataclass(frozen=True)
class EmergencyState:
    """What is stored beside the hash: wrong tries on day ``tried_on``, and the day of the last use."""

    wrong: int = 0
    tried_on: datetime.date | None = None
    used_on: datetime.date | None = None


def make_code(random_below: Callable[[int], int]) -> str:
    """Return a new code, eight digits; ``random_below(n)`` is for instance ``secrets.randbelow``."""
    return f"{random_below(10**DIGITS):0{DIGITS}d}"


def parse(text: str) -> tuple[str, str]:
    """Return campus number and digits of ``2025001#1234 5678``.

    Raises ``CredentialError``: ``credential_malformed``; this does not count as a wrong try.
    """
    found = _TEXT.match(unicodedata.normalize("NFKC", text).strip())
    code = re.sub("[ -]", "", found.group(2)) if found else ""
    if not found or len(code) != DIGITS:
        raise CredentialError(errors.CREDENTIAL_MALFORMED)
    campus_number = numbers.normalise(found.group(1))
    if not campus_number:
        raise CredentialError(errors.CREDENTIAL_MALFORMED)
    return campus_number, code


def hash_code(code: str, salt: bytes, peppers: Sequence[bytes] = ()) -> str:
    """Return what to store of ``code``; ``salt`` is 16 new random bytes for each code."""
    return slow_hash.seal(code, salt, peppers)


def is_code(code: str, stored: str, peppers: Sequence[bytes] = ()) -> bool:
    """Say whether ``stored`` is the hash of ``code``, in constant time; a broken hash matches no code."""
    return slow_hash.matches(code, stored, peppers)


def decide(
    state: EmergencyState,
    stored: str,
    code: str,
    amount_minor: int,
    cap_minor: int,
    today: datetime.date,
    peppers: Sequence[bytes] = (),
) -> tuple[EmergencyState, Refusal | None]:
    """Return the state to store and the refusal, None when the code pays ``amount_minor`` cents.

    Codes: ``emergency_locked``, ``emergency_used``, ``emergency_cap`` (these do not check the
    code and do not count as a try), ``emergency_wrong`` (with ``tries_left``).
    """
    wrong = state.wrong if state.tried_on == today else 0
    if wrong >= TRIES_MAX:
        return state, Refusal(errors.EMERGENCY_LOCKED)
    if state.used_on is not None and state.used_on >= today:
        return state, Refusal(errors.EMERGENCY_USED)
    if amount_minor > cap_minor:
        return state, Refusal(errors.EMERGENCY_CAP, {"asked": amount_minor, "cap": cap_minor})
    if not is_code(code, stored, peppers):
        state = replace(state, wrong=wrong + 1, tried_on=today)
        return state, Refusal(errors.EMERGENCY_WRONG, {"tries_left": TRIES_MAX - wrong - 1})
    return EmergencyState(used_on=today), None
