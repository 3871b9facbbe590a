"""The part ``access`` of a snapshot: what the doors of one edge need, as JSON, and back.

Digests name schedules and profiles (the lists of rules that people have), so that an unchanged one is never
sent again. Contract: ``docs/dev/edge_wire.md``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, Field, fields
from datetime import date
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from .. import errors
from ..errors import WireError
from ..schedule import Calendar, Schedule, Term, Window
from ..taps.wire import encode
from .types import NOBODY, STAFF, Door, Lockdown, Passback, Rule, Site, Zone

_Row = TypeVar("_Row", Door, Zone, Rule, Lockdown)
_DIGEST_DIGITS = 16


def profile(rules: Iterable[int]) -> str:
    """Return the name of a list of rules: 16 hex digits, the same for the same rules in any order."""
    return _digest(sorted(set(rules)))


def schedule_name(schedule: Schedule) -> str:
    """Return the name of a schedule: 16 hex digits of its content."""
    return _digest(schedule_to_wire(schedule))


def site_to_wire(site: Site) -> dict[str, Any]:
    """Return a site as JSON values; rows leave out what has its default."""
    return {
        "doors": [_row(door) for _number, door in sorted(site.doors.items())],
        "zones": [_row(zone) for _number, zone in sorted(site.zones.items())],
        "rules": [_row(rule) for _number, rule in sorted(site.rules.items())],
        "schedules": {name: schedule_to_wire(one) for name, one in sorted(site.schedules.items())},
        "calendar": calendar_to_wire(site.calendar),
    }


def site_from_wire(values: Mapping[str, Any]) -> Site:
    """Read a site. Raises ``WireError`` (``malformed``)."""
    try:
        return Site(
            doors={one.door: one for one in (_read(Door, row) for row in values["doors"])},
            zones={one.zone: one for one in (_read(Zone, row) for row in values["zones"])},
            rules={one.rule: one for one in (_read(Rule, row) for row in values["rules"])},
            schedules={str(name): schedule_from_wire(one) for name, one in values["schedules"].items()},
            calendar=calendar_from_wire(values["calendar"]),
        )
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise WireError(errors.MALFORMED, field="access", detail=str(error)[:80]) from error


def lockdown_to_wire(order: Lockdown) -> dict[str, Any]:
    """Return a lockdown as JSON values."""
    return _row(order)


def lockdown_from_wire(values: Mapping[str, Any]) -> Lockdown:
    """Read a lockdown. Raises ``WireError`` (``malformed``)."""
    try:
        order = _read(Lockdown, values)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise WireError(errors.MALFORMED, field="lockdown", detail=str(error)[:80]) from error
    # a push is not signed: what is no order must not be stored, and later confuse who reads it
    is_order = type(order.number) is int and type(order.zone) is int and type(order.is_drill) is bool
    if not is_order or order.level not in (STAFF, NOBODY):
        raise WireError(errors.MALFORMED, field="lockdown")
    return order


def schedule_to_wire(schedule: Schedule) -> dict[str, Any]:
    """Return a schedule as JSON values."""
    return {
        "windows": [
            [sorted(one.weekdays), one.start_min, one.end_min, one.weeks, sorted(one.week_list)]
            for one in schedule.windows
        ],
        "first_day": _text(schedule.first_day),
        "last_day": _text(schedule.last_day),
        "holidays": schedule.holidays,
        "exceptions": {
            str(day): list(map(list, times)) for day, times in sorted(schedule.exceptions.items())
        },
    }


def schedule_from_wire(values: Mapping[str, Any]) -> Schedule:
    """Read a schedule; ``ValueError``, ``TypeError`` or ``KeyError`` for what is none."""
    return Schedule(
        windows=tuple(
            Window(frozenset(map(int, days)), int(start), int(end), str(weeks), frozenset(map(int, listed)))
            for days, start, end, weeks, listed in values["windows"]
        ),
        first_day=_day(values.get("first_day")),
        last_day=_day(values.get("last_day")),
        holidays=str(values["holidays"]),
        exceptions={
            date.fromisoformat(day): tuple((int(start), int(end)) for start, end in times)
            for day, times in values["exceptions"].items()
        },
    )


def calendar_to_wire(calendar: Calendar) -> dict[str, Any]:
    """Return the campus's calendar as JSON values."""
    return {
        "zone": str(calendar.zone),
        "terms": [[str(term.first_day), str(term.last_day)] for term in calendar.terms],
        "holidays": sorted(map(str, calendar.holidays)),
        "working_days": {str(day): str(like) for day, like in sorted(calendar.working_days.items())},
    }


def calendar_from_wire(values: Mapping[str, Any]) -> Calendar:
    """Read a calendar; ``ValueError``, ``TypeError`` or ``KeyError`` for what is none."""
    day = date.fromisoformat
    return Calendar(
        zone=ZoneInfo(str(values["zone"])),
        terms=tuple(Term(day(first), day(last)) for first, last in values["terms"]),
        holidays=frozenset(map(day, values["holidays"])),
        working_days={day(one): day(like) for one, like in values["working_days"].items()},
    )


def _digest(value: Any) -> str:
    return hashlib.sha256(encode(value).encode()).hexdigest()[:_DIGEST_DIGITS]


def _row(record: _Row) -> dict[str, Any]:
    """Return the fields that differ from their default."""
    return {
        field.name: _plain(value)
        for field in fields(record)
        if (value := getattr(record, field.name)) != _default(field)
    }


def _default(field: Field[Any]) -> Any:
    return field.default if field.default_factory is MISSING else field.default_factory()


def _read(kind: type[_Row], row: Mapping[str, Any]) -> _Row:
    known = {field.name for field in fields(kind)}
    # what a newer server has added is left out
    values: dict[str, Any] = {name: _rich(name, value) for name, value in row.items() if name in known}
    return kind(**values)


def _plain(value: Any) -> Any:
    if isinstance(value, Passback):
        return [value.mode, value.seconds]
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, tuple):
        return [list(one) if isinstance(one, tuple) else one for one in value]
    return dict(value) if isinstance(value, Mapping) else value


def _rich(name: str, value: Any) -> Any:
    if name == "passback":
        return Passback(str(value[0]), int(value[1]))
    if name == "doors":
        return frozenset(map(int, value))
    if name == "spans":
        return tuple((int(start), int(end)) for start, end in value)
    return value


def _text(day: date | None) -> str | None:
    return str(day) if day else None


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
