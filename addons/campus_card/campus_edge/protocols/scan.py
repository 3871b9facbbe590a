"""From the text that a scanner or a desk reader types to the credential it means."""

from __future__ import annotations

from typing import Final

from campus_core import credential, errors
from campus_core import uid as uids

from .base import NUMBER, UID

#: Try every form of a UID, the likeliest first.
AUTO: Final = "auto"
FORMS: Final = (AUTO, *uids.WHOLE_FORMS)


def credential_of(text: str, form: str = AUTO) -> str | None:
    """Return the wire's form of ``text``, None if it is no credential at all.

    ``form`` is how this reader writes a UID (``campus_core.uid``), because ``0077705923`` may be
    two cards. Codes of phones, addresses of chips and texts with a prefix are told by themselves;
    what is left is a number.
    """
    try:
        found = credential.parse(text)
    except errors.CredentialError:
        return None
    if not isinstance(found, credential.Scan):
        return found.text
    uid = _uid(found, form)
    return f"{UID}:{uid}" if uid else f"{NUMBER}:{found.number}"


def _uid(scan: credential.Scan, form: str) -> str | None:
    if form == AUTO:
        return next(iter(scan.uids), None)
    try:
        return uids.normalise(scan.text, form)
    except errors.UidError:
        return None
