"""Controller boards of this edge: what they are to have, and what their events mean here."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

from campus_core import card_state, errors
from campus_core.access import board, events, told
from campus_core.access.board import Member, Plan
from campus_core.access.types import Verdict
from campus_core.errors import Refusal
from campus_core.taps import wire

from ..clock.clock import Clock
from ..feed import ReaderStatus
from ..files import write_atomic
from ..journal.journal import Journal
from ..journal.store import Draft
from ..ports.uhppote_port import CONTROLLED, FREE, SHUT, BoardEvent, UhppotePort, Wanted
from ..snapshot.snapshot import Snapshot
from . import places
from .board_config import BoardConfig

SWIPE: Final = 1
#: The board's reasons for a refused card, and what they are called here.
REFUSALS: Final[Mapping[int, str]] = {
    6: errors.ACCESS_NO_RIGHT,
    7: errors.ACCESS_PIN_WRONG,
    8: errors.ACCESS_PASSBACK,
    9: errors.ACCESS_SECOND_MISSING,
    10: errors.ACCESS_FIRST_MISSING,
    11: errors.ACCESS_DOOR_LOCKED,
    12: errors.ACCESS_INTERLOCK,
    13: errors.ACCESS_OUTSIDE_TIME,
    15: errors.ACCESS_OUTSIDE_TIME,
}
#: What happens at a door without a card; the board's other events are about itself.
EVENTS: Final[Mapping[int, str]] = {
    20: events.REX,
    34: events.DURESS,
    37: events.HELD_OPEN,
    38: events.FORCED,
    39: events.FIRE,
}


class Around(NamedTuple):
    """What boards use of the edge. ``is_free`` and ``is_locked`` say it of a door's number."""

    snapshot: Snapshot
    journal: Journal
    clock: Clock
    folder: Path
    is_free: Callable[[int], bool]
    is_locked: Callable[[int], bool]
    version: Callable[[], object]
    took: Callable[[str, int, int], None]
    wake: Callable[[], None]


class Board:
    """One board and its port; a ``uhppote_port.Keeper``. Only the port's thread calls the keeper's part."""

    def __init__(self, config: BoardConfig, around: Around) -> None:
        self.config, self._around = config, around
        self._path = around.folder / f"board-{config.serial}.json"
        self._last = self._stored_index()
        self._wanted: Wanted | None = None
        self.port = UhppotePort(config.serial, config.address, self)

    def status(self) -> Iterator[ReaderStatus]:
        """Yield the status of each of its terminals; ``detail`` names what the board cannot keep."""
        plan = self._wanted.plan if self._wanted else Plan({}, {})
        cannot = f"the board cannot keep: {', '.join(plan.cannot)}" if plan.cannot else ""
        for code in (code for door in self.config.doors for code in door if code):
            state = self.port.state
            yield ReaderStatus(code, state.state, (state.detail or cannot)[:200])

    # -- what the board is to have -----------------------------------------------------------------
    def wanted(self) -> Wanted | None:
        """Return what the board is to have; None as long as nobody knows."""
        around, access = self._around, self._around.snapshot.access
        if not access.is_there:
            return None
        doors = self._doors()
        now_ms = around.clock.now_ms()
        modes = tuple(self._mode(door) for door in (*doors, 0, 0, 0, 0)[: board.DOORS])
        version = (around.version(), around.clock.day(now_ms), modes)
        if self._wanted is None or self._wanted.version != version:
            plan = board.plan(access.site, doors, self._members(now_ms), now_ms)
            self._wanted = Wanted(version, plan, modes)
        return self._wanted

    def _doors(self) -> tuple[int, ...]:
        sides = places.sides(self._around.snapshot.access.site)
        found = ([sides[code][0].door for code in codes if code in sides] for codes in self.config.doors)
        return tuple(numbers[0] if numbers else 0 for numbers in found)

    def _mode(self, door: int) -> int:
        if door and self._around.is_locked(door):
            return SHUT
        return FREE if door and self._around.is_free(door) else CONTROLLED

    def _members(self, now_ms: int) -> Iterator[Member]:
        snapshot = self._around.snapshot
        for card, number in snapshot.access.numbers.items():
            row = snapshot.card(card, now_ms)
            if row is not None and row.state == card_state.PAYS:
                rules = snapshot.access.rules(snapshot.access.member(card))
                yield Member(number, rules, _day(row.valid_from), _day(row.valid_until))

    def local_now(self) -> datetime:
        """Return what the campus's clock shows now, without a zone."""
        return self._around.snapshot.access.site.calendar.local(self._around.clock.now_ms())

    # -- events --------------------------------------------------------------------------------------
    def last_index(self) -> int | None:
        """Return the index of the newest event that is in the journal; None for a board without any."""
        return self._last

    def keep(self, events: list[BoardEvent]) -> None:
        """Store events; returns when they are on the disk."""
        drafts = [draft for event in events if (draft := self._draft(event)) is not None]
        if drafts:
            self._write(drafts)
        self._last = events[-1].seq
        write_atomic(self._path, json.dumps({"index": self._last}).encode())
        for draft in drafts:
            if draft.outcome == wire.GRANTED and draft.card is not None:
                self._around.took(draft.terminal, draft.card, draft.at_ms)
        self._around.wake()

    def _write(self, drafts: list[Draft]) -> None:
        done, faults = threading.Event(), []

        def ended(error: Exception | None) -> None:
            if error is not None:
                faults.append(error)
            done.set()

        self._around.journal.submit(drafts, ended)
        done.wait()
        if faults:
            raise OSError(str(faults[0]))

    def _draft(self, event: BoardEvent) -> Draft | None:
        code = None if event.kind == SWIPE else EVENTS.get(event.reason)
        codes = self.config.doors[event.door - 1] if 1 <= event.door <= len(self.config.doors) else ("", "")
        terminal = codes[0 if event.is_in else 1] or codes[0] or codes[1]
        if not terminal or (event.kind != SWIPE and code is None):
            return None
        around = self._around
        site, now_ms = around.snapshot.access.site, around.clock.now_ms()
        at_ms = board.moment_ms(event.at, site) if event.at else now_ms
        card = around.snapshot.access.card_of(event.number) if event.kind == SWIPE else None
        values: dict[str, Any] = {"kind": wire.EVENT, "outcome": None, "code": code, "rule": None}
        if event.kind == SWIPE:
            values = self._swipe(event, card, now_ms)
        return Draft(
            uuid=around.clock.new_uuid(), terminal=terminal, at_ms=min(max(at_ms, 0), wire.MAX_MS),
            purpose=wire.DOOR, credential=f"board:{self.config.serial}:{event.seq}", card=card,
            amount_minor=None, mode=wire.TOLD, snapshot=around.snapshot.version, **values,
        )  # fmt: skip

    def _swipe(self, event: BoardEvent, card: int | None, now_ms: int) -> dict[str, Any]:
        code = "ok" if event.granted else REFUSALS.get(event.reason, errors.ACCESS_DENIED)
        if card is None:
            code = errors.UNKNOWN_CARD
        verdict = Verdict(() if event.granted and card else (Refusal(code),))
        age_s = max(now_ms - self._around.snapshot.confirmed_at_ms, 0) // 1000
        outcome = wire.GRANTED if event.granted else wire.REFUSED
        if event.granted and card is None:
            # the board has let a card through that is no longer listed: that is told as it was
            verdict = Verdict((), None, (), (), (Refusal(errors.UNKNOWN_CARD),))
            code = "ok"
        return {"kind": wire.TAP, "outcome": outcome, "code": code, "rule": told.note(verdict, age_s)}

    def _stored_index(self) -> int | None:
        """Return the newest index that is known to be stored: the file's, or a newer one of the journal."""
        try:
            stored = int(json.loads(self._path.read_bytes())["index"])
        except (OSError, ValueError, KeyError, TypeError):
            stored = None
        newest = self._around.journal.read(self._newest)
        return max((index for index in (stored, newest) if index is not None), default=None)

    def _newest(self, base: sqlite3.Connection) -> int | None:
        name = f'"board:{self.config.serial}:'
        sql = "SELECT text FROM entry WHERE instr(text, ?) ORDER BY seq DESC LIMIT 1"
        row = base.execute(sql, (name,)).fetchone()
        return int(str(row[0]).partition(name)[2].partition('"')[0]) if row else None


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
