"""The session of a person at a machine in a lobby: how long it lasts, and what proves who it is.

A card that lies on the floor opens a session as well as its holder does. Whoever wants more than
to look at it (a first PIN) shows a second key of the holder, or the emergency code. Times are
seconds of one clock, given by the caller.
"""

from __future__ import annotations

from typing import Final

#: Without a touch: while something is shown, while a code waits for a phone, while the phone pays.
IDLE_S: Final = 45
SCAN_S: Final = 90
PAYING_S: Final = 240
#: A finished errand is shown this long.
DONE_S: Final = 20
#: No session is longer, however often it is touched.
SESSION_MAX_S: Final = 15 * 60
#: A page tells of touches every dozen seconds only, and a network takes its time.
GRACE_S: Final = 15

_PHONE: Final = "phone"


def ends_at_s(opened_at_s: float, now_s: float, wait_s: float) -> float:
    """When a session that was touched now ends, if nobody touches it again for ``wait_s``."""
    if wait_s <= 0:
        raise ValueError("a session waits for some time")
    return min(now_s + wait_s + GRACE_S, opened_at_s + SESSION_MAX_S)


def is_second_key(first_kind: str, second_kind: str) -> bool:
    """Whether a card of ``second_kind`` says more about a person than one of ``first_kind`` did.

    A plastic card and a phone do: they are not lost as one, and a phone is locked. Two plastic
    cards in one purse do not.
    """
    return (first_kind == _PHONE) != (second_kind == _PHONE)
