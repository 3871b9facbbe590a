"""The doors of an edge: puts judge, places, inputs, PINs and lockdowns together."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from pathlib import Path
from typing import Any, Final, NamedTuple

from campus_core import errors
from campus_core.access import events, types
from campus_core.access.decide import holds
from campus_core.access.lockdown import local_number
from campus_core.access.types import Door, Lockdown
from campus_core.access.wire import lockdown_from_wire
from campus_core.errors import WireError
from campus_core.taps import wire
from campus_core.taps.alone import Verdict

from ..clock.clock import Clock
from ..feed import FeedEvent, TapDone
from ..journal.journal import Journal
from ..loop import Loop
from ..protocols.base import ASKING, Feedback
from ..readers import texts
from ..snapshot.access import AccessUpdate, parse_positions
from ..snapshot.snapshot import Snapshot
from ..taps.answer import Answer, Tap
from ..taps.engine import Engine
from . import muster, places, restore
from .boards import Board
from .event_log import EventLog
from .inputs import Inputs, Wiring
from .judge import DoorJudge, Passing, presented
from .lockdowns import Lockdowns
from .pins import PinPads
from .places import Moment, Places

_logger = logging.getLogger(__name__)
MUSTER_TIMEOUT_S: Final = 5


class Around(NamedTuple):
    """What the doors use of the edge. ``show`` shows feedback at a terminal's reader."""

    loop: Loop
    clock: Clock
    journal: Journal
    snapshot: Snapshot
    engine: Engine
    wake: Callable[[], None]
    is_connected: Callable[[], bool]
    show: Callable[[str, Feedback], None]
    language: str


class Doors:
    """``hold`` switches the lock of a terminal's door: free for everybody or not."""

    def __init__(
        self,
        around: Around,
        folder: Path,
        wirings: Mapping[str, Wiring],
        hold: Callable[[str, bool], None] = lambda terminal, is_free: None,
    ) -> None:
        self._around, self._hold, self._wirings = around, hold, wirings
        self._access, self._clock = around.snapshot.access, around.clock
        self.lockdowns = Lockdowns(folder)
        self.places = Places(self._access.site)
        self.log = EventLog(
            around.loop, around.clock, around.journal, around.wake, lambda: around.snapshot.version
        )
        self._judge = DoorJudge(
            self._access, self.places, self._moment, self._pin_code, self._list_age_s,
            frozenset(code for code, wiring in wirings.items() if wiring.is_muster),
        )  # fmt: skip
        self.pins = PinPads(
            around.loop, self._access, self._words, self._clock.elapsed_ms,
            self._keyed, self._alarm,
        )  # fmt: skip
        self.inputs = Inputs(
            around.loop, wirings, self.log, self._judge.place, around.show, self._words,
            self._clock.elapsed_ms, self._went, self._button,
        )  # fmt: skip
        self._free: frozenset[int] = frozenset()
        #: Controller boards that decide by themselves.
        self.boards: tuple[Board, ...] = ()
        self._number = 0
        around.engine.judges[wire.DOOR] = self._judge
        around.engine.waits = self._waits
        around.engine.feed.subscribe(self._done)
        self._access.on_change = self._changed
        #: Called when another lockdown is obeyed, or one no more.
        self.on_lockdown: Callable[[], None] = lambda: None
        self.lockdowns.on_change = self._locked

    # -- life, any thread --------------------------------------------------------------------
    def start(self) -> None:
        """Learn from the journal where people are; call this when snapshot and journal are open."""
        for each in self.boards:
            each.port.start()
        self.pins.start()
        done = threading.Event()
        self._around.loop.post(self._restore, done)
        done.wait(restore.TIMEOUT_S)

    def stop(self) -> None:
        for each in self.boards:
            each.port.stop()
        self.pins.stop()

    def pushed(self, kind: str, payload: Mapping[str, Any]) -> bool:
        """Take what was pushed; say whether it was about doors. A push only closes; it ends no lockdown."""
        try:
            if kind == "lockdown":
                self.lockdowns.raise_(lockdown_from_wire(payload["order"]))
            elif kind == "positions":
                self._around.loop.post(self.places.take, parse_positions(payload["positions"]))
            else:
                return False
        except (WireError, ValueError, TypeError, KeyError) as error:
            _logger.warning("a push about doors cannot be read: %s", error)
        return True

    def muster(self) -> Mapping[str, Any] | None:
        """Return who is in which zone; None where this is no muster point."""
        found: Future[Mapping[str, Any] | None] = Future()
        self._around.loop.post(self._muster, found)
        return found.result(MUSTER_TIMEOUT_S)

    def _muster(self, found: Future[Mapping[str, Any] | None]) -> None:
        around = self._around
        now_ms, heard_ms = self._clock.now_ms(), around.snapshot.confirmed_at_ms
        found.set_result(muster.muster(self._access, self.places, now_ms, heard_ms, around.is_connected()))

    def _locked(self) -> None:
        self._around.loop.post(self._settle_free)
        self.on_lockdown()

    def tick(self) -> None:
        """Look every second whether a door's schedule begins or ends."""
        self._around.loop.post(self._settle_free)

    def _changed(self, update: AccessUpdate) -> None:
        """Take a signed change; lockdowns at once, the rest in the loop."""
        self.lockdowns.settle(update.orders, update.ended)
        self._around.loop.post(self._take, update)

    # -- the loop's thread ---------------------------------------------------------------------
    def _take(self, update: AccessUpdate) -> None:
        if update.site is not None:
            self._change_site()
        self.places.know(self._access.holder)
        self.places.take(update.positions)
        self.places.opened(update.opened)

    def _change_site(self) -> None:
        self.places.change_site(self._access.site)
        self._judge.change_site()
        self._settle_free()

    def _restore(self, done: threading.Event) -> None:
        try:
            self._change_site()
            restore.run(self._around.journal, self._access, self.places, self.pins, self.inputs, self._clock)
        except Exception:
            _logger.exception("the places of people cannot be restored")
        finally:
            done.set()

    def _moment(self, terminal: str, now_ms: int) -> Moment:
        place = self._judge.place(terminal)
        busy = self.inputs.busy(place[0], self._access.site.doors.values()) if place else frozenset()
        return Moment(now_ms, self._around.is_connected(), busy, self.lockdowns.orders)

    def _pin_code(self, door: str, holder: int, card: int) -> str:
        return self.pins.code(door, holder, card)

    def _list_age_s(self, now_ms: int) -> int:
        return max(now_ms - self._around.snapshot.confirmed_at_ms, 0) // 1000

    def _words(self, name: str) -> str:
        if name in errors.CODES:
            return texts.text_of(name, self._around.language)
        return texts.word(name, self._around.language)

    # -- PINs ------------------------------------------------------------------------------------
    def _waits(self, tap: Tap, verdict: Verdict) -> bool:
        passing = self._judge.peek(tap.uuid)
        if passing is None or not passing.asks_pin:
            return False
        self._judge.decided(tap.uuid)
        self.pins.ask(tap._replace(answered=lambda answer: self._show(passing.terminal, answer)), passing)
        # the reader is free for keys; what it shows is replaced at once
        tap.hear(Answer(tap.uuid, ASKING, verdict.code, self._words(verdict.code)))
        self._around.show(passing.terminal, self.pins.asking())
        return True

    def _keyed(self, tap: Tap, factor: str) -> None:
        self._judge.factors[tap.uuid] = factor
        self._around.engine.again(tap)
        self._judge.factors.pop(tap.uuid, None)

    def _show(self, terminal: str, answer: Answer) -> None:
        self._around.show(terminal, Feedback(answer.outcome, answer.text))

    def _alarm(self, tap: Tap, passing: Passing) -> None:
        self.log.write(events.DURESS, passing.terminal, uuid=tap.uuid, card=passing.card)

    # -- what was decided ------------------------------------------------------------------------
    def _done(self, event: FeedEvent) -> None:
        passing = self._judge.decided(event.uuid) if isinstance(event, TapDone) else None
        if passing is None or not isinstance(event, TapDone):
            return
        who = presented(passing, self._access.site.rules, event.at_ms)
        if who is not None:
            self.places.present(passing.door.door, passing.side, who)
        if event.outcome != wire.GRANTED:
            return
        if passing.verdict.is_first:
            self.places.open_zone(passing.door, passing.side, event.at_ms)
        if passing.is_muster:
            self.log.write(events.MUSTERED, passing.terminal, uuid=event.uuid, card=passing.card)
            self._went(passing, event.at_ms)
        elif self.inputs.has_contact(passing.door):
            self.inputs.let_through(event.uuid, passing)
        else:
            self._went(passing, event.at_ms)

    def _went(self, passing: Passing, at_ms: int) -> None:
        self._number += 1
        edge, number = self._access.edge, self._number
        self.places.take([places.passage(passing.door, passing.side, passing.holder, at_ms, edge, number)])

    # -- doors that are free for everybody -----------------------------------------------------------
    def _settle_free(self) -> None:
        free = frozenset(door.door for door in self._access.site.doors.values() if self._is_free(door))
        changed, self._free = free ^ self._free, free
        if changed:
            self.inputs.free(free)
        for number in changed:
            door = self._access.site.doors.get(number)
            for code in door.sides.values() if door else ():
                self._hold(code, number in free)

    def _is_free(self, door: Door) -> bool:
        site = self._access.site
        if door.mode != types.UNLOCKED or not holds(site, door.unlocked, self._clock.now_ms()):
            return False
        return not self.is_locked(door.door)

    def is_free(self, door: int) -> bool:
        """Say whether a door is free for everybody now. Safe from any thread."""
        return door in self._free

    def is_locked(self, door: int) -> bool:
        """Say whether a lockdown that is no drill closes a door. Safe from any thread."""
        site = self._access.site
        found = site.doors.get(door)
        around = {*site.inside(found.inner), *site.inside(found.outer)} if found else set()
        return any(order.zone in around and not order.is_drill for order in self.lockdowns.orders)

    def board_took(self, terminal: str, card: int, at_ms: int) -> None:
        """Note that a controller board has let somebody through. Safe from any thread."""
        self._around.loop.post(self._took, terminal, card, at_ms)

    def _took(self, terminal: str, card: int, at_ms: int) -> None:
        place = self._judge.place(terminal)
        if place is not None:
            holder = self._access.holder(card)
            self._went(Passing(*place, card, holder, terminal, types.Verdict()), at_ms)

    def hold_again(self, terminal: str) -> None:
        """Switch the lock as it should be: reader or edge were away, and it may be open from before."""
        place = self._judge.place(terminal)
        if place is not None:
            self._hold(terminal, place[0].door in self._free)

    # -- the button on the wall ------------------------------------------------------------------------
    def _button(self, terminal: str, wiring: Wiring) -> None:
        place = self._judge.place(terminal)
        zone = wiring.zone or (place[0].inner if place else 0)
        raised = (one for one in self.lockdowns.orders if one.zone == zone and not one.is_drill)
        if any(one.level in (wiring.level, types.NOBODY) for one in raised):
            return
        told = self.log.write(events.LOCKDOWN, terminal, rule=f"zone={zone} level={wiring.level}")
        order = Lockdown(local_number(told.uuid), zone, wiring.level)
        # it is stored before it is obeyed, and the loop must not wait for the disk
        threading.Thread(target=self.lockdowns.raise_, args=(order,), daemon=True).start()
