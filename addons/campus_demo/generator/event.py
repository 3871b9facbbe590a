"""What happens to money: one event is one request to the ledger."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from random import Random
from uuid import UUID

#: Kinds of events; all but the refund are kinds of postings of the ledger.
OPENING, TOPUP, SUBSIDY, PURCHASE = "opening", "topup", "subsidy", "purchase"
FEE, PAYOUT, REFUND = "fee", "payout", "refund"


@dataclass(frozen=True, slots=True)
class Event:
    """``place``: code of the merchant or system account on the other side.

    ``person`` and ``card`` are positions in their lists; ``plan`` is the pocket that money
    comes into. A refund names the event that it undoes, in part if its amount is smaller.
    """

    uuid: str
    at: dt.datetime
    kind: str
    person: int
    place: str
    amount_minor: int
    card: int | None = None
    plan: str | None = None
    memo: str = ""
    reverses: str | None = None


def uuid7(rng: Random, at: dt.datetime) -> str:
    """A uuid of version 7 for a moment (RFC 9562, 5.7), its random bits from the seed."""
    milliseconds = int(at.replace(tzinfo=dt.timezone.utc).timestamp() * 1000)
    number = (milliseconds & 0xFFFFFFFFFFFF) << 80 | 0x7 << 76 | rng.getrandbits(12) << 64
    number |= 0b10 << 62 | rng.getrandbits(62)
    return str(UUID(int=number))
