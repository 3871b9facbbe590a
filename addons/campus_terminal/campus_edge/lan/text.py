"""Writes a credential as a wedge reader would type it, for the scanner route of the POS."""

from __future__ import annotations

from typing import Final

from campus_core.credentials import uids
from campus_core.errors import UidError

from ..protocols.base import MAX_CREDENTIAL, UID

#: Odoo's barcode service ignores shorter scans.
MIN_TEXT: Final = 3


def till_text(credential: str) -> str | None:
    """Return the text for the POS, or None if a till cannot use ``credential``.

    A UID is given in canonical hexadecimal form, which the barcode rules of ``campus_pos`` know.
    Other credentials are given without their prefix.
    """
    kind, colon, text = credential.partition(":")
    if not colon or not MIN_TEXT <= len(text) <= MAX_CREDENTIAL or not text.isprintable():
        return None
    return _canonical(text) if kind == UID else text


def _canonical(text: str) -> str | None:
    try:
        return uids.check(text)
    except UidError:
        return None
