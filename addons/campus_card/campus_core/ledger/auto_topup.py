"""Decides when a card is topped up automatically. Sums are whole cents."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from .topup import TopupRules, refusal

Decision = Literal["charge", "enough", "off", "paused", "waiting", "day_limit", "month_cap", "amount"]


@dataclass(frozen=True)
class Mandate:
    """The holder's consent: below ``threshold_minor``, top up by ``amount_minor``."""

    threshold_minor: int
    amount_minor: int
    per_day: int
    consented: bool = False
    paused: bool = False

    def __post_init__(self) -> None:
        if self.threshold_minor < 0 or self.amount_minor <= 0 or self.per_day < 1:
            raise ValueError("a mandate needs a threshold, an amount and at least one top-up a day")


@dataclass(frozen=True)
class Now:
    """The wallet at this moment. ``started_today`` counts every try, also failed ones.

    After a failed try there is no other try on the same day.
    """

    available_minor: int
    started_today: int = 0
    waiting: bool = False
    month_minor: int = 0
    failed_today: bool = False


def decide(mandate: Mandate, now: Now, rules: TopupRules) -> Decision:
    """Say whether to charge the saved payment method now, and if not, why."""
    checks: tuple[tuple[bool, Decision], ...] = (
        (not mandate.consented, "off"),
        (mandate.paused, "paused"),
        (now.available_minor >= mandate.threshold_minor, "enough"),
        (now.waiting, "waiting"),
        (now.started_today >= mandate.per_day or now.failed_today, "day_limit"),
    )
    for applies, decision in checks:
        if applies:
            return decision
    no = refusal(rules, mandate.amount_minor, now.month_minor)
    if no is None:
        return "charge"
    return "month_cap" if no.code == "topup_month_cap" else "amount"
