"""An RDM6300 reader: it sends its frame again and again while a card is on it."""

from __future__ import annotations

from typing import Final

from ..protocols import rdm6300
from .cards import Card

#: A card sends 64 bits of 512 microseconds each; the reader reads them twice for a frame.
REPEAT_MS: Final = 65


class Rdm6300Reader:
    """A ``wire.Device``. ``family`` is ``rdm6300`` or ``id12``."""

    def __init__(self, family: str = "rdm6300", version: int = 0x01) -> None:
        self._family, self._version = family, version
        self._frame = b""
        self._next_ms = 0

    def put(self, card: Card) -> None:
        """Put a card with a UID of 4 bytes on the reader."""
        if len(card.raw_uid) != 4:
            raise ValueError("an EM4100 card has 4 bytes")
        self._frame = rdm6300.encode(self._version, int(card.uid, 16), self._family)

    def take(self) -> None:
        """Take the card away."""
        self._frame = b""

    def feed(self, data: bytes) -> bytes:
        return b""

    def poll(self, now_ms: int) -> bytes:
        if not self._frame or now_ms < self._next_ms:
            return b""
        self._next_ms = now_ms + REPEAT_MS
        return self._frame
