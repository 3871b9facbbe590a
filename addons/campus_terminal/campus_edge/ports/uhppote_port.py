"""UHPPOTE controller boards: cards and time profiles are pushed, events are read by index, without gaps.

The board decides by itself; the edge tells it what rights mean in its terms (``campus_core.access.board``). The
protocol is that of the library ``uhppoted``, imported only where a board is set up.
"""

from __future__ import annotations

import importlib
import logging
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from datetime import time as day_time
from typing import Any, Final, NamedTuple, Protocol

from campus_core.access.board import DOORS, BoardCard, BoardProfile, Plan
from campus_core.schedule import DAY_MIN

from ..protocols.base import LOST, OPENING, READY, STOPPED, ReaderState
from .backoff import Backoff

_logger = logging.getLogger(__name__)
TURN_S: Final = 1.0
TIMEOUT_S: Final = 2.5
#: The hour, by the board's clock, in which its cards are compared with ours.
COMPARE_HOUR: Final = 3
#: The most events read in one turn, so that a change of cards does not wait for a long past.
EVENTS_MAX: Final = 200
#: What a door does: opens for cards, open for everybody, shut for everybody.
CONTROLLED, FREE, SHUT = 3, 1, 2
_OPEN_S: Final = 5


class BoardEvent(NamedTuple):
    """An event of the board as it has it; ``at`` is local time of the board, None if it had none."""

    seq: int
    kind: int
    door: int
    is_in: bool
    number: int
    granted: bool
    reason: int
    at: datetime | None


class Wanted(NamedTuple):
    """What the board is to have; ``version`` changes with it. ``modes``: of its doors 1 to 4."""

    version: object
    plan: Plan
    modes: tuple[int, ...]


class Keeper(Protocol):
    """The edge's side of a board."""

    def wanted(self) -> Wanted | None:
        """Return what the board is to have; None as long as nobody knows."""

    def local_now(self) -> datetime:
        """Return what the campus's clock shows now, without a zone: the board knows none."""

    def last_index(self) -> int | None:
        """Return the index of the newest event that is in the journal; None for a board without any."""

    def keep(self, events: list[BoardEvent]) -> None:
        """Store events; returns when they are on the disk. Raises ``OSError`` or ``JournalUnwritable``."""


@dataclass
class _Known:
    """What the board has, as far as this run has put or read it."""

    version: object = None
    cards: dict[int, BoardCard] = field(default_factory=dict)
    profiles: dict[int, BoardProfile] = field(default_factory=dict)
    modes: tuple[int, ...] = ()
    compared: date | None = None


class UhppotePort:
    """One board: a thread that reads events and pushes changes."""

    def __init__(self, serial: int, address: str, keeper: Keeper) -> None:
        self.serial, self.address = serial, address
        self.state = ReaderState(OPENING)
        #: Cards that the last comparison has put right.
        self.corrected = 0
        #: Events that the board had overwritten before they were read.
        self.lost = 0
        self._keeper, self._known = keeper, _Known()
        self._stopping = threading.Event()
        self._api: Any = None
        self._target = (serial, address, "udp")
        self._thread = threading.Thread(target=self._run, name=f"board-{serial}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """End the thread."""
        self._stopping.set()
        self._thread.join(timeout=5)
        self.state = ReaderState(STOPPED)

    def _run(self) -> None:
        backoff = Backoff(1_000, 30_000)
        while not self._stopping.is_set():
            pause_s = TURN_S
            try:
                self.turn()
                backoff.reset()
            except Exception as error:
                # the library raises whatever it has; the next turn tries again
                if self.state.state != LOST:
                    _logger.warning("board %s: %s", self.serial, error)
                self.state = ReaderState(LOST, f"{type(error).__name__}: {error}"[:200])
                self._known.version = None
                pause_s = backoff.next_ms() / 1000
            self._stopping.wait(pause_s)

    def turn(self) -> None:
        """Read events, push what has changed, compare at night."""
        if self._api is None:
            library = importlib.import_module("uhppoted.uhppote")
            self._api = library.Uhppote()
        status = self._api.get_status_record(self._target, timeout=TIMEOUT_S)
        if status is None:
            raise OSError("no answer")
        self._read_events(status.event.index if status.event else 0)
        wanted = self._keeper.wanted()
        if wanted is not None:
            self._push(wanted, status.system.datetime)
        self.state = ReaderState(READY)

    # -- events ------------------------------------------------------------------------------------
    def _read_events(self, newest: int) -> None:
        last = self._keeper.last_index()
        if last is None:
            # a board that is new here: its past belongs to nobody
            first = self._event(0)
            last = first.seq - 1 if first else 0
        if newest < last:
            _logger.error("board %s counts its events anew: %s after %s", self.serial, newest, last)
            last = 0
        found: list[BoardEvent] = []
        for index in range(last + 1, min(newest, last + EVENTS_MAX) + 1):
            event = self._event(index)
            if event is not None:
                found.append(event)
                continue
            oldest = self._event(0)
            if oldest is None or oldest.seq <= index:
                break
            self.lost += oldest.seq - index
            _logger.error("board %s has overwritten events %s to %s", self.serial, index, oldest.seq - 1)
            found.append(oldest)
            break
        if found:
            self._keeper.keep(found)

    def _event(self, index: int) -> BoardEvent | None:
        """Return an event; None if the board does not have it (any more)."""
        answer = self._api.get_event(self._target, index, timeout=TIMEOUT_S)
        if answer is None or answer.event_type in (0, 0xFF):
            return None
        return BoardEvent(
            answer.index, answer.event_type, answer.door, answer.direction == 1, answer.card,
            bool(answer.access_granted), answer.reason, answer.timestamp,
        )  # fmt: skip

    # -- cards and time profiles ---------------------------------------------------------------------
    def _push(self, wanted: Wanted, now: datetime) -> None:
        known = self._known
        is_night = now.hour == COMPARE_HOUR and known.compared != now.date()
        if known.version is None or is_night:
            self._compare(wanted.plan)
            self._api.set_time(self._target, self._keeper.local_now(), timeout=TIMEOUT_S)
            known.compared = now.date()
        elif known.version != wanted.version:
            self._change(wanted.plan)
        if known.modes != wanted.modes:
            for door, mode in enumerate(wanted.modes, 1):
                self._api.set_door_control(self._target, door, mode, _OPEN_S, timeout=TIMEOUT_S)
            known.modes = wanted.modes
        known.version = wanted.version

    def _compare(self, plan: Plan) -> None:
        """Read all cards of the board, and put right what differs; profiles are written anew."""
        self._api.record_special_events(self._target, True, timeout=TIMEOUT_S)
        there = dict(self._cards())
        wrong = {number for number in {*there, *plan.cards} if there.get(number) != plan.cards.get(number)}
        self.corrected = len(wrong)
        if wrong:
            _logger.warning("board %s: %s cards are put right", self.serial, len(wrong))
        self._known.cards, self._known.profiles = there, {}
        self._change(plan)

    def _cards(self) -> Iterable[tuple[int, BoardCard]]:
        count = self._api.get_cards(self._target, timeout=TIMEOUT_S).cards
        for index in range(1, count + 1):
            found = self._api.get_card_by_index(self._target, index, timeout=TIMEOUT_S)
            if found is not None and found.card_number not in (0, 0xFFFFFFFF):
                doors = (found.door_1, found.door_2, found.door_3, found.door_4)
                yield (
                    found.card_number,
                    BoardCard(found.card_number, found.start_date, found.end_date, doors),
                )

    def _change(self, plan: Plan) -> None:
        """Push the difference to what the board has: first profiles, then cards that may less, then more."""
        known = self._known
        for number, profile in plan.profiles.items():
            if known.profiles.get(number) != profile:
                self._put_profile(number, profile)
                known.profiles[number] = profile
        for number in [number for number in known.cards if number not in plan.cards]:
            self._api.delete_card(self._target, number, timeout=TIMEOUT_S)
            del known.cards[number]
        for number, card in plan.cards.items():
            if known.cards.get(number) != card:
                answer = self._api.put_card(
                    self._target, number, card.first, card.last, *card.doors[:DOORS], 0, timeout=TIMEOUT_S
                )
                if answer is None or not answer.stored:
                    raise OSError(f"card {number} was not stored")
                known.cards[number] = card

    def _put_profile(self, number: int, profile: BoardProfile) -> None:
        days = [day in profile.weekdays for day in range(7)]
        times = [moment for start, end in profile.times for moment in (_time(start), _time(end))]
        times += [day_time(0, 0)] * (6 - len(times))
        self._api.set_time_profile(
            self._target,
            number,
            profile.first,
            profile.last,
            *days,
            *times,
            profile.linked,
            timeout=TIMEOUT_S,
        )


def _time(minutes: int) -> day_time:
    """Return a time of the day; a board's day ends at 23:59."""
    return day_time(*divmod(min(minutes, DAY_MIN - 1), 60))
