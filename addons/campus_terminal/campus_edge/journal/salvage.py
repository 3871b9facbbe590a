"""Saves the proven, unsent taps of a damaged journal into the present journal.

An entry is proven when there is a seal for it that this edge signed, or when the chain leads to it from
a proven entry after it. So entries before *and* after a damage can be proven. Unproven entries are
written to a file, unchanged and with the reason; the server is told which numbers are missing.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from campus_core.errors import WireError
from campus_core.taps import wire
from campus_core.taps.wire import TapEntry

from ..files import write_atomic
from . import store
from .carve import Found, carve
from .journal import Journal
from .store import Seal

IsSigned = Callable[[bytes, bytes], bool]
LOST_FILE: Final = "lost.json"
#: At most so many ranges of lost numbers are told to the server.
LOST_MAX: Final = 20
_SUFFIXES: Final = ("", "-wal", "-shm")


@dataclass(frozen=True)
class Salvage:
    """What a damaged journal has that the server lacks.

    ``proven``: entries in their order. ``unproven``: texts as found, with the reason.
    ``missing``: ranges of numbers without a proven entry. ``acked_seq`` is None when it
    could not be read.
    """

    journal: str
    acked_seq: int | None
    proven: tuple[TapEntry, ...]
    unproven: tuple[tuple[str, str], ...]
    missing: tuple[tuple[int, int], ...]


def salvage(path: Path, is_signed: IsSigned) -> Salvage:
    """Read the damaged journal in ``path`` without changing it. ``is_signed(message, signature)``."""
    found = carve(path.with_name(path.name + suffix) for suffix in _SUFFIXES[:2])
    acked_seq = _acked_by_sqlite(path)
    if acked_seq is None and found.acked:
        acked_seq = max(found.acked)
    entries = _parse(found.entries)
    journal, seals = _good_seals(found, is_signed)
    proven = _prove(entries, seals)
    wanted: list[TapEntry] = []
    unproven: list[tuple[str, str]] = []
    for seq in sorted(proven):
        entry, _digest = proven[seq]
        if acked_seq is None or seq > acked_seq:
            wanted.append(entry)
    if acked_seq is None:
        wanted, unproven = _without_open_asks(wanted)
    for (entry, digest), text in entries.items():
        is_new = acked_seq is None or entry.seq > acked_seq
        if is_new and proven.get(entry.seq, (None, ""))[1] != digest:
            unproven.append((text, "no signature or chain proves it"))
    unproven += [(text, "it cannot be read") for text, _digest in found.entries if _entry(text) is None]
    last = max((seal.seq for seal in seals), default=0)
    missing = _gaps(sorted(proven), acked_seq or 0, last)
    return Salvage(journal, acked_seq, tuple(wanted), tuple(sorted(unproven)), tuple(missing))


def put_back(found: Salvage, damaged: Path, journal: Journal) -> Path | None:
    """Write the proven entries into ``journal``, the unproven ones to a file, and store what is lost.

    Return the file of the unproven ones, None without any. Repeating this is safe, because the server
    knows taps by their uuid. ``JournalUnwritable`` when the disk is full: then nothing counts as done.
    """
    journal.adopt(found.proven)
    aside = None
    if found.unproven:
        aside = damaged.with_suffix(".unproven.jsonl")
        lines = [json.dumps({"reason": reason, "text": text}) for text, reason in found.unproven]
        write_atomic(aside, ("\n".join(lines) + "\n").encode())
    if found.missing:
        lost = read_lost(damaged.parent)
        rows = [{"journal": found.journal, "first_seq": a, "last_seq": b} for a, b in found.missing]
        known = [row for row in lost if row["journal"] != found.journal]
        content = json.dumps([*known, *rows][-LOST_MAX:]).encode()
        write_atomic(damaged.with_name(LOST_FILE), content)
    done = damaged.with_name(damaged.name.replace(".damaged.", ".salvaged."))
    for suffix in _SUFFIXES:
        part = damaged.with_name(damaged.name + suffix)
        if part.exists():
            part.rename(done.with_name(done.name + suffix))
    return aside


def read_lost(folder: Path) -> list[dict[str, object]]:
    """Return ``[{journal, first_seq, last_seq}]`` of the taps that could not be saved."""
    try:
        found = json.loads((folder / LOST_FILE).read_bytes())
    except (OSError, ValueError):
        return []
    return found if isinstance(found, list) else []


def _acked_by_sqlite(path: Path) -> int | None:
    with suppress(sqlite3.Error, ValueError), closing(store.connect(path, read_only=True)) as base:
        return int(store.meta(base, "acked_seq"))
    return None


def _entry(text: str) -> TapEntry | None:
    try:
        return wire.parse_entry(json.loads(text))
    except (WireError, ValueError):
        return None


def _parse(rows: Iterable[tuple[str, str]]) -> dict[tuple[TapEntry, str], str]:
    parsed = ((_entry(text), digest, text) for text, digest in rows)
    return {(entry, digest): text for entry, digest, text in parsed if entry is not None}


def _good_seals(found: Found, is_signed: IsSigned) -> tuple[str, list[Seal]]:
    """Return the journal's id for which signatures are valid, and these seals."""
    for journal in sorted(found.journals):
        good = [
            seal
            for seal in found.seals
            if is_signed(store.seal_text(journal, seal.counter, seal.seq, seal.hash), seal.signature)
        ]
        if good:
            return journal, good
    return min(found.journals, default=""), []


def _prove(
    entries: dict[tuple[TapEntry, str], str], seals: Iterable[Seal]
) -> dict[int, tuple[TapEntry, str]]:
    """``{seq: (entry, hash)}`` of what seals and chain prove.

    If two contents of one number are proven (one was rolled back before it was answered), it is
    unknown which one counts: neither is returned.
    """
    at: dict[int, list[tuple[TapEntry, str]]] = {}
    for entry, digest in entries:
        at.setdefault(entry.seq, []).append((entry, digest))
    good: dict[int, set[str]] = {}
    before: dict[int, set[str]] = {0: {wire.ZERO_HASH}}
    for seal in seals:
        good.setdefault(seal.seq, set()).add(seal.hash)
        before.setdefault(seal.seq, set()).add(seal.hash)
    for entry, digest in entries:
        before.setdefault(entry.seq, set()).add(digest)
    proven: dict[int, tuple[TapEntry, str]] = {}
    for seq in sorted(at, reverse=True):
        fits = [
            (entry, digest, previous)
            for entry, digest in at[seq]
            if digest in good.get(seq, ())
            for previous in before.get(seq - 1, ())
            if wire.chain_hash(previous, entry) == digest
        ]
        good.setdefault(seq - 1, set()).update(previous for _entry, _digest, previous in fits)
        if len(fits) == 1:
            proven[seq] = fits[0][:2]
    return proven


def _without_open_asks(entries: list[TapEntry]) -> tuple[list[TapEntry], list[tuple[str, str]]]:
    """Leave out asks without a final: if it is unknown what the server has, it may have answered them."""
    finals = {entry.uuid for entry in entries if entry.kind == wire.FINAL}
    is_open = [entry.mode == wire.ASK and entry.uuid not in finals for entry in entries]
    kept = [entry for entry, is_asking in zip(entries, is_open, strict=True) if not is_asking]
    asks = [entry for entry, is_asking in zip(entries, is_open, strict=True) if is_asking]
    return kept, [(json.dumps(entry), "the server may have answered it") for entry in asks]


def _gaps(numbers: Iterable[int], after: int, last: int) -> Iterator[tuple[int, int]]:
    """Yield the ranges between ``after`` and ``last`` that are not in ``numbers``, which are in order."""
    for number in (*numbers, last + 1):
        if number > after + 1:
            yield (after + 1, number - 1)
        after = max(after, number)
