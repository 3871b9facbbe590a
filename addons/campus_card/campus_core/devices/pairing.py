"""The one-time code for pairing an edge: typed by hand, valid for 15 minutes."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from typing import Final

#: Without 0 O 1 I L, which look alike, and without U.
ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH: Final = 10
VALID_MINUTES: Final = 15
_DOMAIN: Final = b"campus-pairing\n"
_SEPARATORS: Final = re.compile(r"[\s\-–—]+")


def new_code(choose: Callable[[str], str]) -> str:
    """Return a code of 49 bits; ``choose`` picks one sign, for instance ``secrets.choice``."""
    return "".join(choose(ALPHABET) for _ in range(LENGTH))


def shown(code: str) -> str:
    """Return the code as shown to people: ``ABCDE-FGHJK``."""
    return f"{code[: LENGTH // 2]}-{code[LENGTH // 2 :]}"


def normalise(text: object) -> str | None:
    """Return the code that somebody typed, with or without dash, in any case; None if it cannot be a code."""
    if not isinstance(text, str) or len(text) > 4 * LENGTH:
        return None
    code = _SEPARATORS.sub("", text).upper()
    return code if len(code) == LENGTH and set(code) <= set(ALPHABET) else None


def digest(code: str) -> str:
    """Return the digest of a code that is stored (64 hex digits)."""
    return hashlib.sha256(_DOMAIN + code.encode()).hexdigest()
