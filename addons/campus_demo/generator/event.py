"""Events: each is one request to the ledger."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from random import Random
from uuid import UUID

#: Kinds of events. All but the refund are kinds of postings of the ledger.
OPENING, TOPUP, SUBSIDY, PURCHASE = "opening", "topup", "subsidy", "purchase"
FEE, PAYOUT, REFUND = "fee", "payout", "refund"


@dataclass(frozen=True, slots=True)
class Event:
    """``account``: code of the merchant or system account on the other side.

    ``person`` and ``card`` are positions in their lists; ``plan`` is the plan that gets the money. A refund
    names the event that it refunds; a smaller amount refunds a part of it.
    """

    uuid: str
    at: dt.datetime
    kind: str
    person: int
    account: str
    amount_minor: int
    card: int | None = None
    plan: str | None = None
    memo: str = ""
    reverses: str | None = None


def uuid7(rng: Random, at: dt.datetime) -> str:
    """A uuid of version 7 for a time (RFC 9562, 5.7). Its random bits come from the seed."""
    milliseconds = int(at.replace(tzinfo=dt.timezone.utc).timestamp() * 1000)
    number = (milliseconds & 0xFFFFFFFFFFFF) << 80 | 0x7 << 76 | rng.getrandbits(12) << 64
    number |= 0b10 << 62 | rng.getrandbits(62)
    return str(UUID(int=number))
