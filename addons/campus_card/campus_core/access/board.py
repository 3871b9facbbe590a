"""What rights mean to a controller board that decides by itself (UHPPOTE), and what it cannot keep.

Such a board has up to four doors, cards with a first and a last day and one number per door (0: no, 1: always,
2 to 254: a time profile), and time profiles of weekdays with up to three times, which may be linked: one of
them is enough. Where it cannot keep a condition, it keeps the door shut rather than open too much, except where
``Plan.cannot`` says otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timezone
from typing import Final, NamedTuple

from ..schedule import ALL_WEEKS, AS_USUAL, DAY_MIN, Schedule
from .types import OFF, Rule, Site

DOORS: Final = 4
NEVER, ALWAYS = 0, 1
PROFILES: Final = range(2, 255)
SEGMENTS: Final = 3
FIRST, LAST = date(2000, 1, 1), date(2099, 12, 31)
_WEEK: Final = 7

# -- what a board cannot keep: conditions that keep people out who have a right ------------------------
PIN_SHUT, COMPANION_SHUT, SPANS_SHUT, TERM_WEEKS_SHUT = "pin", "companion", "spans", "term_weeks"
FIRST_SHUT, TOO_MANY_SHUT = "first_person", "too_many_profiles"
# -- and what it lets through or ignores -----------------------------------------------------------------
PASSBACK_OPEN, LIMIT_OPEN, HOLIDAYS_OPEN, EXCEPTIONS_OPEN = "passback", "limit", "holidays", "exceptions"
HOURS_OPEN: Final = "hours_of_validity"


class Member(NamedTuple):
    """A card of somebody: its number at the board, the rules that name the holder, its first and last day."""

    number: int
    rules: tuple[int, ...]
    first: date | None = None
    last: date | None = None


class BoardCard(NamedTuple):
    """A card at the board; ``doors`` has a number for each of its doors."""

    number: int
    first: date
    last: date
    doors: tuple[int, ...]


class BoardProfile(NamedTuple):
    """A time profile; ``times`` are minutes from midnight, ``linked`` another profile or 0."""

    first: date
    last: date
    weekdays: tuple[int, ...]
    times: tuple[tuple[int, int], ...]
    linked: int = 0


class Plan(NamedTuple):
    """What the board is to have, and the names of the conditions that it cannot keep."""

    cards: dict[int, BoardCard]
    profiles: dict[int, BoardProfile]
    cannot: tuple[str, ...] = ()


def plan(site: Site, doors: Sequence[int], members: Iterable[Member], now_ms: int) -> Plan:
    """Return the plan for a board; ``doors`` are the doors at its numbers 1 to 4, 0 for none."""
    making = _Making(site, now_ms)
    cards = {}
    known: dict[tuple[int, ...], tuple[int, ...]] = {}
    for member in members:
        if member.rules not in known:
            known[member.rules] = tuple(making.access(member.rules, door) for door in doors)
        access = known[member.rules]
        if any(access):
            padded = (*access, *(NEVER,) * DOORS)[:DOORS]
            cards[member.number] = BoardCard(
                member.number, member.first or FIRST, member.last or LAST, padded
            )
    for door in doors:
        making.look_at(door)
    return Plan(cards, making.profiles, tuple(sorted(making.cannot)))


class _Making:
    """A plan in the making."""

    def __init__(self, site: Site, now_ms: int) -> None:
        self._site, self._now_ms = site, now_ms
        self.profiles: dict[int, BoardProfile] = {}
        self._ids: dict[tuple[BoardProfile, ...], int] = {}
        self.cannot: set[str] = set()

    def access(self, rules: tuple[int, ...], number: int) -> int:
        """Return what people with these rules get at one door."""
        door = self._site.doors.get(number)
        if door is None:
            return NEVER
        if door.needs_pin or door.needs_second:
            self.cannot.add(PIN_SHUT if door.needs_pin else COMPANION_SHUT)
            return NEVER
        covering = [rule for one in rules if (rule := self._site.rules.get(one)) and number in rule.doors]
        denied = max((rule.priority for rule in covering if not rule.allow), default=None)
        allowed = [rule for rule in covering if rule.allow and (denied is None or rule.priority > denied)]
        parts: list[BoardProfile] = []
        for rule in allowed:
            found = self._of_rule(rule)
            if found is None:
                return ALWAYS
            parts += found
        return self._id_of(tuple(dict.fromkeys(parts))) if parts else NEVER

    def look_at(self, number: int) -> None:
        """Note what the zones behind a door ask for and the board cannot keep."""
        door = self._site.doors.get(number)
        if door is None:
            return
        zones = [self._site.zones[zone] for zone in self._site.inside(door.inner)]
        if door.passback.mode != OFF or any(zone.passback.mode != OFF for zone in zones):
            self.cannot.add(PASSBACK_OPEN)
        if any(zone.limit for zone in zones):
            self.cannot.add(LIMIT_OPEN)
        if any(zone.needs_first for zone in zones):
            self.cannot.add(FIRST_SHUT)

    def _of_rule(self, rule: Rule) -> list[BoardProfile] | None:
        """Return the profiles of a right: none if it never opens here, None if it always does."""
        if rule.until_ms is not None and rule.until_ms <= self._now_ms:
            return []
        shut = {PIN_SHUT: rule.needs_pin, COMPANION_SHUT: rule.needs_escort, SPANS_SHUT: bool(rule.spans)}
        reasons = {name for name, is_so in shut.items() if is_so}
        self.cannot |= reasons
        if reasons:
            return []
        first, last = self._day(rule.from_ms, FIRST), self._day(rule.until_ms, LAST)
        if rule.schedule is None:
            if (first, last) == (FIRST, LAST):
                return None
            return [BoardProfile(first, last, tuple(range(_WEEK)), ((0, DAY_MIN),))]
        schedule = self._site.schedules.get(rule.schedule)
        return list(self._of_schedule(schedule, first, last)) if schedule else []

    def _of_schedule(self, schedule: Schedule, first: date, last: date) -> Iterable[BoardProfile]:
        if schedule.holidays != AS_USUAL:
            self.cannot.add(HOLIDAYS_OPEN)
        if schedule.exceptions:
            self.cannot.add(EXCEPTIONS_OPEN)
        first, last = max(first, schedule.first_day or FIRST), min(last, schedule.last_day or LAST)
        times: dict[tuple[int, ...], list[tuple[int, int]]] = {}
        for window in schedule.windows:
            if window.weeks != ALL_WEEKS:
                self.cannot.add(TERM_WEEKS_SHUT)
                continue
            days, end = tuple(sorted(window.weekdays)), window.end_min
            times.setdefault(days, []).append((window.start_min, min(end, DAY_MIN)))
            if end > DAY_MIN:
                # a profile knows no night: what is after midnight belongs to the next day
                later = tuple(sorted((day + 1) % _WEEK for day in window.weekdays))
                times.setdefault(later, []).append((0, end - DAY_MIN))
        for days, found in sorted(times.items()):
            for start in range(0, len(found), SEGMENTS):
                yield BoardProfile(first, last, days, tuple(sorted(found)[start : start + SEGMENTS]))

    def _id_of(self, parts: tuple[BoardProfile, ...]) -> int:
        """Return the number of the first of linked profiles, which are made if they are new."""
        if parts in self._ids:
            return self._ids[parts]
        free = [number for number in PROFILES if number not in self.profiles][: len(parts)]
        if len(free) < len(parts):
            self.cannot.add(TOO_MANY_SHUT)
            return NEVER
        for number, part, after in zip(free, parts, (*free[1:], 0), strict=True):
            self.profiles[number] = part._replace(linked=after)
        self._ids[parts] = free[0]
        return free[0]

    def _day(self, at_ms: int | None, other: date) -> date:
        if at_ms is None:
            return other
        local = self._site.calendar.local(at_ms)
        if local.time() != datetime.min.time():
            self.cannot.add(HOURS_OPEN)
        return min(max(local.date(), FIRST), LAST)


def moment_ms(local: datetime, site: Site) -> int:
    """Return the time that a board's clock shows; of an hour that comes twice, the first."""
    zoned = local.replace(tzinfo=site.calendar.zone)
    return int(zoned.astimezone(timezone.utc).timestamp() * 1000)
