"""From the text that a scanner or a desk reader types to the credential it means."""

from __future__ import annotations

from typing import Final

from campus_core import errors
from campus_core.credentials import credential
from campus_core.credentials import uid as uids

from .base import NUMBER, UID

#: Try every form of a UID, the likeliest first.
AUTO: Final = "auto"
FORMS: Final = (AUTO, *uids.WHOLE_FORMS)


def credential_of(text: str, form: str = AUTO) -> str | None:
    """Return the wire's form of ``text``, None if it is no credential at all.

    ``form`` is how this reader writes a UID (``campus_core.credentials.uid``). Where it is not known, a text
    such as ``0077705923`` may be two cards: it is returned as it is, and who knows the cards takes
    the one that there is (``campus_core.credentials.credential.Scan``). Codes of phones, addresses of chips and
    texts with a prefix are told by themselves; what is left is a number.
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
    """Say whether ``credential_of`` has seen neither a UID nor a code in a text."""
    return found is None or found.startswith(f"{NUMBER}:")
