"""Campus numbers and card numbers in one standard form.

Numbers are stored in this form. A number that is typed, scanned or read from a file is brought into it
before it is looked up. So ``j20087``, ``Ｊ２００８７`` and `` J 20087`` are one person.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

MAX_LENGTH: Final = 64

#: Hyphens and dashes that word processors write instead of the keyboard's hyphen.
_DASHES: Final = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212"), "-")
#: Unicode categories of invisible characters: control and format (a byte order mark, a zero-width space).
_UNSEEN: Final = ("Cc", "Cf")
_SPACES: Final = re.compile(r"\s+")
_ROUNDS: Final = 5


def normalise(text: str) -> str:
    """Return the number ``text`` in its standard form; empty when nothing is left.

    Full-width letters and digits become plain, letters become upper case, dashes become hyphens;
    spaces and invisible characters are removed.
    """
    if text.isascii() and text.isalnum():
        return text.upper()
    # One step can make another one possible again (upper case may split a letter): a few rounds are enough.
    for _round in range(_ROUNDS):
        before, text = text, _once(text)
        if text == before:
            break
    return text


def is_same(one: str, other: str) -> bool:
    """Say whether two texts are the same number; an empty text is no number."""
    number = normalise(one)
    return bool(number) and number == normalise(other)


def _once(text: str) -> str:
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).upper())
    seen = "".join(
        letter for letter in plain if letter.isspace() or unicodedata.category(letter) not in _UNSEEN
    )
    return _SPACES.sub("", seen.translate(_DASHES))
