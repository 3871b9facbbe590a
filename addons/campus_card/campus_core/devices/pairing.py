"""The one-time code by which an edge is paired: typed by hand, good for a quarter of an hour."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from typing import Final

#: Without 0 O 1 I L U: nothing that looks like another letter, and no words.
ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH: Final = 10
VALID_MINUTES: Final = 15
_DOMAIN: Final = b"campus-pairing\n"
_SEPARATORS: Final = re.compile(r"[\s\-–—]+")


def new_code(choose: Callable[[str], str]) -> str:
    """Return a code out of ``choose(ALPHABET)``, for instance ``secrets.choice``: 49 bits."""
    return "".join(choose(ALPHABET) for _ in range(LENGTH))


def shown(code: str) -> str:
    """Return the code as people read it: ``ABCDE-FGHJK``."""
    return f"{code[: LENGTH // 2]}-{code[LENGTH // 2 :]}"


def normalise(text: object) -> str | None:
    """Return the code that somebody typed, with or without dash, in any case; None for anything else."""
    if not isinstance(text, str) or len(text) > 4 * LENGTH:
        return None
    code = _SEPARATORS.sub("", text).upper()
    return code if len(code) == LENGTH and set(code) <= set(ALPHABET) else None


def digest(code: str) -> str:
    """Return what is stored of a code (64 hex digits)."""
    return hashlib.sha256(_DOMAIN + code.encode()).hexdigest()
