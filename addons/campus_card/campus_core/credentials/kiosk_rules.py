"""The session of a person at a kiosk: how long it lasts, and what proves who the person is.

Anybody can open a session with a card that was found. To do more than look (set a first PIN), the
person must show a second card or phone of the holder, or the emergency code. Times are seconds of one
clock, given by the caller.
"""

from __future__ import annotations

from typing import Final

#: How long a session waits without a touch: while a page is shown, while a code waits for a phone,
#: and while the phone pays.
IDLE_S: Final = 45
SCAN_S: Final = 90
PAYING_S: Final = 240
#: How long the result of a finished task is shown.
DONE_S: Final = 20
#: The longest session, however often the screen is touched.
SESSION_MAX_S: Final = 15 * 60
#: Tolerance: a page reports touches only every twelve seconds, and the network has delays.
GRACE_S: Final = 15

_PHONE: Final = "phone"


def ends_at_s(opened_at_s: float, now_s: float, wait_s: float) -> float:
    """Return when a session that was touched at ``now_s`` ends if nobody touches it again for ``wait_s``."""
    if wait_s <= 0:
        raise ValueError("a session must wait for more than 0 seconds")
    return min(now_s + wait_s + GRACE_S, opened_at_s + SESSION_MAX_S)


def is_second_proof(first_kind: str, second_kind: str) -> bool:
    """Say whether a card of ``second_kind`` is further proof after a card of ``first_kind``.

    A plastic card and a phone are: they are rarely lost together, and a phone is locked. Two plastic
    cards are not, because they may be in one lost purse.
    """
    return (first_kind == _PHONE) != (second_kind == _PHONE)
