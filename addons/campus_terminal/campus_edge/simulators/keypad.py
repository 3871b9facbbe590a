"""A keypad on a serial line: it sends one byte per key and has no display."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from .cards import Card

_BYTES: Final[Mapping[str, bytes]] = {"#": b"\r\n", "C": b"\x1b", "<": b"\x08"}


class SerialKeypad:
    """A ``wire.Device``."""

    def __init__(self) -> None:
        self._out = b""

    def press(self, keys: str) -> None:
        """Press keys: digits, ``#``, ``*``, ``C``, ``<``, ``.``."""
        self._out += b"".join(_BYTES.get(key, key.encode("ascii")) for key in keys)

    def put(self, card: Card) -> None:
        """Raise ``ValueError``: a keypad reads no cards."""
        raise ValueError("a keypad reads no cards")

    def take(self) -> None:
        """Do nothing: a keypad has no card."""

    def feed(self, data: bytes) -> bytes:
        return b""

    def poll(self, now_ms: int) -> bytes:
        said, self._out = self._out, b""
        return said
