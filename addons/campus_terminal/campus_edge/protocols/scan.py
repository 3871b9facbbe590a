"""Turns the text that a scanner or a desk reader types into a credential."""

from __future__ import annotations

from typing import Final

from campus_core import errors
from campus_core.credentials import credential, uids

from .base import NUMBER, UID

#: Try every form of a UID, the likeliest first.
AUTO: Final = "auto"
FORMS: Final = (AUTO, *uids.WHOLE_FORMS)


def credential_of(text: str, form: str = AUTO) -> str | None:
    """Return the wire's form of ``text``, None if it is no credential at all.

    ``form`` is how this reader writes a UID (``campus_core.credentials.uids``). If it is not known, a text such
    as ``0077705923`` may mean two cards. It is then returned unchanged, and the code that knows the cards
    chooses (``campus_core.credentials.credential.Scan``). Phones' codes, chips' addresses and texts with a
    prefix are recognised by their form; all other texts are numbers.
    """
    try:
        found = credential.parse(text)
    except errors.CredentialError:
        return None
    if not isinstance(found, credential.Scan):
        return found.text
    if form == AUTO and found.uids:
        return f"{UID}:{found.uids[0]}" if len(found.uids) == 1 else found.text
    try:
        return f"{UID}:{uids.normalise(found.text, form if form != AUTO else uids.HEX_BE)}"
    except errors.UidError:
        return f"{NUMBER}:{found.number}"


def is_number(found: str | None) -> bool:
    """Say whether ``credential_of`` found neither a UID nor a code in a text."""
    return found is None or found.startswith(f"{NUMBER}:")
