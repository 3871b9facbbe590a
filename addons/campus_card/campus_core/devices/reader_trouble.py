"""Finds the code for a reader's fault; each code has a sentence that says what to do.

A driver reports a fault in the words of its library or of the operating system (``SerialException:
[Errno 2] ...``). That text is for developers; staff get the sentence of the code.
"""

from __future__ import annotations

import re
from typing import Final

NOT_THERE: Final = "not_there"
NO_RIGHT: Final = "no_right"
IN_USE: Final = "in_use"
NO_CONNECTION: Final = "no_connection"
NO_ANSWER: Final = "no_answer"
KEY_REFUSED: Final = "key_refused"
OTHER_DEVICE: Final = "other_device"
NO_SERVICE: Final = "no_service"
NOT_INSTALLED: Final = "not_installed"
JOURNAL: Final = "journal"
OTHER: Final = "other"

KEYPAD: Final = "keypad: "

# The order matters: more general words come later.
_SIGNS: Final = (
    (JOURNAL, r"journal cannot be written"),
    (NOT_INSTALLED, r"\bis missing\b|is not installed|ModuleNotFoundError|ImportError"),
    (KEY_REFUSED, r"secure channel"),
    (NO_SERVICE, r"PC/SC service|service not (available|running)|service is not running|SCardEstablish"),
    (NO_RIGHT, r"Errno 13\b|Errno 1\b|permission|Access is denied"),
    (IN_USE, r"Errno (11|16)\b|exclusively lock|grabbed|sharing violation|busy: "),
    (NO_CONNECTION, r"socket://|Errno (101|104|110|111|113)\b|timed out|closed at its other end|refused\b"),
    (NO_ANSWER, r"no answer|write timeout|always busy|TimeoutError"),
    (
        NOT_THERE,
        r"Errno (2|5|6|19)\b|unplugged|no keyboard|no reader|could not open|disconnected|reader: |readers: ",
    ),
    (
        OTHER_DEVICE,
        r"not a PN532|unexpected reply|unknown command|check characters|wrong length|sequence number",
    ),
    (OTHER_DEVICE, r"cannot process|not supported|^reason "),
)
_PATTERNS: Final = tuple((code, re.compile(pattern, re.IGNORECASE)) for code, pattern in _SIGNS)
CODES: Final = frozenset(code for code, _pattern in _SIGNS) | {OTHER}


def code_of(detail: str) -> str:
    """Return the code for a driver's text."""
    return next((code for code, pattern in _PATTERNS if pattern.search(detail)), OTHER)


def is_keypad(detail: str) -> bool:
    """Say whether the text is about the keypad beside the reader."""
    return detail.startswith(KEYPAD)
