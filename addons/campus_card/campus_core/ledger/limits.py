"""Spending limits of a wallet: per purchase, per day, and the sum from which the PIN is needed.

All sums are cents. A limit of 0 means no limit, as in the columns that store them.
"""

from __future__ import annotations

from dataclasses import dataclass

from .. import errors
from ..errors import Refusal


@dataclass(frozen=True)
class Limits:
    """How much a wallet may spend.

    ``pin_above_minor`` is a sum per day: the purchase that exceeds it, and each one after it,
    needs the PIN.
    """

    purchase_minor: int = 0
    day_minor: int = 0
    pin_above_minor: int = 0

    def __post_init__(self) -> None:
        for name in ("purchase_minor", "day_minor", "pin_above_minor"):
            if getattr(self, name) < 0:
                raise ValueError(f"{name} is negative")


def refusal(limits: Limits, asked_minor: int, spent_minor: int, *, pin_given: bool = False) -> Refusal | None:
    """Say why ``asked_minor`` may not be spent after ``spent_minor`` today, or None.

    A limit that a PIN does not lift is named first. The refusal's numbers:
    ``limit_minor``, ``spent_minor``, ``asked_minor``, ``left_minor`` (never below 0).
    """
    if asked_minor <= 0 or spent_minor < 0:
        raise ValueError("asked must be positive and spent must not be negative")
    after_minor = spent_minor + asked_minor
    over = purchase_refusal(limits.purchase_minor, asked_minor)
    if over:
        return Refusal(over.code, {**over.numbers, "spent_minor": spent_minor})
    if 0 < limits.day_minor < after_minor:
        left = limits.day_minor - spent_minor
        return _refuse(errors.LIMIT_DAY, limits.day_minor, spent_minor, asked_minor, left)
    if not pin_given and 0 < limits.pin_above_minor < after_minor:
        left = limits.pin_above_minor - spent_minor
        return _refuse(errors.PIN_NEEDED, limits.pin_above_minor, spent_minor, asked_minor, left)
    return None


def purchase_refusal(limit_minor: int, asked_minor: int) -> Refusal | None:
    """Say that one purchase of ``asked_minor`` exceeds the wallet's limit, of which 0 is none.

    Whoever has the list of cards knows this limit; what was spent today only the ledger knows.
    """
    if not 0 < limit_minor < asked_minor:
        return None
    numbers = {"limit_minor": limit_minor, "asked_minor": asked_minor, "left_minor": limit_minor}
    return Refusal(errors.LIMIT_PURCHASE, numbers)


def tighter_minor(school_minor: int, own_minor: int) -> int:
    """Return the limit that applies when school and holder both set one; 0 means none."""
    return min(school_minor or own_minor, own_minor or school_minor)


def loosens(school_minor: int, own_minor: int) -> bool:
    """Say whether a holder's own limit is above the school's, and so has no effect."""
    return 0 < school_minor < own_minor


def most_minor(limits: Limits, spent_minor: int, *, pin_given: bool = False) -> int | None:
    """Return the largest purchase the limits allow now; None when nothing limits it."""
    caps = []
    if limits.purchase_minor:
        caps.append(limits.purchase_minor)
    if limits.day_minor:
        caps.append(max(limits.day_minor - spent_minor, 0))
    if limits.pin_above_minor and not pin_given:
        caps.append(max(limits.pin_above_minor - spent_minor, 0))
    return min(caps) if caps else None


def _refuse(code: str, limit: int, spent: int, asked: int, left: int) -> Refusal:
    return Refusal(
        code,
        {
            "limit_minor": limit,
            "spent_minor": spent,
            "asked_minor": asked,
            "left_minor": max(left, 0),
        },
    )
