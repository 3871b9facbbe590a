"""May this person go through this door now? The one decision of edge, server and the pages that say why.

All reasons against are collected, not the first: who repairs one learns of the next at once. Exit buttons
and the fire alarm's input never ask: they are wired, the edge only writes them down.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from .. import errors
from ..errors import Refusal
from ..schedule import is_open
from . import types
from .types import Door, Passback, Person, Rule, Site, State, Verdict, Zone


def decide(site: Site, door: Door, side: str, person: Person, state: State, now_ms: int) -> Verdict:
    """Return what becomes of a card that is presented at one side of a door."""
    right = right_at(site, door, side, person, now_ms)
    is_unlocked = door.mode == types.UNLOCKED and holds(site, door.unlocked, now_ms)
    reasons = [person.refusal] if person.refusal else []
    needs: list[str] = []
    if not is_unlocked and not door.is_free(side):
        reasons += right.reasons
        for need, reason in _steps(door, person, right, state, now_ms):
            needs.append(need)
            reasons.append(reason)
    warnings: list[Refusal] = []
    for refused, is_warning in _conditions(site, door, side, right, state, now_ms):
        (warnings if is_warning else reasons).append(refused)
    number = right.rule.rule if right.rule else None
    return Verdict(tuple(reasons), number, right.others, tuple(needs), tuple(warnings), right.is_first)


@dataclass(frozen=True, slots=True)
class Right:
    """The right that decides at a door, and why it does not let the person through.

    ``allowing`` are all rights that let the person through: those that no denial outweighs. What one of them
    is good for (``is_first``, ``is_staff``) the person has, whichever of them decides.
    """

    rule: Rule | None
    others: tuple[int, ...] = ()
    reasons: tuple[Refusal, ...] = ()
    allowing: tuple[Rule, ...] = ()

    @property
    def is_first(self) -> bool:
        """Say whether the person opens zones that wait for the first."""
        return any(rule.is_first for rule in self.allowing)

    @property
    def is_staff(self) -> bool:
        """Say whether the person passes in a lockdown of level ``staff``."""
        return any(rule.is_staff for rule in self.allowing)


def right_at(site: Site, door: Door, side: str, person: Person, now_ms: int) -> Right:
    """Return the deciding right: the highest priority of those that hold now, deny before allow."""
    covering = [
        rule for number in person.rules if (rule := site.rules.get(number)) and door.door in rule.doors
    ]
    holding = [rule for rule in covering if is_valid(site, rule, now_ms)]
    if door.is_free(side):
        # who is inside gets out: what is denied is to come in
        holding = [rule for rule in holding if rule.allow]
    if holding:
        first = max(holding, key=lambda rule: (rule.priority, not rule.allow, -rule.rule))
        others = tuple(sorted(rule.rule for rule in holding if rule.allow is not first.allow))
        if not first.allow:
            return Right(first, others, (Refusal(errors.ACCESS_DENIED, _named(first)),))
        denied = max((rule.priority for rule in holding if not rule.allow), default=None)
        allowing = (rule for rule in holding if rule.allow and (denied is None or rule.priority > denied))
        return Right(first, others, (), tuple(allowing))
    if door.is_free(side):
        return Right(None)
    late = [rule for rule in covering if rule.allow]
    if not late:
        return Right(None, (), (Refusal(errors.ACCESS_NO_RIGHT),))
    first = max(late, key=lambda rule: (rule.priority, -rule.rule))
    return Right(first, (), (Refusal(errors.ACCESS_OUTSIDE_TIME, _named(first)),))


def _named(rule: Rule) -> dict[str, errors.Number]:
    return {"rule": rule.rule, "rule_name": rule.name}


def is_valid(site: Site, rule: Rule, now_ms: int) -> bool:
    """Say whether a right holds at a moment."""
    if rule.from_ms is not None and now_ms < rule.from_ms:
        return False
    if rule.until_ms is not None and now_ms >= rule.until_ms:
        return False
    if rule.spans and not any(start <= now_ms < end for start, end in rule.spans):
        return False
    return rule.schedule is None or holds(site, rule.schedule, now_ms)


def holds(site: Site, name: str | None, now_ms: int) -> bool:
    """Say whether a schedule holds now; one that is not known here never does."""
    schedule = site.schedules.get(name) if name is not None else None
    return schedule is not None and is_open(schedule, site.calendar, now_ms)


def _steps(
    door: Door, person: Person, right: Right, state: State, now_ms: int
) -> Iterator[tuple[str, Refusal]]:
    """Yield what the person can still do: key in the PIN, bring a second person or a companion."""
    rule = right.rule
    if right.reasons:
        return
    if (door.needs_pin or (rule is not None and rule.needs_pin)) and types.PIN not in state.shown:
        yield types.PIN, Refusal(errors.ACCESS_PIN_NEEDED)
    others = [
        one
        for one in state.before
        if one.holder != person.holder and 0 <= now_ms - one.at_ms < types.TOGETHER_MS and one.has_right
    ]
    if rule is not None and rule.needs_escort and not others:
        yield types.ESCORT, Refusal(errors.ACCESS_ESCORT_MISSING)
    elif door.needs_second and not others:
        yield types.SECOND_PERSON, Refusal(errors.ACCESS_SECOND_MISSING)


def _conditions(
    site: Site, door: Door, side: str, right: Right, state: State, now_ms: int
) -> Iterator[tuple[Refusal, bool]]:
    """Yield what speaks against the passage whoever it is, and whether that is only a warning."""
    if door.mode == types.LOCKED:
        yield Refusal(errors.ACCESS_DOOR_LOCKED), False
    yield from _lockdowns(site, door, right, state)
    if door.interlock and door.interlock in state.busy:
        yield Refusal(errors.ACCESS_INTERLOCK, {"interlock": door.interlock}), False
    yield from _door_passback(door, side, state, now_ms)
    leaves, enters = door.goes(side)
    outer, inner = site.inside(leaves), site.inside(enters)
    for number in inner:
        if number not in outer:
            yield from _entering(site, site.zones[number], right, state, now_ms)
    for number in outer:
        if number not in inner:
            yield from _leaving(site, site.zones[number], state)


def _lockdowns(site: Site, door: Door, right: Right, state: State) -> Iterator[tuple[Refusal, bool]]:
    around = {*site.inside(door.inner), *site.inside(door.outer)}
    for order in state.lockdowns:
        if order.zone not in around or (order.level == types.STAFF and right.is_staff):
            continue
        numbers: dict[str, errors.Number] = {"lockdown": order.number, "level": order.level}
        yield Refusal(errors.ACCESS_LOCKDOWN, numbers), order.is_drill


def _door_passback(door: Door, side: str, state: State, now_ms: int) -> Iterator[tuple[Refusal, bool]]:
    kind = door.passback
    if kind.mode == types.OFF or state.door_side != side:
        return
    if kind.mode == types.TIMED:
        yield from _too_soon(kind, state.door_ms, now_ms)
    else:
        yield Refusal(errors.ACCESS_PASSBACK, {"door": door.door}), kind.mode == types.SOFT


def _entering(
    site: Site, zone: Zone, right: Right, state: State, now_ms: int
) -> Iterator[tuple[Refusal, bool]]:
    kind = zone.passback
    if kind.mode == types.TIMED:
        if zone.zone in state.entered:
            yield from _too_soon(kind, state.entered[zone.zone], now_ms)
    elif kind.mode != types.OFF and zone.zone in site.inside(state.zone):
        yield Refusal(errors.ACCESS_PASSBACK, {"zone": zone.zone}), kind.mode == types.SOFT
    yield from _unverified(zone, state)
    inside = state.counts.get(zone.zone, 0)
    if 0 < zone.limit <= inside and zone.zone not in site.inside(state.zone):
        yield Refusal(errors.ACCESS_ZONE_FULL, {"zone": zone.zone, "limit": zone.limit}), False
    if zone.needs_first and not right.is_first and zone.zone not in state.opened:
        yield Refusal(errors.ACCESS_FIRST_MISSING, {"zone": zone.zone}), False


def _leaving(site: Site, zone: Zone, state: State) -> Iterator[tuple[Refusal, bool]]:
    kind = zone.passback
    if kind.mode not in (types.SOFT, types.HARD):
        return
    if state.zone is not None and zone.zone not in site.inside(state.zone):
        yield Refusal(errors.ACCESS_PASSBACK, {"zone": zone.zone}), kind.mode == types.SOFT
    yield from _unverified(zone, state)


def _unverified(zone: Zone, state: State) -> Iterator[tuple[Refusal, bool]]:
    if zone.passback.mode != types.OFF and zone.is_shared and not state.is_connected:
        yield Refusal(errors.ACCESS_UNVERIFIED, {"zone": zone.zone}), zone.alone != types.STRICT


def _too_soon(kind: Passback, since_ms: int, now_ms: int) -> Iterator[tuple[Refusal, bool]]:
    left_ms = since_ms + kind.seconds * 1000 - now_ms
    if 0 < left_ms <= kind.seconds * 1000:
        yield Refusal(errors.ACCESS_PASSBACK_TIME, {"left_s": -(-left_ms // 1000)}), False
