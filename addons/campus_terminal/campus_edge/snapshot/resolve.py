"""Finds the card in the snapshot for the text of a reader, as far as the edge can know it."""

from __future__ import annotations

from typing import Final, NamedTuple

from campus_core import errors
from campus_core.credentials import credential, qr_code
from campus_core.credentials.qr_code import UsedSteps
from campus_core.errors import CredentialError, Refusal
from campus_core.taps.rules import BARE

from .snapshot import Snapshot

#: Refusal without the server: only it has the keys, hashes and lists for these credentials.
SERVER_ONLY: Final = Refusal(errors.TRY_AGAIN)
#: Refusal without the server: a code that pays once a day must be checked at one place for all edges.
EMERGENCY_ONLY: Final = Refusal(errors.EMERGENCY_ONLINE)


class Resolved(NamedTuple):
    """The credential in the wire's form, its card if known, and reasons to refuse it.

    ``refusal`` applies always; ``alone`` applies when the server cannot be asked.
    """

    text: str
    card: int | None = None
    refusal: Refusal | None = None
    alone: Refusal | None = None

    @property
    def is_bare(self) -> bool:
        """Say whether the credential is not proven: a UID can be copied."""
        return self.text.startswith(BARE)


def resolve(text: str, snapshot: Snapshot, used: UsedSteps, now_ms: int) -> Resolved:
    """Return the credential and card for a reader's text; never raises. ``now_ms`` is the edge's clock."""
    try:
        found = credential.parse(text)
    except CredentialError as error:
        # only a mask (kind and length) of noise goes into the journal
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
    """Resolve a bare scan: of the UIDs that it may mean, take the one that belongs to a card."""
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
