"""What an OSDP reader says about a person: card bits and keys, to a credential of the wire.

A RAW reply carries bits, first bit first. Which number of bits means what:

=========== ==================================================================
bits        meaning
=========== ==================================================================
32, 56, 80  the UID itself (4, 7, 10 bytes), as readers send a "CSN"
34, 58, 82  the UID between an even and an odd parity bit (Wiegand)
26, 24      facility (8 bits), number (16), with and without two parity bits; misses
            a byte of the UID, so it becomes ``number:161,45763``
=========== ==================================================================

The first parity bit makes the number of ones in the first half even, the last one makes it odd in
the second half. ``uid_reversed`` is for readers that send the UID's last byte first.
"""

from __future__ import annotations

from typing import Final

from .base import EMERGENCY, NUMBER, CardSeen, Noise, of_uid

UID_BITS: Final = (32, 56, 80)
PARITY_BITS: Final = (34, 58, 82)
W26_BITS: Final = 26
MAX_BITS: Final = 1024

#: Keys of a KEYPAD reply: digits in ASCII, * and # as the standard says.
STAR: Final = 0x7F
HASH: Final = 0x0D
KEY_PAUSE_MS: Final = 10_000
_CODE_DIGITS: Final = 8
_NUMBER_DIGITS_MAX: Final = 20


def card_event(data: bytes, *, uid_reversed: bool = False) -> CardSeen | Noise:
    """Return what a RAW reply's data (reader, format, bit count, bits) says."""
    count = int.from_bytes(data[2:4], "little")
    bits = data[4:]
    if len(data) < 5 or not 0 < count <= MAX_BITS or len(bits) != (count + 7) // 8:
        return Noise("card_length")
    value = int.from_bytes(bits, "big") >> (-count % 8)
    if count == W26_BITS or count in PARITY_BITS:
        if not _parity_is_right(value, count):
            return Noise("card_parity")
        value, count = value >> 1 & (1 << count - 2) - 1, count - 2
    if count == W26_BITS - 2:
        return CardSeen(f"{NUMBER}:{value >> 16:03d},{value & 0xFFFF:05d}")
    if count not in UID_BITS:
        return Noise("card_format")
    raw = value.to_bytes(count // 8, "big")
    credential = of_uid(raw[::-1] if uid_reversed else raw)
    return CardSeen(credential) if credential else Noise("card_random")


def _parity_is_right(value: int, count: int) -> bool:
    half = count // 2
    first, second = value >> half, value & (1 << half) - 1
    return first.bit_count() % 2 == 0 and second.bit_count() % 2 == 1


class Keypad:
    """Keys to an emergency code: campus number, ``*``, eight digits, ``#``.

    A number alone is no credential here: anybody could type somebody else's. A second ``*``
    clears, and so does a pause of ten seconds.
    """

    def __init__(self) -> None:
        self._typed = ""
        self._last_ms = 0

    def press(self, keys: bytes, now_ms: int) -> CardSeen | Noise | None:
        """Take keys; return a credential once it is complete."""
        if now_ms - self._last_ms > KEY_PAUSE_MS:
            self._typed = ""
        self._last_ms = now_ms
        found: CardSeen | Noise | None = None
        for key in keys:
            found = self._press_one(key) or found
        return found

    def _press_one(self, key: int) -> CardSeen | Noise | None:
        if key == HASH:
            return self._finish()
        if key == STAR:
            self._typed = f"{self._typed}#" if self._typed and "#" not in self._typed else ""
        elif 0x30 <= key <= 0x39 and len(self._typed) < _NUMBER_DIGITS_MAX + 1 + _CODE_DIGITS:
            self._typed += chr(key)
        else:
            self._typed = ""
            return Noise("keypad")
        return None

    def _finish(self) -> CardSeen | Noise:
        typed, self._typed = self._typed, ""
        number, _, code = typed.partition("#")
        if not number or len(number) > _NUMBER_DIGITS_MAX or len(code) != _CODE_DIGITS:
            return Noise("keypad")
        return CardSeen(f"{EMERGENCY}:{number}#{code}")
