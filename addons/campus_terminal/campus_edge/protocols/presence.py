"""Makes one tap of a card that the reader reports again and again while it stays.

A card that is already there when the reader starts or is plugged in again gives no tap until it has left
once. It may have been answered before, and a loose plug must not charge a forgotten card once a second.
"""

from __future__ import annotations

from typing import Final

from .base import CardGone, CardSeen, Event

#: A card reported so soon after the line was opened was there before.
SETTLE_MS: Final = 250
#: A card that is not reported for so long has left. Longer than a few lost repeats of a slow reader
#: (RDM6300: one frame every 65 ms), shorter than the time to take a card away and show it again.
HOLD_MS: Final = 700


class Presence:
    """Keeps the card on the reader; ``hold_ms`` after its last report it has left."""

    def __init__(self, hold_ms: int = HOLD_MS) -> None:
        self._hold_ms = hold_ms
        self._seen_ms = 0
        self._is_silent = False
        self.credential: str | None = None

    def adopt(self, credential: str, now_ms: int) -> None:
        """Take over a card that was there before, without ``CardSeen`` and ``CardGone`` for this visit."""
        self.credential, self._seen_ms, self._is_silent = credential, now_ms, True

    def seen(self, credential: str, now_ms: int) -> list[Event]:
        """Handle a report of ``credential``; a new visit gives ``CardSeen``."""
        events = self.expire(now_ms)
        if credential != self.credential:
            events += [*self.gone(), CardSeen(credential)]
            self._is_silent = False
        self.credential, self._seen_ms = credential, now_ms
        return events

    def expire(self, now_ms: int) -> list[Event]:
        """Return ``CardGone`` if the card was not reported for the hold time."""
        is_over = self.credential is not None and now_ms - self._seen_ms >= self._hold_ms
        return self.gone() if is_over else []

    def left_ms(self, now_ms: int) -> int | None:
        """Return the time until ``expire`` gives ``CardGone``, None without a card."""
        return None if self.credential is None else self._seen_ms + self._hold_ms - now_ms

    def gone(self) -> list[Event]:
        """Note that no card is there; return ``CardGone`` if there was one."""
        if self.credential is None:
            return []
        left, self.credential = self.credential, None
        return [] if self._is_silent else [CardGone(left)]
