"""Decides taps at doors with the rules of ``campus_core.access``, and remembers what was decided."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final, NamedTuple

from campus_core import errors
from campus_core.access import told, types
from campus_core.access.decide import decide
from campus_core.access.types import Door, Person, Presented, Verdict
from campus_core.errors import Refusal
from campus_core.taps import alone, wire

from ..snapshot.access import Access
from ..taps.deciding import Arrived
from . import places
from .places import Moment, Places

#: Decided taps whose answer is not shown yet: more than all readers of an edge can have at once.
_OPEN_MAX: Final = 1_000
#: What the PIN pads make of "a PIN is needed" for a card: the code that is shown instead, or the same.
PinCode = Callable[[str, int, int], str]


class Passing(NamedTuple):
    """A decided tap: who stands where, and the verdict. ``is_muster``: at an assembly point."""

    door: Door
    side: str
    card: int
    holder: int
    terminal: str
    verdict: Verdict
    is_muster: bool = False

    @property
    def asks_pin(self) -> bool:
        """Say whether nothing but further steps is missing, the PIN among them."""
        codes = {reason.code for reason in self.verdict.reasons}
        return errors.ACCESS_PIN_NEEDED in codes and len(codes) == len(self.verdict.needs)

    @property
    def is_drill(self) -> bool:
        """Say whether a drill was in force."""
        return any(warning.code == errors.ACCESS_LOCKDOWN for warning in self.verdict.warnings)


class DoorJudge:
    """The judge of purpose ``door``; only the loop's thread uses it."""

    def __init__(
        self,
        access: Access,
        known: Places,
        moment: Callable[[str, int], Moment],
        pin_code: PinCode,
        list_age_s: Callable[[int], int],
        musters: frozenset[str] = frozenset(),
    ) -> None:
        self._access, self._places, self._moment = access, known, moment
        self._pin_code, self._list_age_s, self._musters = pin_code, list_age_s, musters
        self._sides: Mapping[str, tuple[Door, str]] = {}
        #: What was keyed with the card of a tap: ``types.PIN``, or the code of a refusal.
        self.factors: dict[str, str] = {}
        self._open: OrderedDict[str, Passing] = OrderedDict()

    def change_site(self) -> None:
        """Take changed doors."""
        self._sides = places.sides(self._access.site)

    def place(self, terminal: str) -> tuple[Door, str] | None:
        """Return the door and the side of a terminal."""
        return self._sides.get(terminal)

    def decided(self, uuid: str) -> Passing | None:
        """Return what was decided about a tap, once."""
        return self._open.pop(uuid, None)

    def peek(self, uuid: str) -> Passing | None:
        """Return what was decided about a tap."""
        return self._open.get(uuid)

    def __call__(self, arrived: Arrived, found: alone.Verdict, now_ms: int) -> alone.Verdict:
        """Return the verdict about a tap at a door; ``found``: what the card's state alone says."""
        if not self._access.is_there:
            # the server knows no doors: a good card opens
            return found
        place = self._sides.get(arrived.terminal)
        card = arrived.facts.card
        if place is None or card is None or found.code in _EARLY:
            code = found.code if not found.granted else errors.ACCESS_DOOR_UNKNOWN
            return self._say(Verdict((Refusal(code, found.numbers),)), now_ms)
        passing = self._decide(arrived, card.card, place, found, now_ms)
        self._keep(arrived.uuid, passing)
        return self._say(passing.verdict, now_ms, _shown(passing))

    def _decide(
        self, arrived: Arrived, card: int, place: tuple[Door, str], found: alone.Verdict, now_ms: int
    ) -> Passing:
        door, side = place
        member = self._access.member(card)
        holder = self._access.holder(card)
        refusal = None if found.granted else Refusal(found.code, found.numbers)
        person = Person(holder, self._access.rules(member), refusal)
        moment = self._moment(arrived.terminal, now_ms)
        factor = self.factors.pop(arrived.uuid, "")
        if factor == types.PIN:
            moment = moment._replace(shown=frozenset({types.PIN}))
        state = self._places.state(door, side, holder, moment)
        verdict = decide(self._access.site, door, side, person, state, now_ms)
        if arrived.terminal in self._musters:
            # whoever stands here is safe: rights say nothing, a lost or frozen card is looked at later
            verdict = Verdict((), None, (), (), (refusal,) if refusal else ())
        else:
            verdict = self._with_pin(verdict, factor, door, holder, card)
        is_muster = arrived.terminal in self._musters
        return Passing(door, side, card, holder, arrived.terminal, verdict, is_muster)

    def _with_pin(self, verdict: Verdict, factor: str, door: Door, holder: int, card: int) -> Verdict:
        """Replace "a PIN is needed" by what is known better: it was wrong, is locked, or there is none."""
        if errors.ACCESS_PIN_NEEDED not in {reason.code for reason in verdict.reasons}:
            return verdict
        code = factor or self._pin_code(str(door.door), holder, card)
        if code == errors.ACCESS_PIN_NEEDED:
            return verdict
        reasons = tuple(
            Refusal(code) if reason.code == errors.ACCESS_PIN_NEEDED else reason for reason in verdict.reasons
        )
        needs = tuple(need for need in verdict.needs if need != types.PIN)
        return replace(verdict, reasons=reasons, needs=needs)

    def _keep(self, uuid: str, passing: Passing) -> None:
        self._open[uuid] = passing
        self._open.move_to_end(uuid)
        if len(self._open) > _OPEN_MAX:
            self._open.popitem(last=False)

    def _say(
        self, verdict: Verdict, now_ms: int, shown: Mapping[str, errors.Number] | None = None
    ) -> alone.Verdict:
        """Return the verdict in the form of the journal: the first reason, and a note with all of them."""
        note = told.note(verdict, self._list_age_s(now_ms))
        if verdict.granted:
            return alone.Verdict(wire.GRANTED, "ok", note, shown or {})
        first = verdict.reasons[0]
        return alone.Verdict(wire.REFUSED, first.code, note, first.numbers)


def _shown(passing: Passing) -> dict[str, errors.Number]:
    """Return what the reader shows instead of the name: a drill, or that somebody is at the assembly point."""
    warnings = passing.verdict.warnings
    if passing.is_muster:
        return {"word": "mustered", **({"warning": warnings[0].code} if warnings else {})}
    return {"word": "drill"} if passing.is_drill else {}


def presented(passing: Passing, rules: Mapping[int, types.Rule], at_ms: int) -> Presented | None:
    """Return what is remembered of somebody for those who need a second person or a companion."""
    codes = {reason.code for reason in passing.verdict.reasons}
    if not codes <= {errors.ACCESS_SECOND_MISSING, errors.ACCESS_ESCORT_MISSING}:
        return None
    rule = rules.get(passing.verdict.rule) if passing.verdict.rule is not None else None
    return Presented(passing.holder, at_ms, rule is not None and not rule.needs_escort)


#: Refusals that are about the tap itself, not about the card or the door.
_EARLY: Final = frozenset(
    {
        errors.SNAPSHOT_MISSING,
        errors.TERMINAL_UNKNOWN,
        errors.TERMINAL_DISABLED,
        errors.DUPLICATE_TAP,
        errors.UNKNOWN_CARD,
        errors.EDGE_DISABLED,
    }
)
