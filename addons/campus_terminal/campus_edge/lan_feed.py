"""An adapter from ``feed`` to ``feed.feed``, for the LAN service."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from .feed import FeedEvent, Status, TapDone
from .lan import feed
from .subscribers import Subscribers

TAPS_SHOWN: Final = 20
_LINKS: Final = {"online": feed.CONNECTED, "disabled": feed.REFUSED, "sick": feed.CONNECTED}


class LanFeed:
    """A ``feed.feed.Feed``; ``time_zone`` as in ``feed.Status``."""

    def __init__(
        self, status: Callable[[], Status], tills: Callable[[], tuple[str, ...]], time_zone: str = ""
    ) -> None:
        self._status, self._tills, self._time_zone = status, tills, time_zone
        self._takers: Subscribers[feed.Take] = Subscribers()
        #: Returns who is where, at a muster point.
        self.muster_of: Callable[[], Mapping[str, Any] | None] = lambda: None
        self._taps: deque[TapDone] = deque(maxlen=TAPS_SHOWN)

    def take_event(self, event: FeedEvent) -> None:
        """Keep the tap for the status page."""
        if isinstance(event, TapDone):
            self._taps.appendleft(event)

    def offer(self, terminal: str, credential: str) -> bool:
        """Hand a credential to the tills; say whether one is there."""
        return any(take(terminal, credential) for take in self._takers)

    # -- feed.feed.Feed ----------------------------------------------------------------------
    def status(self) -> feed.Status:
        """Return the state of the edge now."""
        now = self._status()
        return {
            "name": now.name,
            "time_zone": self._time_zone,
            "version": now.version,
            "uptime_s": now.uptime_s,
            "server": {"state": _LINKS.get(now.state, feed.AWAY), "detail": "; ".join(now.problems),
                       "problems": [problem.partition(": ")[0] for problem in now.problems]},
            "queue": now.queue,
            "snapshot": now.snapshot,
            "snapshot_age_s": now.snapshot_age_s,
            "drift_ms": now.drift_ms,
            "lockdowns": list(now.lockdowns),
            "readers": [
                {"terminal": reader.terminal, "state": reader.state, "detail": reader.detail}
                for reader in now.readers
            ],
            "taps": [
                {
                    "at_ms": tap.at_ms, "terminal": tap.terminal, "purpose": tap.purpose,
                    "credential": tap.credential, "outcome": tap.outcome, "code": tap.code,
                }
                for tap in list(self._taps)
            ],
        }  # fmt: skip

    def muster(self) -> Mapping[str, Any] | None:
        """Return who is in which zone."""
        found = self.muster_of()
        return found and {**found, "time_zone": self._time_zone}

    def terminals(self) -> Sequence[str]:
        """Return the codes of the terminals whose taps go to a till."""
        return self._tills()

    def subscribe(self, take: feed.Take) -> Callable[[], None]:
        """Have ``take`` called with every tap of these terminals, until the returned function is called."""
        return self._takers.add(take)
