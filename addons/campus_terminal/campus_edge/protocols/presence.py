"""One tap per visit of a card: readers report a card again and again while it lies there.

A card that lies there when the reader comes (back) is no tap until it was away: nobody can say
whether it was answered before, and a bad plug must not charge a forgotten card once a second.
"""

from __future__ import annotations

from typing import Final

from .base import CardGone, CardSeen, Event

#: After the line was opened, cards that are reported so early have lain there before.
SETTLE_MS: Final = 250
#: A card not reported for so long has left. Longer than a few lost repeats of a slow reader
#: (RDM6300: one frame each 65 ms or so), shorter than taking a card away and showing it again.
HOLD_MS: Final = 700


class Presence:
    """Remembers the card on the reader; ``hold_ms`` after its last report it is gone."""

    def __init__(self, hold_ms: int = HOLD_MS) -> None:
        self._hold_ms = hold_ms
        self._seen_ms = 0
        self._is_silent = False
        self.credential: str | None = None

    def adopt(self, credential: str, now_ms: int) -> None:
        """The card lies there from before: neither seen nor gone until another visit."""
        self.credential, self._seen_ms, self._is_silent = credential, now_ms, True

    def seen(self, credential: str, now_ms: int) -> list[Event]:
        """The reader reports ``credential``: a new visit gives ``CardSeen``."""
        events = self.expire(now_ms)
        if credential != self.credential:
            events += [*self.gone(), CardSeen(credential)]
            self._is_silent = False
        self.credential, self._seen_ms = credential, now_ms
        return events

    def expire(self, now_ms: int) -> list[Event]:
        """Time passes; gives ``CardGone`` when the card was not reported for the hold time."""
        is_over = self.credential is not None and now_ms - self._seen_ms >= self._hold_ms
        return self.gone() if is_over else []

    def left_ms(self, now_ms: int) -> int | None:
        """Return how long until ``expire`` says that the card has gone, None when there is none."""
        return None if self.credential is None else self._seen_ms + self._hold_ms - now_ms

    def gone(self) -> list[Event]:
        """The reader says, or a fault means, that no card is there."""
        if self.credential is None:
            return []
        left, self.credential = self.credential, None
        return [] if self._is_silent else [CardGone(left)]
