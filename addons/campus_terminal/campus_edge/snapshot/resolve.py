"""From what a reader saw to a card of the snapshot, as far as that can be known here."""

from __future__ import annotations

from typing import Final, NamedTuple

from campus_core import errors
from campus_core.credentials import credential, qr_code
from campus_core.credentials.qr_code import UsedSteps
from campus_core.errors import CredentialError, Refusal
from campus_core.taps.rules import BARE

from .snapshot import Snapshot

#: Only the server has the keys, hashes and lists that these need.
SERVER_ONLY: Final = Refusal(errors.TRY_AGAIN)
#: A code that pays once a day is tried and used up where all edges meet, and nowhere else.
EMERGENCY_ONLY: Final = Refusal(errors.EMERGENCY_ONLINE)


class Resolved(NamedTuple):
    """The credential in the wire's form, the card it means if that is known, and what speaks against it.

    ``refusal`` is certain; ``alone`` is the refusal when the server cannot be asked.
    """

    text: str
    card: int | None = None
    refusal: Refusal | None = None
    alone: Refusal | None = None

    @property
    def is_bare(self) -> bool:
        """Say whether this proves nothing: a UID can be copied."""
        return self.text.startswith(BARE)


def resolve(text: str, snapshot: Snapshot, used: UsedSteps, now_ms: int) -> Resolved:
    """Return what a reader's text means; never raises. ``now_ms`` is the corrected clock."""
    try:
        found = credential.parse(text)
    except CredentialError as error:
        # noise stays out of the journal, its kind and length do not
        return Resolved(credential.mask(text)[:100], refusal=Refusal(error.code))
    if isinstance(found, credential.Uid):
        return Resolved(found.text, snapshot.card_of_uid(found.uid))
    if isinstance(found, credential.Qr):
        return _qr(found, snapshot, used, now_ms)
    if isinstance(found, credential.Scan):
        return _scan(found, snapshot)
    if isinstance(found, credential.Emergency):
        return Resolved(found.text, alone=EMERGENCY_ONLY)
    return Resolved(found.text, alone=SERVER_ONLY)


def _scan(found: credential.Scan, snapshot: Snapshot) -> Resolved:
    """A bare scan may mean several UIDs: the one that is a card counts."""
    for uid in found.uids:
        card = snapshot.card_of_uid(uid)
        if card is not None:
            return Resolved(f"uid:{uid}", card)
    if found.uids:
        return Resolved(f"uid:{found.uids[0]}")
    return Resolved(f"number:{found.number}", alone=SERVER_ONLY)


def _qr(found: credential.Qr, snapshot: Snapshot, used: UsedSteps, now_ms: int) -> Resolved:
    card = found.code.certificate.card
    try:
        qr_code.verify(found.text.partition(":")[2], snapshot.keys, now_ms, snapshot.revoked_phones, used)
    except CredentialError as error:
        return Resolved(found.text, card, Refusal(error.code, error.numbers))
    return Resolved(found.text, card)
