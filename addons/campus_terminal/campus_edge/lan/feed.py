"""What the LAN service needs from the edge: its status, and the taps that are meant for a till."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, TypeAlias, TypedDict

#: ``take(terminal, credential)``: a credential in the wire's form (``uid:04A1B2C3``) was shown.
#: Returns whether a till is there to take it: if not, the reader had better not show green.
#: May be called from any thread, never blocks and never raises.
Take: TypeAlias = Callable[[str, str], bool]

# -- states of the link to the server ----------------------------------------------
CONNECTED, AWAY, REFUSED, UNPAIRED = "connected", "away", "refused", "unpaired"


class ServerLink(TypedDict, total=False):
    """``state`` is one of this module's; ``answered_s`` counts from the last answer.

    ``detail`` is for whoever mends the edge; ``problems`` are the names that the page has words for.
    """

    state: str
    url: str
    answered_s: int | None
    detail: str
    problems: Sequence[str]


class ReaderStatus(TypedDict, total=False):
    """``state`` as in ``protocols.base``: opening, ready, lost, sick, stopped."""

    terminal: str
    name: str
    state: str
    detail: str


class TapStatus(TypedDict, total=False):
    """``credential`` may come as the reader saw it: it is masked before it is shown."""

    at_ms: int
    terminal: str
    purpose: str
    credential: str
    outcome: str | None
    code: str | None


class Status(TypedDict, total=False):
    """What is known; what is left out shows as unknown. ``taps`` newest first."""

    name: str
    version: str
    uptime_s: int
    server: ServerLink
    queue: int
    snapshot: int
    snapshot_age_s: int | None
    drift_ms: int | None
    readers: Sequence[ReaderStatus]
    taps: Sequence[TapStatus]


class Feed(Protocol):
    """The edge as its LAN service sees it."""

    def status(self) -> Status:
        """Return the state of the edge now; cheap, may be called from any thread."""

    def terminals(self) -> Sequence[str]:
        """Return the codes of the terminals whose taps go to a till."""

    def subscribe(self, take: Take) -> Callable[[], None]:
        """Have ``take`` called with every tap of these terminals; the function returned ends it."""
