"""Input and output of alert rules. Times are local to the company, without a zone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class Place:
    """A point on the ground, in degrees of WGS 84."""

    latitude: float
    longitude: float

    def __post_init__(self) -> None:
        if not (-90 <= self.latitude <= 90 and -180 <= self.longitude <= 180):
            raise ValueError("degrees of latitude or longitude out of range")


@dataclass(frozen=True)
class Event:
    """Something a holder did: a purchase, a tap, a card that was replaced.

    Only ``fresh`` events may raise an alert; the others are the past they are compared with.
    ``amount_minor`` is negative where the event reverses an earlier one.
    """

    id: int
    at: datetime
    amount_minor: int = 0
    place: Place | None = None
    place_name: str = ""
    fresh: bool = True


@dataclass(frozen=True)
class Hit:
    """An alert to raise: at most one per rule, holder and ``period``.

    ``facts`` are the numbers that explain it; amounts are in cents.
    """

    period: str
    at: datetime
    event_id: int
    facts: Mapping[str, int | str] = field(default_factory=dict)


def first_per_period(hits: list[Hit]) -> list[Hit]:
    """Keep the first hit of each period, in the order given."""
    kept: dict[str, Hit] = {}
    for hit in hits:
        kept.setdefault(hit.period, hit)
    return list(kept.values())
