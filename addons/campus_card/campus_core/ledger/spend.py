"""Which pockets pay an amount (the spend order), and which pocket gets incoming money."""

from __future__ import annotations

import datetime as dt

from .. import errors
from .types import DEBT, Kind, Part, Pocket, Wallet


def spend_order(wallet: Wallet, on: dt.date, merchant_id: int, kind: Kind, plan: str | None) -> list[Pocket]:
    """Return the pockets that may pay a charge, in the order in which they are used.

    The pocket that expires first comes first; then the plan's priority counts; then the older pocket.
    """
    pockets = [
        p
        for p in wallet.pockets
        if (kind.ignores_expiry or p.alive(on) != kind.expired_only)
        and (plan is None or p.plan == plan)
        and (p.refundable or not kind.refundable_only)
        and (kind.code != "purchase" or p.usable(merchant_id))
    ]
    if len(pockets) > 1:
        pockets.sort(key=lambda p: (p.expires_on or dt.date.max, p.order, p.id))
    return pockets


def take(
    wallet: Wallet, pockets: list[Pocket], amount_minor: int, on: dt.date, *, settle: bool
) -> tuple[Part, ...] | errors.Refusal:
    """Split an amount over pockets in the given order, all or nothing.

    ``settle``: the sale has already happened (a late offline sale); what the pockets cannot
    pay is booked on the holder's debt account.
    """
    parts: list[Part] = []
    left = amount_minor
    for pocket in pockets:
        share = min(left, pocket.available_minor)
        if share > 0:
            parts.append(Part(pocket.id, pocket.plan, share))
            left -= share
    if left and settle and wallet.debt_account_id:
        parts.append(Part(wallet.debt_account_id, DEBT, left))
        left = 0
    if not left:
        return tuple(parts)
    usable = sum(max(p.available_minor, 0) for p in pockets)
    elsewhere = max(wallet.available_minor(on) - usable, 0)
    code = errors.PLAN_NOT_USABLE if elsewhere >= left else errors.INSUFFICIENT
    return errors.Refusal(
        code,
        {
            "available_minor": usable,
            "asked_minor": amount_minor,
            "missing_minor": left,
            "elsewhere_minor": elsewhere,
        },
    )


def receive(wallet: Wallet, pocket: Pocket, kind: Kind, amount_minor: int) -> tuple[Part, ...]:
    """Split incoming money: a top-up repays the holder's debt first."""
    owed = min(amount_minor, max(wallet.debt_minor, 0)) if kind.repays_debt else 0
    parts = []
    if owed:
        parts.append(Part(wallet.debt_account_id, DEBT, owed))
    if amount_minor > owed:
        parts.append(Part(pocket.id, pocket.plan, amount_minor - owed))
    return tuple(parts)
