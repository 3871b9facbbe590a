"""Orders to lock a zone: their numbers only rise, anybody may raise one, only signed news ends one.

An order that an edge raised itself (a button on its wall) has a negative number, see ``local_number``. The
server gives it a number of its own and names the negative one as ended.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from .types import Lockdown

_KEPT_ENDED: Final = 1000


def local_number(uuid: str) -> int:
    """Return the number of an order that an edge raised itself; ``uuid`` is of the journal entry that tells it.

    It fits into 32 bits. Numbers of entries would come again with a new journal, and a press of the button
    would then be taken for one that has ended.
    """
    return -1 - (int(uuid[-8:], 16) & 0x7FFF_FFFF)


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

        An order that the list does not name stays: it may be newer than the list. One that it names is obeyed,
        also where it had ended: an older database was restored, and for its server the order is in force.
        """
        over = set(ended)
        done = over - self._ended
        self._ended |= done
        for number in done:
            self._orders.pop(number, None)
        in_force = [order for order in orders if order.number not in over]
        self._ended -= {order.number for order in in_force}
        self._ended = set(sorted(self._ended)[-_KEPT_ENDED:])
        raised = [order for order in in_force if self.raise_(order)]
        return bool(done or raised)
