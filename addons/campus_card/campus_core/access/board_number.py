"""The number by which a controller board knows a card: what a Wiegand reader makes of the card's UID.

A reader of 34 bits sends all four bytes of a UID, one of 26 bits the last three of them; the order of the bytes
hangs on the reader. Boards write 26 bits as facility and number, ``16145763`` for ``161,45763``. UIDs of
seven or ten bytes are sent in too many ways: such a card has no number and opens no door of a board.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Final

from ..credentials import uids

W26_BE, W26_LE, W34_BE, W34_LE = "w26_be", "w26_le", "w34_be", "w34_le"
FORMS: Final = (W26_BE, W26_LE, W34_BE, W34_LE)
_WHOLE: Final = {W34_BE: uids.DEC_BE, W34_LE: uids.DEC_LE}
_NUMBER_DIGITS: Final = 5


def number_of(uid: str, form: str) -> int:
    """Return the number of a card with this canonical UID; 0 without one. ``form`` is one of ``FORMS``."""
    if form not in FORMS:
        raise ValueError(f"boards know no numbers of the form {form!r}")
    text = uids.forms(uid).get(_WHOLE.get(form, form), "") if len(uid) == 8 else ""
    facility, comma, number = text.partition(",")
    return int(f"{facility}{number:0>{_NUMBER_DIGITS}}") if comma else int(text or 0)


def numbers(cards: Mapping[int, str], form: str) -> dict[int, int]:
    """Return the number of each card; ``cards`` has the UIDs. Cards that share a number get none, 0.

    A board cannot tell them apart: it would open for both wherever one of them has a right.
    """
    found = {card: number_of(uid, form) for card, uid in cards.items()}
    times = Counter(found.values())
    return {card: number if times[number] == 1 else 0 for card, number in found.items()}
