"""Orders to lock a zone: their numbers only rise, anybody may raise one, only signed news ends one.

An order that an edge raised itself (a button on its wall) has a negative number, minus the number of the
journal entry that tells it. The server gives it a number of its own and names the negative one as ended.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from .types import Lockdown

_KEPT_ENDED: Final = 1000


class Orders:
    """The lockdowns in force at an edge. The caller stores what ``raise_`` and ``settle`` have changed."""

    def __init__(self, orders: Iterable[Lockdown] = (), ended: Iterable[int] = ()) -> None:
        self._orders = {order.number: order for order in orders}
        self._ended = set(ended)

    @property
    def orders(self) -> tuple[Lockdown, ...]:
        """Return the orders in force, the oldest first."""
        return tuple(self._orders[number] for number in sorted(self._orders))

    @property
    def ended(self) -> tuple[int, ...]:
        """Return the numbers of orders that have ended, so that a late message raises none of them again."""
        return tuple(sorted(self._ended))

    @property
    def newest(self) -> int:
        """Return the highest number that was heard of; 0: none. This is what an edge confirms."""
        return max((0, *self._orders, *self._ended))

    def raise_(self, order: Lockdown) -> bool:
        """Obey an order, signed or not; say whether it is new. A later level replaces the earlier one."""
        if order.number in self._ended or self._orders.get(order.number) == order:
            return False
        self._orders[order.number] = order
        return True

    def settle(self, orders: Iterable[Lockdown], ended: Iterable[int]) -> bool:
        """Take a *signed* list: it raises ``orders`` and ends those numbered ``ended``; say whether news.

        An order that the list does not name stays: it may be newer than the list.
        """
        done = [number for number in ended if number not in self._ended]
        self._ended.update(done)
        for number in done:
            self._orders.pop(number, None)
        self._ended = set(sorted(self._ended)[-_KEPT_ENDED:])
        raised = [order for order in orders if self.raise_(order)]
        return bool(done or raised)
