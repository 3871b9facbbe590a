"""Events and status of the edge for other parts of the program: taps, credentials, status.

The LAN service, the status page and the IoT adapter use the engine only through this module::

    class Source(Protocol):          # the engine
        feed: Feed
        def status(self) -> Status: ...

    stop = engine.feed.subscribe(lambda event: ...)

A listener runs in the edge's loop, just before the reader shows the answer: it must return at once
(put the event into a queue of its own). An exception in it is logged and has no other effect.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol, TypeAlias

from .subscribers import Subscribers

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class TapDone:
    """A tap was answered. ``credential`` is masked; ``amount_minor`` and ``balance_minor`` are cents."""

    uuid: str
    terminal: str
    purpose: str
    at_ms: int
    outcome: str
    code: str
    text: str
    credential: str
    card: int | None = None
    amount_minor: int | None = None
    balance_minor: int | None = None
    name: str = ""
    offline: bool = False


@dataclass(frozen=True, slots=True)
class CredentialSeen:
    """A credential was shown at a terminal that only reads for a till (``use = "till"``).

    ``credential`` is not masked (wire's form, ``uid:04A1B2C3``): it must not be logged.
    """

    terminal: str
    credential: str
    at_ms: int

    def __repr__(self) -> str:
        return f"CredentialSeen({self.terminal})"


FeedEvent: TypeAlias = TapDone | CredentialSeen
Listener: TypeAlias = Callable[[FeedEvent], None]


@dataclass(frozen=True, slots=True)
class ReaderStatus:
    """A reader's ``state`` is one of ``protocols.base``: opening, ready, lost, sick, stopped."""

    terminal: str
    state: str
    detail: str = ""
    tamper: bool = False


@dataclass(frozen=True, slots=True)
class Status:
    """The status of the edge; ``to_json`` uses the same names.

    ``state``: ``starting``, ``online``, ``offline``, ``disabled`` (switched off or revoked by the
    server) or ``sick`` (the journal cannot be written; every tap is refused). ``problems`` are
    sentences for people.
    """

    state: str
    edge: str
    name: str
    version: str
    uptime_s: int
    snapshot: int
    snapshot_age_s: int | None
    cards: int
    journal: str
    head_seq: int
    queue: int
    drift_ms: int
    offline_minor: int
    taps: int
    websocket: bool
    readers: tuple[ReaderStatus, ...] = ()
    problems: tuple[str, ...] = field(default=())
    lockdowns: tuple[int, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the status as plain values."""
        return asdict(self)


class Source(Protocol):
    """What has a feed and a status: the engine."""

    feed: Feed

    def status(self) -> Status:
        """Return the status of the edge; cheap and safe from any thread."""


class Feed:
    """Passes events on to all subscribers."""

    def __init__(self) -> None:
        self._listeners: Subscribers[Listener] = Subscribers()

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call ``listener`` with every event from now on, until the returned function is called."""
        return self._listeners.add(listener)

    def publish(self, event: FeedEvent) -> None:
        """Tell every listener."""
        for listener in self._listeners:
            try:
                listener(event)
            except Exception:
                _logger.exception("a listener of the feed failed")
