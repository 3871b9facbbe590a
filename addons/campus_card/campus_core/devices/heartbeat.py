"""The status that an edge reports every half minute: read from JSON and checked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from .. import errors
from ..access.types import Lockdown
from ..access.wire import lockdown_from_wire
from ..errors import WireError
from ..taps import wire

#: States of a reader as its driver reports them.
OPENING, READY, LOST, SICK, STOPPED = "opening", "ready", "lost", "sick", "stopped"
READER_STATES: Final = (OPENING, READY, LOST, SICK, STOPPED)
#: A person must look at a reader in one of these states.
BAD_READER_STATES: Final = frozenset({LOST, SICK})
MAX_READERS: Final = 500
MAX_LOST: Final = 20
MAX_CONTACTS: Final = 2_000
MAX_LOCKDOWNS: Final = 500
_INT4: Final = (1 << 31) - 1
_INT8: Final = (1 << 53) - 1


class ReaderState(NamedTuple):
    """One reader: code of its terminal, state, a sentence for people."""

    terminal: str
    state: str
    detail: str


class Lost(NamedTuple):
    """A range of entries of a damaged journal that could not be saved."""

    journal: str
    first_seq: int
    last_seq: int


class Heartbeat(NamedTuple):
    """One heartbeat; values that an older edge does not send are 0, empty or None."""

    version: str
    uptime_s: int
    snapshot: int
    queue: int
    journal: str | None
    head_seq: int
    drift_ms: int
    tamper: bool
    readers: tuple[ReaderState, ...]
    lost: tuple[Lost, ...] = ()
    #: The highest number of a lockdown that the edge has stored and obeys.
    lockdown: int = 0
    #: Doors with a contact, and whether they are open now.
    contacts: tuple[tuple[int, bool], ...] = ()
    #: The orders among them that are in force there; None from an edge that does not say.
    lockdowns: tuple[Lockdown, ...] | None = None


def parse(values: Mapping[str, Any]) -> Heartbeat:
    """Return the heartbeat in ``values``; else raise ``WireError`` (``malformed``, with ``field``)."""
    journal = values.get("journal")
    if journal is not None and not wire.is_uuid(journal):
        raise WireError(errors.MALFORMED, field="journal")
    tamper = values.get("tamper", False)
    if not isinstance(tamper, bool):
        raise WireError(errors.MALFORMED, field="tamper")
    return Heartbeat(
        version=_text(values, "version", 32),
        uptime_s=_whole(values, "uptime_s", 0, _INT4),
        snapshot=_whole(values, "snapshot", 0, _INT8),
        queue=_whole(values, "queue", 0, _INT4),
        journal=journal,
        head_seq=_whole(values, "head_seq", 0, _INT8),
        drift_ms=max(-_INT4, min(_INT4, _whole(values, "drift_ms", -_INT8, _INT8))),
        tamper=tamper,
        readers=_readers(values.get("readers", [])),
        lost=_lost(values.get("lost", [])),
        lockdown=_whole(values, "lockdown", 0, _INT4),
        contacts=_contacts(values.get("contacts", [])),
        lockdowns=_lockdowns(values.get("lockdowns")),
    )


def _lockdowns(values: object) -> tuple[Lockdown, ...] | None:
    if values is None:
        return None
    if not isinstance(values, list) or len(values) > MAX_LOCKDOWNS:
        raise WireError(errors.MALFORMED, field="lockdowns")
    try:
        orders = tuple(map(lockdown_from_wire, values))
    except WireError as error:
        raise WireError(errors.MALFORMED, field="lockdowns") from error
    if not all(0 < order.number <= _INT4 and 0 < order.zone <= _INT4 for order in orders):
        raise WireError(errors.MALFORMED, field="lockdowns")
    return orders


def _contacts(values: object) -> tuple[tuple[int, bool], ...]:
    if not isinstance(values, list) or len(values) > MAX_CONTACTS:
        raise WireError(errors.MALFORMED, field="contacts")
    found: dict[int, bool] = {}
    for value in values:
        door, is_open = value if isinstance(value, list) and len(value) == 2 else (None, None)
        if type(door) is not int or not 0 < door <= _INT4 or not isinstance(is_open, bool):
            raise WireError(errors.MALFORMED, field="contacts")
        found[door] = is_open
    return tuple(found.items())


def _lost(values: object) -> tuple[Lost, ...]:
    if not isinstance(values, list) or len(values) > MAX_LOST:
        raise WireError(errors.MALFORMED, field="lost")
    found = []
    for value in values:
        journal = value.get("journal") if isinstance(value, dict) else None
        if not isinstance(journal, str) or not wire.is_uuid(journal):
            raise WireError(errors.MALFORMED, field="lost")
        lost = Lost(journal, _whole(value, "first_seq", 1, _INT8), _whole(value, "last_seq", 1, _INT8))
        if lost.first_seq > lost.last_seq:
            raise WireError(errors.MALFORMED, field="lost")
        found.append(lost)
    return tuple(found)


def _readers(values: object) -> tuple[ReaderState, ...]:
    if not isinstance(values, list) or len(values) > MAX_READERS:
        raise WireError(errors.MALFORMED, field="readers")
    found: dict[str, ReaderState] = {}
    for value in values:
        if not isinstance(value, dict) or value.get("state") not in READER_STATES:
            raise WireError(errors.MALFORMED, field="readers")
        terminal = _text(value, "terminal", 32)
        found[terminal] = ReaderState(terminal, value["state"], _text(value, "detail", 200))
    return tuple(found.values())


def _whole(values: Mapping[str, Any], name: str, low: int, high: int) -> int:
    value = values.get(name, 0)
    if type(value) is not int or not low <= value <= high:
        raise WireError(errors.MALFORMED, field=name)
    return value


def _text(values: Mapping[str, Any], name: str, longest: int) -> str:
    value = values.get(name, "")
    if not isinstance(value, str) or len(value) > longest or not wire.is_text(value):
        raise WireError(errors.MALFORMED, field=name)
    return value
