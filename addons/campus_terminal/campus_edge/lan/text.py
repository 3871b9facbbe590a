"""A credential as a wedge reader would type it: what the scanner route gives to the POS."""

from __future__ import annotations

from typing import Final

from campus_core.credentials import uid as uids
from campus_core.errors import UidError

from ..protocols.base import MAX_CREDENTIAL, UID

#: Odoo's barcode service takes nothing shorter for a scan.
MIN_TEXT: Final = 3


def till_text(credential: str) -> str | None:
    """Return the text for the POS, or None if ``credential`` is nothing that a till could use.

    A UID becomes its canonical hexadecimal form, which the barcode rules of ``campus_pos`` know;
    a code of a phone, a printed number or a message of a card stays what it is.
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
