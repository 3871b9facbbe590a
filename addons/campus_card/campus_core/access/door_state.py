"""What a guard is shown of a door: one word for all that is heard of it, what is most urgent first."""

from __future__ import annotations

from typing import Final, NamedTuple

from . import types

FORCED, HELD_OPEN = "forced", "held_open"
#: A lockdown closes the door and its edges have confirmed it; or they have not yet.
LOCKED_DOWN, UNCONFIRMED = "locked_down", "unconfirmed"
#: The edge or the readers are not heard any more; or they never were.
OFFLINE, UNKNOWN = "offline", "unknown"
#: Open now; open to all by its schedule; closed; in service, but no contact says whether it is closed.
OPEN, FREE, CLOSED, READY = "open", "free", "closed", "ready"
#: Locked for everybody, as the office has set it.
LOCKED = "locked"
#: All states, the most urgent first.
STATES: Final = (
    FORCED, HELD_OPEN, UNCONFIRMED, LOCKED_DOWN, OFFLINE, UNKNOWN, OPEN, FREE, LOCKED, CLOSED, READY,
)  # fmt: skip
#: Somebody who went through leaves a door with a contact open for about so long.
OPEN_FOR_MS: Final = 10_000


class Seen(NamedTuple):
    """What is heard of a door; times are milliseconds since 1970, 0 for never.

    ``is_heard``: its readers answer now; ``was_heard``: they ever did. ``passed_ms`` is when its contact last saw
    somebody go through, ``is_open`` what it said last. ``lockdowns`` is how many orders close it, ``confirmed`` how many of them its edges obey.
    """

    mode: str = types.NORMAL
    is_heard: bool = False
    was_heard: bool = False
    forced_ms: int = 0
    held_ms: int = 0
    closed_ms: int = 0
    passed_ms: int = 0
    has_contact: bool = False
    is_open: bool = False
    is_free: bool = False
    lockdowns: int = 0
    confirmed: int = 0


def state(seen: Seen, now_ms: int) -> str:
    """Return the most urgent of what holds."""
    if seen.forced_ms > seen.closed_ms:
        return FORCED
    if seen.held_ms > seen.closed_ms:
        return HELD_OPEN
    if seen.lockdowns:
        return LOCKED_DOWN if seen.confirmed >= seen.lockdowns else UNCONFIRMED
    if not seen.is_heard:
        return OFFLINE if seen.was_heard else UNKNOWN
    return _at_rest(seen, now_ms)


def _at_rest(seen: Seen, now_ms: int) -> str:
    if seen.is_open or 0 <= now_ms - seen.passed_ms < OPEN_FOR_MS:
        return OPEN
    if seen.mode == types.LOCKED:
        return LOCKED
    if seen.is_free:
        return FREE
    return CLOSED if seen.has_contact else READY


def since_ms(seen: Seen, name: str) -> int:
    """Return since when an alarm lasts; 0 for states without a beginning."""
    return {FORCED: seen.forced_ms, HELD_OPEN: seen.held_ms}.get(name, 0)
