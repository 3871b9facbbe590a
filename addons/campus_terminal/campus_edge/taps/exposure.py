"""The edge's exposure: payments that it granted alone.

They count until the server has them. After that they still count towards the caps for as long as a list of
cards is valid, as the server counts them too. The sums are in memory and are computed from the journal
after a restart. Callers hold ``lock`` around a decision, so that two readers cannot use the same rest of a
cap.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Hashable, Iterable
from typing import Final, NamedTuple

from campus_core.taps import alone, rules, wire
from campus_core.taps.alone import Counters
from campus_core.taps.wire import TapEntry

#: From so many taps on, those too old to be duplicates are removed.
RECENT_MAX: Final = 10_000


class _Spent(NamedTuple):
    card: int
    amount_minor: int
    uncovered_minor: int


class _Told(NamedTuple):
    at_ms: int
    card: int
    minor: int


class Exposure:
    """Sums per card and for the edge, in cents, and when a tap was last let through."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.edge_minor = 0
        self._open: dict[str, _Spent] = {}
        self._cards: dict[int, int] = {}
        # what leases have paid and the server knows, until it sends the lease again
        self._settled: dict[int, int] = {}
        self._recent: dict[Hashable, int] = {}
        # what the server knows and still counts towards the caps; times are of the monotonic clock
        self._told: deque[_Told] = deque()
        self._told_cards: dict[int, int] = {}
        self._told_minor = 0

    @property
    def offline_minor(self) -> int:
        """The sum that was granted alone and that the server does not have yet."""
        return sum(self._cards.values())

    def lease_used_minor(self, card: int | None) -> int:
        """Return what is spent of the card's leases while the snapshot still shows it as free."""
        return self._settled.get(card, 0) if card is not None else 0

    def counters(
        self, card: int | None, recent: Hashable, now_ms: int, elapsed_ms: int, window_s: int
    ) -> Counters:
        """Return the sums for a decision; taps with an equal ``recent`` are duplicates.

        ``now_ms`` is the time of the decision, ``elapsed_ms`` the same moment by the monotonic clock, as
        in ``let_through``. ``window_s``: how long payments count that the server has.
        """
        self._forget(elapsed_ms - window_s * 1000)
        spent = self._cards.get(card, 0) if card is not None else 0
        told = self._told_cards.get(card, 0) if card is not None else 0
        last_ms = self._recent.get(recent)
        ago_ms = None if last_ms is None else now_ms - (elapsed_ms - last_ms)
        return Counters(spent, self.edge_minor + self._told_minor, ago_ms, told)

    # -- money ---------------------------------------------------------------------------
    def spend(self, uuid: str, card: int, amount_minor: int, uncovered_minor: int) -> None:
        """Count a payment that was granted alone."""
        self._open[uuid] = _Spent(card, amount_minor, uncovered_minor)
        self._cards[card] = self._cards.get(card, 0) + amount_minor
        self.edge_minor += uncovered_minor

    def take_back(self, uuid: str) -> None:
        """Uncount a payment that could not be written, so was not granted."""
        self._remove(uuid)

    def settle(self, uuids: Iterable[str], elapsed_ms: int) -> None:
        """Note that the server has these entries since ``elapsed_ms``."""
        for uuid in uuids:
            spent = self._remove(uuid)
            if spent is None:
                continue
            self._count(_Told(elapsed_ms, spent.card, spent.uncovered_minor))
            if spent.amount_minor > spent.uncovered_minor:
                covered = spent.amount_minor - spent.uncovered_minor
                self._settled[spent.card] = self._settled.get(spent.card, 0) + covered

    def leases_changed(self, cards: Iterable[int]) -> None:
        """Note that the server has sent these cards' leases, from which its known payments are subtracted."""
        for card in cards:
            self._settled.pop(card, None)

    def restore(self, entries: Iterable[TapEntry], leases: dict[int, int]) -> None:
        """Count the payments in the journal; ``leases`` are the cents leased per card."""
        for entry in entries:
            if entry.purpose != wire.PAY or entry.outcome != wire.GRANTED:
                continue
            if entry.card is None or entry.amount_minor is None or entry.uuid in self._open:
                continue
            before = self._cards.get(entry.card, 0)
            lease = leases.get(entry.card, 0)
            more = rules.uncovered(before + entry.amount_minor, lease) - rules.uncovered(before, lease)
            self.spend(entry.uuid, entry.card, entry.amount_minor, more)

    def restore_told(self, entries: Iterable[TapEntry], now_ms: int, elapsed_ms: int) -> None:
        """Count payments that the server has according to the journal, each from its own time on."""
        for entry in entries:
            if entry.card is not None and entry.amount_minor is not None:
                self._count(_Told(elapsed_ms - (now_ms - entry.at_ms), entry.card, entry.amount_minor))

    def _count(self, told: _Told) -> None:
        if told.minor:
            self._told.append(told)
            self._told_cards[told.card] = self._told_cards.get(told.card, 0) + told.minor
            self._told_minor += told.minor

    def _forget(self, before_ms: int) -> None:
        """Uncount payments that the server had before ``before_ms``."""
        while self._told and self._told[0].at_ms < before_ms:
            told = self._told.popleft()
            self._told_minor -= told.minor
            left = self._told_cards[told.card] - told.minor
            if left:
                self._told_cards[told.card] = left
            else:
                del self._told_cards[told.card]

    # -- duplicates ------------------------------------------------------------------------
    def let_through(self, recent: Hashable, elapsed_ms: int) -> None:
        """Note a tap that was granted, or about which the server is being asked."""
        if len(self._recent) >= RECENT_MAX:
            young = elapsed_ms - alone.DUPLICATE_MS
            self._recent = {key: when for key, when in self._recent.items() if when >= young}
        self._recent[recent] = elapsed_ms

    def turned_down(self, recent: Hashable) -> None:
        """Forget a tap that was refused: a new try is no duplicate."""
        self._recent.pop(recent, None)

    def _remove(self, uuid: str) -> _Spent | None:
        spent = self._open.pop(uuid, None)
        if spent is not None:
            self.edge_minor -= spent.uncovered_minor
            left = self._cards[spent.card] - spent.amount_minor
            if left:
                self._cards[spent.card] = left
            else:
                del self._cards[spent.card]
        return spent
