"""One door's contact, without I/O: who went through, what was forced, what stands open too long.

Times are milliseconds of a monotonic clock. The caller tells what it sees and asks for ``notes``; ``due_ms``
is when ``tick`` has something to say without anything happening.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, NamedTuple

from campus_core.access.events import CLOSED, FORCED, HELD_OPEN, NOT_PASSED, PASSED

#: Not an event: the reader warns before the door counts as held open.
WARN: Final = "warn"
#: Somebody who was let through opens the door within this time; so does who pressed the exit button.
OPEN_WITHIN_MS: Final = 7_000
HELD_MS: Final = 30_000
#: The reader warns so long before.
WARN_BEFORE_MS: Final = 10_000


class Let(NamedTuple):
    """Somebody who was let through: the tap's uuid, and until when the door is to be opened."""

    uuid: str
    until_ms: int


class Note(NamedTuple):
    """An event's code or ``WARN``, and the uuid of the passage that it is about, if any."""

    code: str
    uuid: str = ""


@dataclass
class Watch:
    """The state of one door with a contact."""

    held_ms: int = HELD_MS
    open_within_ms: int = OPEN_WITHIN_MS
    is_open: bool = False
    #: Opened by schedule, by the fire alarm: then nothing is forced or held open.
    is_free: bool = False
    _waiting: list[Let] = field(default_factory=list)
    _exit_until_ms: int = -1
    _held_at_ms: int | None = None
    _warned: bool = False
    #: What the door has to be closed after: it was forced or held open.
    _has_alarm: bool = False

    def let_through(self, uuid: str, now_ms: int) -> list[Note]:
        """Somebody may pass: at once where the door stands open, else when it is opened."""
        if self.is_open:
            self._begin_open(now_ms)
            return [Note(PASSED, uuid)]
        self._waiting.append(Let(uuid, now_ms + self.open_within_ms))
        return []

    def exit_pressed(self, now_ms: int) -> None:
        """The exit button was pressed: the door may be opened from inside."""
        self._exit_until_ms = now_ms + self.open_within_ms
        if self.is_open:
            self._begin_open(now_ms)

    def opened(self, now_ms: int) -> list[Note]:
        """The contact says that the door is open."""
        if self.is_open:
            return []
        notes = self._expired(now_ms)
        self.is_open = True
        self._begin_open(now_ms)
        if self._waiting:
            # who was let through before it opened goes with the first
            passed, self._waiting = self._waiting, []
            return [*notes, *(Note(PASSED, let.uuid) for let in passed)]
        if self.is_free or now_ms < self._exit_until_ms:
            self._exit_until_ms = -1
            return notes
        self._has_alarm = True
        return [*notes, Note(FORCED)]

    def found_open(self, now_ms: int) -> None:
        """The door was open when its contact was first heard: nobody knows who opened it."""
        self.is_open = True
        self._begin_open(now_ms)

    def closed(self, now_ms: int) -> list[Note]:
        """The contact says that the door is closed."""
        if not self.is_open:
            return []
        self.is_open, self._held_at_ms, self._warned = False, None, False
        had_alarm, self._has_alarm = self._has_alarm, False
        return [Note(CLOSED)] if had_alarm else []

    def free(self, is_free: bool, now_ms: int) -> None:
        """The door is free for everybody from now on, or no longer."""
        if self.is_free and not is_free and self.is_open:
            self._begin_open(now_ms)
        self.is_free = is_free

    def tick(self, now_ms: int) -> list[Note]:
        """Return what the time has brought."""
        notes = self._expired(now_ms)
        if not self.is_open or self.is_free or self._held_at_ms is None:
            return notes
        if now_ms >= self._held_at_ms:
            self._held_at_ms, self._has_alarm = None, True
            notes.append(Note(HELD_OPEN))
        elif now_ms >= self._warn_ms() and not self._warned:
            self._warned = True
            notes.append(Note(WARN))
        return notes

    @property
    def due_ms(self) -> int | None:
        """When ``tick`` is to be called next; None: no time brings anything."""
        due = [let.until_ms for let in self._waiting]
        if self.is_open and not self.is_free and self._held_at_ms is not None:
            due.append(self._held_at_ms if self._warned else self._warn_ms())
        return min(due, default=None)

    def is_busy(self, now_ms: int) -> bool:
        """Say whether the door is open, or about to be: another door of the same interlock stays shut."""
        return self.is_open or any(now_ms < let.until_ms for let in self._waiting)

    def _begin_open(self, now_ms: int) -> None:
        self._held_at_ms, self._warned = now_ms + self.held_ms, False

    def _warn_ms(self) -> int:
        return (self._held_at_ms or 0) - min(WARN_BEFORE_MS, self.held_ms // 2)

    def _expired(self, now_ms: int) -> list[Note]:
        late = [let for let in self._waiting if now_ms >= let.until_ms]
        self._waiting = [let for let in self._waiting if now_ms < let.until_ms]
        return [Note(NOT_PASSED, let.uuid) for let in late]
