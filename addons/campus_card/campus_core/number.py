"""Campus numbers and card numbers: one way to write each.

A number is stored in this form, and what somebody types, scans or has in a file is brought into it
before it is looked up. So ``j20087``, ``Ｊ２００８７`` and `` J 20087`` are one person.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

MAX_LENGTH: Final = 64

#: Hyphens and dashes that word processors put for the one of the keyboard.
_DASHES: Final = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212"), "-")
#: Characters without a picture: control and format characters (a byte order mark, a zero-width space).
_UNSEEN: Final = ("Cc", "Cf")
_SPACES: Final = re.compile(r"\s+")
_ROUNDS: Final = 5


def normalise(text: str) -> str:
    """Return the one way in which the number ``text`` is written; empty when nothing is left.

    Full-width letters and digits become plain, letters upper case, the dashes of word processors a
    hyphen; spaces and characters that nobody sees go.
    """
    if text.isascii() and text.isalnum():
        return text.upper()
    # Upper case takes some letters apart, and a space that goes lets others join: a few rounds settle it.
    for _round in range(_ROUNDS):
        before, text = text, _once(text)
        if text == before:
            break
    return text


def is_same(one: str, other: str) -> bool:
    """Say whether two texts write one number; an empty text writes none."""
    number = normalise(one)
    return bool(number) and number == normalise(other)


def _once(text: str) -> str:
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).upper())
    seen = "".join(
        letter for letter in plain if letter.isspace() or unicodedata.category(letter) not in _UNSEEN
    )
    return _SPACES.sub("", seen.translate(_DASHES))
