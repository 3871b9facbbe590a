"""What a holder has left, as far as the generator needs it to plan the next event."""

from __future__ import annotations

from dataclasses import dataclass, field

from .campus import SHOP

#: The plans in the order in which the ledger spends them (as in campus_card).
SPEND_ORDER = ("subsidy", "meal", "cash")
#: Plans for meals only; the shop takes none of them.
CANTEEN_ONLY = ("subsidy", "meal")


@dataclass(slots=True)
class Purse:
    """Cents per plan. Money from refunds can be spent from the next day on."""

    pockets: dict[str, int] = field(default_factory=dict)
    coming: dict[str, int] = field(default_factory=dict)

    def usable_minor(self, account: str) -> int:
        """Cents that can be spent at this account."""
        return sum(self.pockets.get(plan, 0) for plan in self._plans(account))

    def spend(self, account: str, amount_minor: int) -> str | None:
        """Take the amount. Returns the plan if it paid everything, or None if several plans paid."""
        left, used = amount_minor, []
        for plan in self._plans(account):
            share = min(left, self.pockets.get(plan, 0))
            if share:
                self.pockets[plan] -= share
                used.append(plan)
                left -= share
        if left:
            raise ValueError(f"{left} cents are missing")
        return used[0] if len(used) == 1 else None

    def take(self, amount_minor: int) -> None:
        """Take cash, for fees and payouts."""
        if self.pockets.get("cash", 0) < amount_minor:
            raise ValueError("not enough cash")
        self.pockets["cash"] -= amount_minor

    def add(self, plan: str, amount_minor: int) -> None:
        self.pockets[plan] = self.pockets.get(plan, 0) + amount_minor

    def add_tomorrow(self, plan: str, amount_minor: int) -> None:
        """Add a refund for the next day: the ledger may book it after the rest of its day."""
        self.coming[plan] = self.coming.get(plan, 0) + amount_minor

    def next_day(self) -> None:
        for plan, amount_minor in self.coming.items():
            self.add(plan, amount_minor)
        self.coming.clear()

    @staticmethod
    def _plans(account: str) -> tuple[str, ...]:
        if account == SHOP.code:
            return tuple(plan for plan in SPEND_ORDER if plan not in CANTEEN_ONLY)
        return SPEND_ORDER
