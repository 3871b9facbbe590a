"""What an edge writes into its journal about a passage: all reasons, the right, and the age of its list.

A journal's entry has one ``code`` and a text ``rule`` of at most 200 characters. ``code`` is the first
reason, or ``ok``; the text has the rest, so that a denial carries *all* its reasons over the wire.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from ..errors import CODES
from ..taps.wire import DOUBTFUL_CLOCK
from .types import Verdict

#: Room for what an edge writes before it that does not know the time.
LIMIT: Final = 200 - len(DOUBTFUL_CLOCK)
_TEXT: Final = re.compile(
    r"door: (?P<granted>granted|refused)(?: by (?P<rule>\d+))?(?P<first> first)?, list of (?P<age>\d+) s"
    r"(?:, reasons (?P<reasons>[a-z_ ]+))?(?:, warnings (?P<warnings>[a-z_ ]+))?\Z"
)


class Told(NamedTuple):
    """A passage's note, read again; ``rule`` is the id of the right that decided.

    ``is_first``: the person opens zones that wait for the first.
    """

    granted: bool
    rule: int | None
    age_s: int
    reasons: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    is_first: bool = False


def note(verdict: Verdict, age_s: int) -> str:
    """Return the text for an entry's ``rule``; what does not fit is cut from the end, a word at a time."""
    reasons = list(dict.fromkeys(one.code for one in verdict.reasons))
    warnings = list(dict.fromkeys(one.code for one in verdict.warnings))
    while len(text := _write(verdict, age_s, reasons, warnings)) > LIMIT:
        (warnings or reasons).pop()
    return text


def read(text: str) -> Told | None:
    """Read a note; None for another text, as an older edge or another purpose has it."""
    found = _TEXT.search(text)
    if found is None:
        return None
    reasons, warnings = (
        tuple(code for code in (found[name] or "").split() if code in CODES)
        for name in ("reasons", "warnings")
    )
    rule = int(found["rule"]) if found["rule"] else None
    return Told(
        found["granted"] == "granted", rule, int(found["age"]), reasons, warnings, bool(found["first"])
    )


def _write(verdict: Verdict, age_s: int, reasons: list[str], warnings: list[str]) -> str:
    text = "door: granted" if verdict.granted else "door: refused"
    text += f" by {verdict.rule}" if verdict.rule is not None else ""
    text += " first" if verdict.granted and verdict.is_first else ""
    text += f", list of {age_s} s"
    text += f", reasons {' '.join(reasons)}" if reasons else ""
    return text + (f", warnings {' '.join(warnings)}" if warnings else "")
