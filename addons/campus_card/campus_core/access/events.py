"""What happens at a door beside the taps: the codes of journal entries of kind ``event``."""

from __future__ import annotations

from typing import Final

#: Somebody whom the door was opened for went through, or did not.
PASSED, NOT_PASSED = "passed", "not_passed"
#: The door was opened without anybody being let through, stood open too long, and is closed again.
FORCED, HELD_OPEN, CLOSED = "forced", "held_open", "closed"
#: Exit button, opened housing, the fire alarm's input.
REX, TAMPER, FIRE = "rex", "tamper", "fire"
#: A PIN under duress; a lockdown by a button at the edge; somebody at an assembly point.
DURESS, LOCKDOWN, MUSTERED = "duress", "lockdown", "mustered"

EVENTS: Final = frozenset(
    {PASSED, NOT_PASSED, FORCED, HELD_OPEN, CLOSED, REX, TAMPER, FIRE, DURESS, LOCKDOWN, MUSTERED}
)
#: Begins the credential of an event; the uuid of its passage follows, where there is one.
CREDENTIAL: Final = "event:"
