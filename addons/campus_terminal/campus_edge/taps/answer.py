"""A tap and its answer."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from campus_core.taps import wire

from .deciding import Arrived

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the reader shows and the feed publishes; amounts are cents."""

    uuid: str
    outcome: str
    code: str
    text: str
    amount_minor: int | None = None
    balance_minor: int | None = None
    name: str = ""
    offline: bool = True

    @property
    def granted(self) -> bool:
        """Whether the lamp is green."""
        return self.outcome == wire.GRANTED


#: Called once, in the loop's thread, with the answer to show.
Answered: TypeAlias = Callable[[Answer], object]


class Tap(NamedTuple):
    """A tap that is being handled, and the function that takes its answer."""

    arrived: Arrived
    answered: Answered

    @property
    def uuid(self) -> str:
        """The tap's own id."""
        return self.arrived.uuid

    def hear(self, answer: Answer) -> None:
        """Pass the answer on; an error in the function called is logged."""
        try:
            self.answered(answer)
        except Exception:
            _logger.exception("an answer was not heard", extra={"terminal": self.arrived.terminal})
