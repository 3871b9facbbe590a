"""Doors, zones, rights and what is known at the moment of a decision. Times are milliseconds since 1970."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

from ..errors import Refusal
from ..schedule import Calendar, Schedule

#: The sides of a door: into its inner zone, or back into its outer zone.
IN, OUT = "in", "out"
#: What a door does by itself; an unlocked one lets everybody through while its schedule holds.
NORMAL, UNLOCKED, LOCKED = "normal", "unlocked", "locked"
#: Anti-passback: none; let through and say so; refuse; refuse a second entry within some seconds.
OFF, SOFT, HARD, TIMED = "off", "soft", "hard", "timed"
#: What a zone with doors at several edges does while the edge has not heard the others.
LET_IN, STRICT = "let_in", "strict"
#: Levels of a lockdown: people of the staff list still pass; nobody passes.
STAFF, NOBODY = "staff", "nobody"
#: Further steps that a decision may ask for.
PIN, SECOND_PERSON, ESCORT = "pin", "second_person", "escort"
#: Two people who belong together present their cards within this time.
TOGETHER_MS: Final = 20_000


def _nothing() -> Mapping[Any, Any]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Passback:
    """The anti-passback of a door or a zone; ``seconds`` belongs to ``timed``."""

    mode: str = OFF
    seconds: int = 0


@dataclass(frozen=True, slots=True)
class Zone:
    """A part of the campus; ``parent`` is None for the outside.

    ``limit`` is the most people that may be inside (0: no limit). ``is_shared``: doors of several edges
    lead into it, and ``alone`` says what holds while they cannot hear each other. ``needs_first``: nobody
    enters on a day before somebody has whose right opens the zone.
    """

    zone: int
    parent: int | None = None
    name: str = ""
    passback: Passback = Passback()
    limit: int = 0
    is_shared: bool = False
    alone: str = LET_IN
    needs_first: bool = False


@dataclass(frozen=True, slots=True)
class Door:
    """A passage from the zone ``outer`` into the zone ``inner``; ``sides`` has the terminals' codes by side.

    ``unlocked`` names the schedule of an unlocked door. Of the doors with one ``interlock`` only one may
    be open. ``asks_on_leaving``: who leaves needs a right too; otherwise a good card is enough.
    """

    door: int
    outer: int
    inner: int
    name: str = ""
    sides: Mapping[str, str] = field(default_factory=_nothing)
    mode: str = NORMAL
    unlocked: str | None = None
    passback: Passback = Passback()
    interlock: str = ""
    needs_pin: bool = False
    needs_second: bool = False
    asks_on_leaving: bool = False

    def goes(self, side: str) -> tuple[int, int]:
        """Return the zone that somebody leaves and the one that is entered on ``side``."""
        return (self.outer, self.inner) if side == IN else (self.inner, self.outer)

    def is_free(self, side: str) -> bool:
        """Say whether a good card is enough on ``side``: nobody needs a right, a PIN or company to leave."""
        return side == OUT and not self.asks_on_leaving


@dataclass(frozen=True, slots=True)
class Rule:
    """A right: where and when, allow or deny; who has it is said by the person's list of rules.

    ``doors`` are those that it covers, the zones below its zone included. ``schedule`` None: always.
    ``spans``, where there are any, are the only times (bookings, lessons): start included, end not.
    ``is_first``: its people open a zone that waits for the first. ``is_staff``: they pass in a lockdown
    of level ``staff``.
    """

    rule: int
    name: str = ""
    allow: bool = True
    priority: int = 0
    doors: frozenset[int] = frozenset()
    schedule: str | None = None
    from_ms: int | None = None
    until_ms: int | None = None
    spans: tuple[tuple[int, int], ...] = ()
    needs_pin: bool = False
    needs_escort: bool = False
    is_first: bool = False
    is_staff: bool = False


@dataclass(frozen=True, slots=True)
class Lockdown:
    """A numbered order that closes a zone and all zones in it; a drill closes nothing."""

    number: int
    zone: int
    level: str = STAFF
    is_drill: bool = False


@dataclass(frozen=True)
class Site:
    """What the rules of some doors need: the doors, zones, rights and schedules, and the campus's calendar."""

    doors: Mapping[int, Door] = field(default_factory=_nothing)
    zones: Mapping[int, Zone] = field(default_factory=_nothing)
    rules: Mapping[int, Rule] = field(default_factory=_nothing)
    schedules: Mapping[str, Schedule] = field(default_factory=_nothing)
    calendar: Calendar = field(default_factory=Calendar)

    def inside(self, zone: int | None) -> tuple[int, ...]:
        """Return a zone and the zones that it is in, the innermost first. A circle ends where it closes."""
        path: list[int] = []
        while zone is not None and zone in self.zones and zone not in path:
            path.append(zone)
            zone = self.zones[zone].parent
        return tuple(path)


@dataclass(frozen=True, slots=True)
class Person:
    """Who presents a card: the rules that name the person, and why the card itself is refused, if it is."""

    holder: int
    rules: tuple[int, ...] = ()
    refusal: Refusal | None = None


@dataclass(frozen=True, slots=True)
class Presented:
    """Somebody who presented a card at the same side of this door; ``has_right``: without an escort."""

    holder: int
    at_ms: int
    has_right: bool = True


@dataclass(frozen=True, slots=True)
class State:
    """What is known about the person and the place at this moment.

    ``zone`` is where the person is (None: nobody knows), ``entered`` when each zone was last entered,
    ``door_side`` and ``door_ms`` the person's last passage at this door. ``is_connected``: positions at
    other edges are heard. ``counts`` are the people in each zone; ``opened`` the zones whose first person
    has come today; ``busy`` the interlocks of which another door is open.
    """

    zone: int | None = None
    entered: Mapping[int, int] = field(default_factory=_nothing)
    door_side: str | None = None
    door_ms: int = 0
    is_connected: bool = True
    counts: Mapping[int, int] = field(default_factory=_nothing)
    opened: frozenset[int] = frozenset()
    busy: frozenset[str] = frozenset()
    lockdowns: tuple[Lockdown, ...] = ()
    before: tuple[Presented, ...] = ()
    #: Factors that were shown with the card, of ``PIN``.
    shown: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the door opens, and every reason against it.

    ``rule`` is the right that decided (None: none did), ``others`` those that hold at this moment and say
    the opposite. ``needs`` are steps that would remove the reasons that are left. ``warnings`` are for the
    guard: the door opens all the same. ``is_first``: the person opens zones that wait for the first.
    """

    reasons: tuple[Refusal, ...] = ()
    rule: int | None = None
    others: tuple[int, ...] = ()
    needs: tuple[str, ...] = ()
    warnings: tuple[Refusal, ...] = ()
    is_first: bool = False

    @property
    def granted(self) -> bool:
        """Say whether the door opens."""
        return not self.reasons
