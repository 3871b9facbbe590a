"""Frames of OSDP v2: builds them, and finds and checks them in a stream of bytes.

::

    53  address  length  control  [block]  code  data  [MAC]  check
     1     1       2 LE     1      n        1     m      4     1 or 2

``address`` has bit 7 set in replies. ``control``: bits 0-1 sequence, bit 2 CRC instead of checksum,
bit 3 a security block follows (its first byte is its length). ``length`` counts from the 53 to the end.
A byte FF (mark) precedes a frame on the line; it is not a part of the frame.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from . import osdp_codes as codes

SOM: Final = 0x53
MARK: Final = b"\xff"
HEADER: Final = 5
MAC_BYTES: Final = 4
LENGTH_MIN: Final = 7
#: The longest frame of the standard.
LENGTH_MAX: Final = 1440

_REPLY: Final = 0x80
_SEQUENCE: Final = 0x03
_CRC: Final = 0x04
_BLOCK: Final = 0x08


@dataclass(frozen=True, slots=True)
class Frame:
    """A frame with a correct check; ``data`` is still encrypted under SCS_17 and SCS_18.

    ``block`` is the security block without its length byte, ``covered`` the bytes that the MAC covers.
    """

    address: int
    sequence: int
    is_reply: bool
    code: int
    data: bytes
    block: bytes = b""
    mac: bytes = b""
    covered: bytes = b""

    @property
    def is_sealed(self) -> bool:
        """Whether the frame belongs to an open secure channel."""
        return bool(self.block) and codes.SCS_COMMAND <= self.block[0] <= codes.SCS_REPLY_DATA


def crc16(data: bytes) -> int:
    """Return the CRC-16 (polynomial 1021, initial value 1D0F)."""
    crc = 0x1D0F
    for byte in data:
        crc = (crc << 8 & 0xFFFF) ^ _CRC_TABLE[crc >> 8 ^ byte]
    return crc


def checksum(data: bytes) -> int:
    """Return the byte that makes the sum of all bytes zero."""
    return -sum(data) & 0xFF


def build(
    address: int,
    sequence: int,
    code: int,
    data: bytes = b"",
    *,
    block: bytes = b"",
    mac: Callable[[bytes], bytes] | None = None,
    is_reply: bool = False,
    use_crc: bool = True,
) -> bytes:
    """Return a frame without mark; ``mac`` makes the 4 bytes of the MAC from the bytes that it covers."""
    body = (bytes([len(block) + 1]) + block if block else b"") + bytes([code]) + data
    length = HEADER + len(body) + (MAC_BYTES if mac else 0) + (2 if use_crc else 1)
    control = sequence | (_CRC if use_crc else 0) | (_BLOCK if block else 0)
    head = bytes([SOM, address | (_REPLY if is_reply else 0), length & 0xFF, length >> 8, control])
    covered = head + body
    whole = covered + (mac(covered) if mac else b"")
    return whole + (crc16(whole).to_bytes(2, "little") if use_crc else bytes([checksum(whole)]))


class Splitter:
    """Cuts a stream of bytes into frames and skips other bytes.

    ``noise`` counts the skipped bytes. The buffer holds at most one frame's length.
    """

    def __init__(self) -> None:
        self._buffer = bytearray()
        self.noise = 0

    def clear(self) -> None:
        """Drop a partly received frame and count it as noise."""
        self._skip(len(self._buffer))

    def feed(self, data: bytes) -> list[Frame]:
        """Return the frames that ``data`` completes."""
        self._buffer += data
        frames = []
        while (length := self._next_length()) is not None:
            frame = _parse(bytes(self._buffer[:length]))
            if frame is None:
                self._skip(1)
            else:
                frames.append(frame)
                del self._buffer[:length]
        return frames

    def _next_length(self) -> int | None:
        """Skip noise; return the length of a complete frame, None without one."""
        while True:
            start = self._buffer.find(SOM)
            self._skip(len(self._buffer) if start < 0 else start)
            if len(self._buffer) < HEADER:
                return None
            length = self._buffer[2] | self._buffer[3] << 8
            if LENGTH_MIN <= length <= LENGTH_MAX:
                return length if len(self._buffer) >= length else None
            self._skip(1)

    def _skip(self, count: int) -> None:
        # the mark before a frame does not count as noise
        self.noise += count - self._buffer[:count].count(MARK)
        del self._buffer[:count]


def _parse(raw: bytes) -> Frame | None:
    control = raw[4]
    check_bytes = 2 if control & _CRC else 1
    whole, check = raw[:-check_bytes], int.from_bytes(raw[-check_bytes:], "little")
    if check != (crc16(whole) if control & _CRC else checksum(whole)):
        return None
    body = whole[HEADER:]
    block = b""
    if control & _BLOCK:
        size = body[0] if body else 0
        block, body = body[1:size], body[size:]
        if size < 2 or len(block) != size - 1:
            return None
    mac = b""
    covered = whole
    if block and codes.SCS_COMMAND <= block[0] <= codes.SCS_REPLY_DATA:
        mac, body, covered = body[-MAC_BYTES:], body[:-MAC_BYTES], whole[:-MAC_BYTES]
    if not body or (mac and len(mac) != MAC_BYTES):
        return None
    sequence, is_reply = control & _SEQUENCE, bool(raw[1] & _REPLY)
    return Frame(raw[1] & 0x7F, sequence, is_reply, body[0], body[1:], block, mac, covered)


def _crc_of_byte(byte: int) -> int:
    crc = byte << 8
    for _ in range(8):
        crc = (crc << 1 ^ (0x1021 if crc & 0x8000 else 0)) & 0xFFFF
    return crc


_CRC_TABLE: Final = tuple(map(_crc_of_byte, range(256)))
