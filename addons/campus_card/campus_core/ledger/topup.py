"""Limits of top-ups: at once and per month. All sums are whole cents."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .. import errors, money
from ..errors import MoneyError, Refusal
from ..money import MAX_MINOR

PRESETS_MAX = 6
#: Providers let people finish a payment hours after they began it, so a begun payment counts for a day.
BEGUN_COUNTS_S = 86_400
#: States of Odoo's payment transactions: begun only, and bringing money now or soon.
BEGUN, COMING = "draft", ("pending", "authorized", "done")


@dataclass(frozen=True)
class TopupRules:
    """What the school allows; 0 means no such rule."""

    minimum_minor: int = 0
    maximum_minor: int = 0
    month_cap_minor: int = 0

    def __post_init__(self) -> None:
        if min(self.minimum_minor, self.maximum_minor, self.month_cap_minor) < 0:
            raise ValueError("a rule must not be negative")

    @property
    def most_minor(self) -> int:
        """The largest single top-up that rules and ledger allow."""
        return min(self.maximum_minor or MAX_MINOR, MAX_MINOR)


def refusal(rules: TopupRules, asked_minor: int, month_minor: int) -> Refusal | None:
    """Say why ``asked_minor`` may not be topped up after ``month_minor`` this month, or None.

    Codes: ``topup_minimum``, ``topup_maximum``, ``topup_month_cap``; numbers:
    ``asked_minor``, ``limit_minor``, and for the month ``month_minor`` and ``left_minor``.
    """
    if month_minor < 0:
        raise ValueError("month_minor must not be negative")
    if asked_minor < max(rules.minimum_minor, 1):
        return Refusal(
            errors.TOPUP_MINIMUM, {"asked_minor": asked_minor, "limit_minor": max(rules.minimum_minor, 1)}
        )
    if asked_minor > rules.most_minor:
        return Refusal(errors.TOPUP_MAXIMUM, {"asked_minor": asked_minor, "limit_minor": rules.most_minor})
    left = month_left_minor(rules, month_minor)
    if left is not None and asked_minor > left:
        return Refusal(
            errors.TOPUP_MONTH_CAP,
            {
                "asked_minor": asked_minor,
                "limit_minor": rules.month_cap_minor,
                "month_minor": month_minor,
                "left_minor": left,
            },
        )
    return None


@dataclass(frozen=True)
class Payment:
    """An online payment of this month: the amount asked for, and the part that was released again."""

    amount_minor: int
    state: str
    age_s: float
    voided_minor: int = 0


def month_minor(payments: Iterable[Payment]) -> int:
    """Return the cents that came in or may still come in.

    Payments that were only begun count too: somebody who began four payments can finish all four.
    """
    return sum(
        max(payment.amount_minor - payment.voided_minor, 0)
        for payment in payments
        if payment.state in COMING or (payment.state == BEGUN and payment.age_s < BEGUN_COUNTS_S)
    )


def month_left_minor(rules: TopupRules, month_minor: int) -> int | None:
    """Return the cents that may still come in this month; None without a cap."""
    return max(rules.month_cap_minor - month_minor, 0) if rules.month_cap_minor else None


def parse_presets(text: str) -> tuple[int, ...]:
    """Read the amounts of the buttons, such as ``50, 100, 200``: ascending cents, each once.

    Raises ``MoneyError`` for a text that is no amount, ``ValueError`` for too many amounts or for 0.
    """
    parts = [part for part in text.replace(";", ",").replace("，", ",").split(",") if part.strip()]
    amounts = sorted({money.parse(part.strip()) for part in parts})
    if len(amounts) > PRESETS_MAX or (amounts and amounts[0] <= 0):
        raise ValueError("too many amounts, or an amount of zero")
    return tuple(amounts)


def usable_presets(text: str, rules: TopupRules, month_minor: int) -> tuple[int, ...]:
    """Return the amounts of the buttons that would not be refused now; none for an unreadable text."""
    try:
        amounts = parse_presets(text)
    except (MoneyError, ValueError):
        return ()
    return tuple(minor for minor in amounts if refusal(rules, minor, month_minor) is None)
