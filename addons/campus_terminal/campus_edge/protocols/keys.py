"""Key codes of Linux (``input-event-codes.h``) and the characters that they type.

A reader that acts as a keyboard sends positions of keys, not characters. Most are set to the US layout.
Digits and hex digits are read in any of several layouts, see ``hex_text``.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

ENTER, KEYPAD_ENTER, TAB = 28, 96, 15
ENDS: Final = frozenset({ENTER, KEYPAD_ENTER, TAB})
LEFT_SHIFT, RIGHT_SHIFT = 42, 54
SHIFTS: Final = frozenset({LEFT_SHIFT, RIGHT_SHIFT})
#: Keys without a character that some readers press around a scan: control, alt, caps, num lock.
SILENT: Final = frozenset({29, 56, 58, 69, 97, 100})


class Key(NamedTuple):
    """A pressed key, and whether shift was held."""

    code: int
    shift: bool


def _table() -> dict[int, str]:
    """Return two characters for each key: without and with shift."""
    rows = {2: "1234567890-=", 16: "qwertyuiop[]", 30: "asdfghjkl;'`", 43: "\\zxcvbnm,./"}
    shifted = {2: "!@#$%^&*()_+", 16: "QWERTYUIOP{}", 30: 'ASDFGHJKL:"~', 43: "|ZXCVBNM<>?"}
    table = {57: "  ", 55: "**", 98: "//", 78: "++", 74: "--", 83: ".."}
    for first, plain in rows.items():
        for place, pair in enumerate(zip(plain, shifted[first], strict=True)):
            table[first + place] = "".join(pair)
    keypad = {71: "7", 72: "8", 73: "9", 75: "4", 76: "5", 77: "6", 79: "1", 80: "2", 81: "3", 82: "0"}
    return table | {code: digit * 2 for code, digit in keypad.items()}


US: Final = _table()
#: AZERTY: digits are typed with shift, and A is in the place of Q.
_HEX_FR: Final = {16: "A"}


def text(keys: Iterable[Key]) -> str:
    """Return what the keys type in the US layout."""
    return "".join(US[key.code][key.shift] for key in keys)


def hex_text(keys: Iterable[Key]) -> str | None:
    """Return the hex digits on the keys, shift or not, in the US, German or French layout.

    None when a key has no hex digit in any of these. Digits and the letters B to F have the same place
    in all three layouts; only the French A is on the key of Q.
    """
    found = []
    for key in keys:
        letter = _HEX_FR.get(key.code, US[key.code][0].upper())
        if letter not in "0123456789ABCDEF":
            return None
        found.append(letter)
    return "".join(found)


def of_text(typed: str) -> list[Key]:
    """Return the keys that type ``typed`` in the US layout. Raises ``ValueError`` for other characters."""
    places = {letter: Key(code, bool(row)) for code, pair in US.items() for row, letter in enumerate(pair)}
    # for a character that is on two keys, use the main block
    places |= {pair[0]: Key(code, False) for code, pair in US.items() if code < 55 and pair[0] != pair[1]}
    missing = [letter for letter in typed if letter not in places]
    if missing:
        raise ValueError(f"no key types {missing[0]!r}")
    return [places[letter] for letter in typed]
