"""The part ``access`` of the snapshot: doors, rights and people, as ``docs/dev/access_wire.md`` states them.

Compact: a card has its holder and the name of its list of rules; few lists are shared by all people. One
thread applies snapshots; any thread may read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, TypeVar

from campus_core import errors
from campus_core.access.positions import Passage
from campus_core.access.types import Lockdown, Site
from campus_core.access.wire import lockdown_from_wire, site_from_wire
from campus_core.errors import WireError

_SITE = "doors"
LISTS = frozenset(("pins", "names", "numbers"))
_Value = TypeVar("_Value", int, str)


class Member(NamedTuple):
    """Who has a card: the holder, and the name of the holder's list of rules."""

    holder: int
    profile: str


class AccessUpdate(NamedTuple):
    """The parsed part; None for what a delta leaves out because it has not changed."""

    edge: int | None
    site: Site | None
    profiles: dict[str, tuple[int, ...]] | None
    people: dict[int, Member]
    pins: dict[int, str]
    names: dict[int, str]
    numbers: dict[int, int]
    positions: tuple[Passage, ...]
    orders: tuple[Lockdown, ...]
    ended: tuple[int, ...]
    #: Which of ``LISTS`` are all that there are, also in a delta.
    whole: frozenset[str] = frozenset()
    #: ``(zone, time)`` of zones that somebody has opened who may, at whatever edge.
    opened: tuple[tuple[int, int], ...] = ()
    #: ``(card, holder)`` of people without a right here whose positions are told.
    holders: tuple[tuple[int, int], ...] = ()


def parse(data: Any) -> AccessUpdate | None:
    """Read the part; None without one. Raises ``WireError`` (``malformed``)."""
    if data is None:
        return None
    try:
        profiles = data.get("profiles")
        lockdowns = data.get("lockdowns") or {}
        return AccessUpdate(
            edge=data.get("edge"),
            site=site_from_wire(data) if _SITE in data else None,
            profiles=None if profiles is None else {str(n): tuple(map(int, r)) for n, r in profiles.items()},
            people=_people(data.pop("people", None) or []),
            pins={int(card): str(sealed) for card, sealed in data.get("pins") or ()},
            names={int(holder): str(name) for holder, name in data.get("names") or ()},
            numbers={int(card): int(number) for card, number in data.get("numbers") or ()},
            positions=parse_positions(data.get("positions") or ()),
            orders=tuple(map(lockdown_from_wire, lockdowns.get("orders") or ())),
            ended=tuple(map(int, lockdowns.get("ended") or ())),
            whole=frozenset(map(str, data.get("whole") or ())),
            opened=tuple((int(zone), int(at_ms)) for zone, at_ms in data.get("opened") or ()),
            holders=tuple((int(card), int(holder)) for card, holder in data.get("holders") or ()),
        )
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise WireError(errors.MALFORMED, field="access", detail=str(error)[:80]) from error


def parse_positions(rows: Any) -> tuple[Passage, ...]:
    """Read positions, also pushed ones; ``ValueError`` or ``TypeError`` for what are none."""
    return tuple(
        Passage(
            int(holder), _zone(zone), int(at_ms), int(edge), int(number), _zone(left)
        )
        for holder, zone, at_ms, edge, number, left in rows
    )  # fmt: skip


def _zone(value: Any) -> int | None:
    return None if value is None else int(value)


def _kept(known: dict[int, _Value], fresh: dict[int, _Value], *, is_whole: bool) -> dict[int, _Value]:
    """Return what is known with what is fresh, or that alone; an empty value takes one away."""
    if not (fresh or is_whole):
        return known
    known = {} if is_whole else known
    return {key: value for key, value in {**known, **fresh}.items() if value}


def _people(rows: list[Any]) -> dict[int, Member]:
    """Turn the rows into tuples, free each row, and share the names of lists."""
    names: dict[str, str] = {}
    people: dict[int, Member] = {}
    rows.reverse()
    while rows:
        card, holder, profile = rows.pop()
        people[int(card)] = Member(int(holder), names.setdefault(str(profile), str(profile)))
    return people


class Access:
    """What the edge knows of its doors and of the people who have rights there."""

    def __init__(self) -> None:
        #: False as long as the server knows no door of this edge: then a good card opens.
        self.is_there = False
        self.edge = 0
        self.site = Site()
        self.names: dict[int, str] = {}
        #: Card -> its number at controller boards.
        self.numbers: dict[int, int] = {}
        self._cards: dict[int, int] = {}
        self._profiles: Mapping[str, tuple[int, ...]] = {}
        self._people: dict[int, Member] = {}
        self._holders: dict[int, int] = {}
        self._pins: dict[int, str] = {}
        #: Called after each change, with the update, in the thread that applies snapshots.
        self.on_change: Callable[[AccessUpdate], None] = lambda update: None

    def __len__(self) -> int:
        """Return how many cards have a right."""
        return len(self._people)

    def member(self, card: int) -> Member | None:
        """Return who has a card, if it has a right here."""
        return self._people.get(card)

    def holder(self, card: int) -> int:
        """Return whose a card is, also without a right here; below zero as long as nobody has told."""
        member = self._people.get(card)
        return member.holder if member else self._holders.get(card, -card)

    def rules(self, member: Member | None) -> tuple[int, ...]:
        """Return the rules that name somebody."""
        return self._profiles.get(member.profile, ()) if member else ()

    def pin(self, card: int) -> str:
        """Return the sealed PIN of a card's holder; empty without one."""
        return self._pins.get(card, "")

    def card_of(self, number: int) -> int | None:
        """Return the card with a number at controller boards."""
        return self._cards.get(number)

    def take(self, update: AccessUpdate | None, *, is_full: bool) -> None:
        """Apply a full snapshot's part, or a delta's."""
        if update is None:
            if is_full and self.is_there:
                self._clear()
            return
        # readers go on meanwhile: whatever list of rules a card has, old or new, is known in every moment
        if update.profiles is not None:
            self._profiles = {**self._profiles, **update.profiles}
        if is_full or update.site is not None:
            self.site = update.site or Site()
        if update.edge is not None:
            self.edge = update.edge
        if is_full:
            self._people = {card: one for card, one in update.people.items() if one.profile}
            self._holders = dict(update.holders)
        else:
            self._merge(update)
            self._holders.update(update.holders)
        is_whole = LISTS if is_full else update.whole
        self._pins = _kept(self._pins, update.pins, is_whole="pins" in is_whole)
        self.names = _kept(self.names, update.names, is_whole="names" in is_whole)
        self.numbers = _kept(self.numbers, update.numbers, is_whole="numbers" in is_whole)
        self._cards = {number: card for card, number in self.numbers.items()}
        if update.profiles is not None:
            self._profiles = update.profiles
        if update.site is not None:
            # who has a list that no rule of these doors makes any more has no right here
            known = self._profiles
            self._holders.update(
                {card: one.holder for card, one in self._people.items() if one.profile not in known}
            )
            self._people = {card: one for card, one in self._people.items() if one.profile in known}
        self.is_there = bool(self.site.doors)
        self.on_change(update)

    def _merge(self, update: AccessUpdate) -> None:
        for card, member in update.people.items():
            if member.profile:
                self._people[card] = member
            else:
                # the right goes, the person stays the same
                self._holders[card] = member.holder
                self._people.pop(card, None)

    def _clear(self) -> None:
        self.is_there, self.site, self.names = False, Site(), {}
        self._profiles, self._people, self._pins, self._holders = {}, {}, {}, {}
        self.numbers, self._cards = {}, {}
        self.on_change(AccessUpdate(None, Site(), {}, {}, {}, {}, {}, (), (), ()))
