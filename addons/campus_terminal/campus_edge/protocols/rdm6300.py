"""EM4100 cards (125 kHz) by readers that send RDM6300 frames: 9600 baud, 8 data bits, no parity.

========= ======== =====================================================
bytes     value    meaning
========= ======== =====================================================
1         02       start (STX)
10        ASCII    card: version byte and 32-bit number, as hex digits
2         ASCII    exclusive or of the five bytes, as hex digits
0 or 2    0D 0A    only in frames of the ID-12 family
1         03       end (ETX)
========= ======== =====================================================

The number that is printed on these cards is the decimal of the last four bytes, so these are the
UID of the card; the version byte (the maker's customer code) is left out, as in old systems.
The reader accepts no commands, so it has no lamps that we control.
"""

from __future__ import annotations

from functools import reduce
from operator import xor
from typing import Final

from .base import READY, UID, Event, Feedback, Noise, ReaderState
from .presence import HOLD_MS, SETTLE_MS, Presence

STX, ETX, CR, LF = 0x02, 0x03, 0x0D, 0x0A
DIGITS: Final = 12
BAUD: Final = 9600
#: A frame takes 15 ms at 9600 baud; an incomplete one that is older than this is noise.
FRAME_TIMEOUT_MS: Final = 150
IDLE_POLL_MS: Final = 1_000
_HEX: Final = frozenset(b"0123456789ABCDEFabcdef")

# -- reasons of noise ----------------------------------------------------------------
GARBAGE: Final = "garbage"
HALF_FRAME: Final = "half_frame"
OVERSIZE: Final = "oversize"
CHECKSUM: Final = "checksum"
EMPTY: Final = "empty"


def encode(version: int, number: int, family: str = "rdm6300") -> bytes:
    """Return the frame of a card: ``version`` 0 to 255, ``number`` 32 bits."""
    raw = bytes([version]) + number.to_bytes(4, "big")
    end = b"\r\n\x03" if family == "id12" else b"\x03"
    return b"\x02" + f"{raw.hex()}{reduce(xor, raw):02x}".upper().encode() + end


class Rdm6300:
    """Decoder of the frames above; see ``base.Decoder``."""

    def __init__(self, hold_ms: int = HOLD_MS) -> None:
        self._presence = Presence(hold_ms)
        self._now_ms = 0
        self._events: list[Event] = []
        self._garbage = 0
        self.reset()

    @property
    def poll_ms(self) -> int:
        """Time until the next timeout; long when there is neither a card nor a begun frame."""
        left = [IDLE_POLL_MS, self._presence.left_ms(self._now_ms)]
        if self._frame is not None:
            left.append(self._started_ms + FRAME_TIMEOUT_MS - self._now_ms)
        if not self._is_settled and self._opened_ms is not None:
            left.append(self._opened_ms + SETTLE_MS - self._now_ms)
        return max(min(ms for ms in left if ms is not None), 1)

    def reset(self) -> None:
        self._frame: bytearray | None = None
        self._started_ms = 0
        self._opened_ms: int | None = None
        self._is_settled = False
        self._events += self._presence.gone()

    def poll(self, now_ms: int) -> bytes:
        self._now_ms = now_ms
        if self._opened_ms is None:
            self._opened_ms = now_ms
        if not self._is_settled and now_ms - self._opened_ms >= SETTLE_MS:
            self._is_settled = True
            self._events.append(ReaderState(READY))
        if self._frame is not None and now_ms - self._started_ms >= FRAME_TIMEOUT_MS:
            self._drop(HALF_FRAME)
        self._events += self._presence.expire(now_ms)
        return b""

    def feed(self, data: bytes) -> list[Event]:
        for byte in data:
            self._take(byte)
        self._report_garbage()
        events, self._events = self._events, []
        return events

    def answer(self, feedback: Feedback) -> bytes:
        return b""

    def _take(self, byte: int) -> None:
        if byte == STX:
            self._report_garbage()
            if self._frame is not None:
                self._drop(HALF_FRAME)
            self._frame, self._started_ms = bytearray(), self._now_ms
        elif self._frame is None:
            self._garbage += 1
        elif byte == ETX:
            self._finish(bytes(self._frame))
        elif len(self._frame) < DIGITS and byte in _HEX:
            self._frame.append(byte)
        elif len(self._frame) == DIGITS and byte in _HEX:
            self._drop(OVERSIZE)
        elif len(self._frame) < DIGITS or byte not in (CR, LF):
            self._drop(HALF_FRAME)

    def _finish(self, digits: bytes) -> None:
        if len(digits) != DIGITS:
            return self._drop(HALF_FRAME)
        raw = bytes.fromhex(digits.decode())
        if reduce(xor, raw):
            return self._drop(CHECKSUM)
        if not any(raw[1:5]):
            return self._drop(EMPTY)
        self._frame = None
        credential = f"{UID}:{raw[1:5].hex().upper()}"
        if not self._is_settled:
            self._presence.adopt(credential, self._now_ms)
        else:
            self._events += self._presence.seen(credential, self._now_ms)

    def _report_garbage(self) -> None:
        if self._garbage:
            self._events.append(Noise(GARBAGE, self._garbage))
            self._garbage = 0

    def _drop(self, reason: str) -> None:
        self._frame = None
        self._events.append(Noise(reason))
