"""The PIN of doors: how it is stored, the PIN under duress, and how often one may be wrong.

A door's PIN is not the PIN of the wallet: edges hold its hash, so that it works without the server, and no
pepper can be kept from who steals an edge. Who is forced to open keys the last digit one higher (9 becomes
0): the door opens as always, and a silent alarm is raised. Times are milliseconds, given by the caller.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Hashable
from typing import Final

from ..credentials import slow_hash

LENGTH_MIN, LENGTH_MAX = 4, 8
RIGHT, DURESS, WRONG = "right", "duress", "wrong"
#: Wrong PINs within the window that lock the person's PIN at this edge, and the door's keypad.
TRIES_PERSON, TRIES_DOOR = 5, 20
WINDOW_MS: Final = 15 * 60_000
_KEPT: Final = 10_000


def is_pin(text: object) -> bool:
    """Say whether ``text`` has the form of a door PIN."""
    return isinstance(text, str) and bool(re.fullmatch(rf"[0-9]{{{LENGTH_MIN},{LENGTH_MAX}}}", text))


def seal(pin: str, salt: bytes, cost_log2: int = slow_hash.COST_LOG2) -> str:
    """Return what edges get of a PIN; ``salt`` is 16 new random bytes. Raises ``ValueError``."""
    if not is_pin(pin):
        raise ValueError("a door PIN is needed")
    return slow_hash.seal(pin, salt, (), cost_log2)


def under_duress(pin: str) -> str:
    """Return what somebody keys who is forced to open."""
    return pin[:-1] + str((int(pin[-1]) + 1) % 10)


def said(typed: str, stored: str) -> str:
    """Return what a keyed PIN says: ``RIGHT``, ``DURESS`` or ``WRONG``; each takes the same time."""
    # of what has not the form of a PIN the same is asked
    pin = typed if is_pin(typed) else "0" * LENGTH_MIN
    before = pin[:-1] + str((int(pin[-1]) - 1) % 10)
    is_right, is_duress = slow_hash.matches(pin, stored), slow_hash.matches(before, stored)
    if pin != typed or not (is_right or is_duress):
        return WRONG
    return RIGHT if is_right else DURESS


class Tries:
    """Wrong PINs by person or door; ``limit`` of them within the window lock the next ones out."""

    def __init__(self, limit: int, window_ms: int = WINDOW_MS) -> None:
        self._limit, self._window_ms = limit, window_ms
        self._wrong: OrderedDict[Hashable, list[int]] = OrderedDict()

    def wrong(self, who: Hashable, now_ms: int) -> None:
        """Note a wrong PIN."""
        times = [*self._fresh(who, now_ms), now_ms]
        self._wrong[who] = times[-self._limit :]
        self._wrong.move_to_end(who)
        if len(self._wrong) > _KEPT:
            self._wrong.popitem(last=False)

    def right(self, who: Hashable) -> None:
        """Note a right PIN: the wrong ones before it are forgotten."""
        self._wrong.pop(who, None)

    def is_locked(self, who: Hashable, now_ms: int) -> bool:
        """Say whether no PIN is taken now."""
        return len(self._fresh(who, now_ms)) >= self._limit

    def _fresh(self, who: Hashable, now_ms: int) -> list[int]:
        return [at_ms for at_ms in self._wrong.get(who, ()) if now_ms - at_ms < self._window_ms]
