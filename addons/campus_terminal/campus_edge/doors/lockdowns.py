"""The lockdowns that this edge obeys: stored on the disk before they are obeyed, kept over a restart."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final

from campus_core.access.lockdown import Orders
from campus_core.access.types import Lockdown
from campus_core.access.wire import lockdown_from_wire, lockdown_to_wire
from campus_core.errors import WireError

from ..files import write_atomic

_logger = logging.getLogger(__name__)
FILE: Final = "lockdowns.json"


class Lockdowns:
    """Safe from any thread; ``orders`` are in force."""

    def __init__(self, folder: Path) -> None:
        """Read what is stored in ``folder``."""
        self._path = folder / FILE
        self._lock = threading.Lock()
        self._orders = self._read()
        self.orders: tuple[Lockdown, ...] = self._orders.orders
        #: The highest number that is stored and obeyed; heartbeats confirm it.
        self.newest = max(self._orders.newest, 0)
        #: Why the file could not be written; empty if it could.
        self.problem = ""
        #: Called after each change, in the thread that made it.
        self.on_change: Callable[[], None] = lambda: None

    @property
    def locking(self) -> tuple[int, ...]:
        """The numbers of the orders in force that are no drill."""
        return tuple(order.number for order in self.orders if not order.is_drill)

    def told(self) -> dict[str, Any]:
        """Return what a heartbeat says: the newest number, and the server's orders in force, as far as stored."""
        stored = (order for order in self.orders if 0 < order.number <= self.newest)
        return {"lockdown": self.newest, "lockdowns": [lockdown_to_wire(order) for order in stored]}

    def raise_(self, order: Lockdown) -> bool:
        """Store and obey an order, signed or not; say whether it is new."""
        return self._change(lambda orders: orders.raise_(order))

    def settle(self, orders: Iterable[Lockdown], ended: Iterable[int]) -> bool:
        """Store and obey a *signed* list, which also ends orders; say whether it has news."""
        raised, done = tuple(orders), tuple(ended)
        return self._change(lambda known: known.settle(raised, done))

    def _change(self, change: Callable[[Orders], bool]) -> bool:
        with self._lock:
            fresh = Orders(self._orders.orders, self._orders.ended)
            if not change(fresh):
                return False
            is_stored = self._store(fresh)
            # an order is obeyed even where the disk is full; then it is not confirmed
            self._orders, self.orders = fresh, fresh.orders
            if is_stored:
                self.newest = max(fresh.newest, 0)
        _logger.warning("lockdowns in force: %s", [order.number for order in self.orders] or "none")
        self.on_change()
        return True

    def _store(self, orders: Orders) -> bool:
        content = {
            "orders": [lockdown_to_wire(order) for order in orders.orders],
            "ended": list(orders.ended),
        }
        try:
            write_atomic(self._path, json.dumps(content).encode())
        except OSError as error:
            self.problem = str(error)
            _logger.error("a lockdown cannot be stored: %s", error)
            return False
        self.problem = ""
        return True

    def _read(self) -> Orders:
        try:
            values = json.loads(self._path.read_bytes())
            return Orders(map(lockdown_from_wire, values["orders"]), map(int, values["ended"]))
        except FileNotFoundError:
            return Orders()
        except (OSError, ValueError, TypeError, KeyError, WireError) as error:
            _logger.error("the stored lockdowns cannot be read: %s", error)
            return Orders()
