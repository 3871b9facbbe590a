"""The interface of the LAN service to the edge: its status, and the taps for tills."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol, TypeAlias, TypedDict

#: ``take(terminal, credential)``: a credential in the wire's form (``uid:04A1B2C3``) was shown.
#: Returns whether a till is there to take it; if not, the reader should not show green.
#: Safe from any thread; it never blocks and never raises.
Take: TypeAlias = Callable[[str, str], bool]

# -- states of the link to the server ----------------------------------------------
CONNECTED, AWAY, REFUSED, UNPAIRED = "connected", "away", "refused", "unpaired"


class ServerLink(TypedDict, total=False):
    """``state`` is a constant of this module; ``answered_s`` is the time since the last answer.

    ``detail`` is for technicians; ``problems`` are names for which the page has sentences.
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
    """``credential`` may be unmasked; it is masked before it is shown."""

    at_ms: int
    terminal: str
    purpose: str
    credential: str
    outcome: str | None
    code: str | None


class Status(TypedDict, total=False):
    """The known status; values left out are shown as unknown. ``taps`` has the newest first.

    ``time_zone`` is the campus's, as IANA names it; "" for the machine's own.
    """

    name: str
    time_zone: str
    version: str
    uptime_s: int
    server: ServerLink
    queue: int
    snapshot: int
    snapshot_age_s: int | None
    drift_ms: int | None
    readers: Sequence[ReaderStatus]
    taps: Sequence[TapStatus]
    #: Numbers of the lockdowns in force.
    lockdowns: Sequence[int]


class Feed(Protocol):
    """What the LAN service needs from the edge."""

    def status(self) -> Status:
        """Return the status of the edge; cheap and safe from any thread."""

    def terminals(self) -> Sequence[str]:
        """Return the codes of the terminals whose taps go to a till."""

    def muster(self) -> Mapping[str, Any] | None:
        """Return who is in which zone; None where this is no muster point."""

    def subscribe(self, take: Take) -> Callable[[], None]:
        """Call ``take`` with every tap of these terminals until the returned function is called."""
