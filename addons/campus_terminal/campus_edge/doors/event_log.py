"""Writes events of doors into the journal; what a full disk refuses is written later, none is lost."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Final

from campus_core.access import events
from campus_core.taps import wire

from ..clock.clock import Clock
from ..journal.journal import Journal
from ..journal.store import Draft
from ..loop import Loop

_logger = logging.getLogger(__name__)
#: Events that wait for the disk; then the oldest are given up.
WAITING_MAX: Final = 10_000
AGAIN_MS: Final = 1_000


class EventLog:
    """Only the loop's thread calls it; ``wake`` is called when events are on the disk."""

    def __init__(
        self,
        loop: Loop,
        clock: Clock,
        journal: Journal,
        wake: Callable[[], None],
        version: Callable[[], int],
    ) -> None:
        self._loop, self._clock, self._journal = loop, clock, journal
        self._wake, self._version = wake, version
        self._waiting: deque[Draft] = deque(maxlen=WAITING_MAX)
        self._is_writing = False

    def write(
        self, code: str, terminal: str, *, uuid: str = "", card: int | None = None, rule: str | None = None
    ) -> Draft:
        """Write an event; ``uuid`` is of the passage that it is about."""
        draft = self.draft(code, terminal, uuid=uuid, card=card, rule=rule)
        self._waiting.append(draft)
        _logger.info("event", extra={"terminal": terminal, "code": code})
        self._loop.soon(self._flush)
        return draft

    def draft(
        self, code: str, terminal: str, *, uuid: str = "", card: int | None = None, rule: str | None = None
    ) -> Draft:
        """Return the entry of an event that happens now."""
        if not self._clock.is_sure:
            rule = f"{wire.DOUBTFUL_CLOCK}{rule or ''}"
        return Draft(
            kind=wire.EVENT,
            uuid=self._clock.new_uuid(),
            terminal=terminal,
            at_ms=self._clock.now_ms(),
            purpose=wire.DOOR,
            credential=f"{events.CREDENTIAL}{uuid}",
            card=card,
            amount_minor=None,
            mode=wire.TOLD,
            outcome=None,
            code=code,
            rule=rule,
            snapshot=self._version(),
        )

    def _flush(self) -> None:
        if self._is_writing or not self._waiting:
            return
        self._is_writing = True
        drafts, self._waiting = list(self._waiting), deque(maxlen=WAITING_MAX)
        self._journal.submit(drafts, partial(self._loop.post, self._written, drafts))

    def _written(self, drafts: list[Draft], error: Exception | None) -> None:
        self._is_writing = False
        if error is None:
            self._wake()
            self._flush()
            return
        _logger.error("events cannot be written yet: %s", error)
        self._waiting.extendleft(reversed(drafts))
        self._loop.later(AGAIN_MS, self._flush)
