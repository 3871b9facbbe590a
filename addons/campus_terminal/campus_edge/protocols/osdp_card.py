"""Decodes an OSDP reader's reports about a person: card bits become a credential, key codes become keys.

A RAW reply has bits, the first bit first. The meaning depends on the number of bits:

=========== ==================================================================
bits        meaning
=========== ==================================================================
32, 56, 80  the UID itself (4, 7, 10 bytes), as readers send a "CSN"
34, 58, 82  the UID between an even and an odd parity bit (Wiegand)
26, 24      facility (8 bits), number (16), with and without two parity bits; one byte
            of the UID is missing, so it becomes ``number:161,45763``
=========== ==================================================================

The first parity bit makes the number of ones in the first half even, the last one makes it odd in
the second half. ``uid_reversed`` is for readers that send the UID's last byte first.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from .base import NUMBER, CardSeen, KeysPressed, Noise, of_uid

UID_BITS: Final = (32, 56, 80)
PARITY_BITS: Final = (34, 58, 82)
W26_BITS: Final = 26
MAX_BITS: Final = 1024

#: Keys of a KEYPAD reply: digits in ASCII; * and # as in the standard, or in ASCII.
UNKNOWN_KEY: Final = "?"
_KEYS: Final[Mapping[int, str]] = {
    **{ord(key): key for key in "0123456789*#"},
    0x7F: "*",
    0x0D: "#",
}


def card_event(data: bytes, *, uid_reversed: bool = False) -> CardSeen | Noise:
    """Return the card in a RAW reply's data (reader, format, bit count, bits), or noise."""
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


def key_event(data: bytes) -> KeysPressed:
    """Return the keys of a KEYPAD reply's data (reader, number of keys, keys)."""
    return KeysPressed("".join(_KEYS.get(key, UNKNOWN_KEY) for key in data[2:]))
