"""After a restart: where people were and which PINs were wrong, as the journal tells."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from typing import Final

from campus_core import errors
from campus_core.access import events, told
from campus_core.access.door_pin import WINDOW_MS
from campus_core.access.positions import believed
from campus_core.taps import wire
from campus_core.taps.wire import TapEntry

from ..clock.clock import Clock
from ..journal.journal import Journal
from ..snapshot.access import Access
from . import places as door_places
from .inputs import Inputs
from .pins import PinPads
from .places import Places

TIMEOUT_S: Final = 30
#: Older passages come with the snapshot.
SINCE_MS: Final = 2 * 24 * 3_600_000


def run(
    journal: Journal, access: Access, places: Places, pins: PinPads, inputs: Inputs, clock: Clock
) -> None:
    """Apply the entries of doors in the order of the journal; the newest passages win, so twice is no harm."""
    now_ms = clock.now_ms()
    sides = door_places.sides(access.site)
    entries = journal.read(lambda base: list(_entries(base, now_ms - SINCE_MS)))
    for at_ms, entry in zip(believed([one.at_ms for one in entries], now_ms), entries, strict=True):
        if entry.terminal not in sides or entry.card is None:
            continue
        door, side = sides[entry.terminal]
        holder = access.holder(entry.card)
        if entry.code == errors.ACCESS_PIN_WRONG and 0 <= now_ms - entry.at_ms < WINDOW_MS:
            pins.wrong_before(str(door.door), holder, now_ms - entry.at_ms)
        is_granted = entry.kind == wire.TAP and entry.outcome == wire.GRANTED
        if is_granted and _is_first(entry):
            places.open_zone(door, side, entry.at_ms)
        if (is_granted and not inputs.has_contact(door)) or entry.code in (events.PASSED, events.MUSTERED):
            places.take([door_places.passage(door, side, holder, at_ms, access.edge, entry.seq)])


def _is_first(entry: TapEntry) -> bool:
    note = told.read(entry.rule or "")
    return note is not None and note.is_first


def _entries(base: sqlite3.Connection, since_ms: int) -> Iterator[TapEntry]:
    rows = base.execute("SELECT text FROM entry WHERE at_ms >= ? ORDER BY seq", (since_ms,))
    for (text,) in rows:
        if f'"{wire.DOOR}"' in text:
            entry = TapEntry._make(json.loads(text))
            if entry.purpose == wire.DOOR:
                yield entry
