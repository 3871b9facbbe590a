"""Frames between host and PN532: PN532 user manual (UM0701-02), chapter 6.2.1.

======== ================================================== ===========================
frame    bytes                                              meaning
======== ================================================== ===========================
normal   00 00 FF LEN LCS  TFI data  DCS 00                 LEN + LCS = 00, up to 255
extended 00 00 FF FF FF LENM LENL LCS  TFI data  DCS 00     LENM + LENL + LCS = 00
ACK      00 00 FF 00 FF 00                                  received; from the host: stop
NACK     00 00 FF FF 00 00                                  say it again
error    00 00 FF 01 FF 7F 81 00                            the command's syntax is wrong
======== ================================================== ===========================

LEN counts TFI and data; TFI is D4 to the PN532 and D5 from it; TFI + data + DCS = 00.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeAlias

HOST, CHIP = 0xD4, 0xD5
ERROR_TFI: Final = 0x7F
ACK_BYTES: Final = bytes.fromhex("0000FF00FF00")
NACK_BYTES: Final = bytes.fromhex("0000FFFF0000")
ERROR_BYTES: Final = bytes.fromhex("0000FF01FF7F8100")
#: The most bytes of TFI and data (user manual 6.2.1.2).
LENGTH_MAX: Final = 265
_START: Final = b"\x00\xff"

# -- reasons of noise --------------------------------------------------------------------
GARBAGE: Final = "garbage"
LENGTH: Final = "length"
OVERSIZE: Final = "oversize"
CHECKSUM: Final = "checksum"
HALF_FRAME: Final = "half_frame"


@dataclass(frozen=True, slots=True)
class Data:
    """A frame with content: ``tfi`` D4 or D5, then command or response code and parameters."""

    tfi: int
    payload: bytes


@dataclass(frozen=True, slots=True)
class Ack:
    pass


@dataclass(frozen=True, slots=True)
class Nack:
    pass


@dataclass(frozen=True, slots=True)
class Fault:
    """The chip's error frame: it did not understand the command."""


@dataclass(frozen=True, slots=True)
class Bad:
    """Noise: ``count`` bytes (``garbage``) or one frame (any other reason)."""

    reason: str
    count: int = 1


Frame: TypeAlias = Data | Ack | Nack | Fault | Bad


def encode(tfi: int, payload: bytes) -> bytes:
    """Return the frame of ``payload``: normal up to 254 bytes, extended up to 264."""
    content = bytes([tfi]) + payload
    size = len(content)
    if size > LENGTH_MAX:
        raise ValueError(f"{len(payload)} bytes do not fit into a frame")
    if size <= 255:
        head = bytes([size, -size & 0xFF])
    else:
        high, low = size.to_bytes(2, "big")
        head = bytes([0xFF, 0xFF, high, low, -(high + low) & 0xFF])
    return b"\x00" + _START + head + content + bytes([-sum(content) & 0xFF, 0x00])


class FrameParser:
    """Finds frames in bytes. After a wrong frame it searches for a frame that begins inside it."""

    def __init__(self) -> None:
        self._bytes = bytearray()
        self._garbage = 0

    @property
    def is_inside(self) -> bool:
        """Whether a frame has begun and not ended."""
        return len(self._bytes) > 1

    def reset(self) -> None:
        self._bytes.clear()

    def feed(self, data: bytes) -> list[Frame]:
        """Take bytes; return the complete frames and the noise, in order."""
        self._bytes += data
        frames: list[Frame] = []
        while (found := self._next()) is not None:
            frames += [*self._take_garbage(), found]
        return frames + self._take_garbage()

    def expire(self) -> list[Frame]:
        """Drop the frame that has begun, because its rest did not come in time."""
        if not self.is_inside:
            return []
        self._bytes.pop(0)
        return [Bad(HALF_FRAME), *self.feed(b"")]

    def _take_garbage(self) -> list[Frame]:
        count, self._garbage = self._garbage, 0
        return [Bad(GARBAGE, count)] if count else []

    def _next(self) -> Frame | None:
        self._skip_to_start()
        size = self._size()
        if not isinstance(size, tuple):
            return size
        head, length = size
        if len(self._bytes) < head + length + 1:
            return None
        content = bytes(self._bytes[head : head + length])
        if (sum(content) + self._bytes[head + length]) & 0xFF:
            return self._bad(CHECKSUM)
        del self._bytes[: head + length + 1]
        return Fault() if length == 1 and content[0] == ERROR_TFI else Data(content[0], content[1:])

    def _skip_to_start(self) -> None:
        """Drop the bytes before 00 FF; zeros are preambles and postambles, not noise."""
        position = self._bytes.find(_START)
        if position < 0:
            # the last byte may be the first half of a start
            position = len(self._bytes) - (self._bytes[-1:] == b"\x00")
        self._garbage += position - self._bytes.count(0, 0, position)
        del self._bytes[:position]

    def _size(self) -> tuple[int, int] | Frame | None:
        """Return the sizes of head and content, or a frame without content, or None to wait for bytes."""
        if len(self._bytes) < 4:
            return None
        first, second = self._bytes[2], self._bytes[3]
        if (first, second) in ((0x00, 0xFF), (0xFF, 0x00)):
            del self._bytes[:4]
            return Ack() if first == 0 else Nack()
        if (first, second) == (0xFF, 0xFF):
            return self._extended_size()
        if (first + second) & 0xFF or not first:
            return self._bad(LENGTH)
        return 4, first

    def _extended_size(self) -> tuple[int, int] | Frame | None:
        if len(self._bytes) < 7:
            return None
        high, low, check = self._bytes[4:7]
        length = high << 8 | low
        if (high + low + check) & 0xFF or not length:
            return self._bad(LENGTH)
        return (7, length) if length <= LENGTH_MAX else self._bad(OVERSIZE)

    def _bad(self, reason: str) -> Frame:
        """Drop only the start: a good frame may begin in the bytes after it."""
        del self._bytes[:2]
        return Bad(reason)
