"""What a tap is about: the terminal at which it was made, and the card that its credential has led to."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from .. import card_state
from ..errors import Refusal
from ..ledger.types import OPEN
from . import rules


class Terminal(NamedTuple):
    """A terminal as the rules see it; ``merchant_id`` 0 where nothing is sold, ``shows_names`` where a
    display names people, ``accepts_numbers`` where a printed number is as good as a bare UID."""

    id: int
    purpose: str
    enabled: bool = True
    amount_mode: str = rules.FIXED
    amount_minor: int = 0
    merchant_id: int = 0
    shows_names: bool = False
    accepts_numbers: bool = False


class ResolvedCard(NamedTuple):
    """A card that a credential has led to, with both validities (its own and its holder's), and of its
    wallet what is no money: the state, and the limits in cents, of which 0 is none."""

    card_id: int
    wallet_id: int
    state: str
    valid_from: dt.date | None = None
    valid_until: dt.date | None = None
    holder_from: dt.date | None = None
    holder_until: dt.date | None = None
    name: str = ""
    wallet_state: str = OPEN
    limit_purchase_minor: int = 0
    limit_day_minor: int = 0
    pin_above_minor: int = 0

    @property
    def wallet_terms(self) -> tuple[str, int, int, int]:
        """What is known of the wallet."""
        return self.wallet_state, self.limit_purchase_minor, self.limit_day_minor, self.pin_above_minor

    def refusal(self, on: dt.date) -> Refusal | None:
        """Return why this card may not be used on that day, None when it may."""
        if (
            self.state == card_state.PAYS
            and (self.valid_until is None or on <= self.valid_until)
            and (self.valid_from is None or on >= self.valid_from)
            and self.holder_from is None
            and self.holder_until is None
        ):
            return None
        first = rules.later(self.valid_from, self.holder_from)
        last = rules.earlier(self.valid_until, self.holder_until)
        return rules.card_refusal(self.state, first, last, on)
