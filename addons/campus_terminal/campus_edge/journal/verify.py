"""Proves that a journal is whole: numbers, chain, signatures, counters. Changes nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from campus_core.errors import WireError
from campus_core.taps import wire
from campus_core.taps.wire import TapEntry

from . import store
from .store import Seal

FAULTS_MAX: Final = 20
_NO_ENTRY: Final = {0: wire.ZERO_HASH}


@dataclass(frozen=True)
class Report:
    """The result: ``faults`` are sentences; there are none when every entry is proven."""

    journal: str
    first_seq: int
    head_seq: int
    entries: int
    seals: int
    acked_seq: int
    faults: tuple[str, ...]


def verify(path: Path, is_signed: Callable[[bytes, bytes], bool]) -> Report:
    """Check the journal in ``path``; ``is_signed(message, signature)`` checks with the edge's public key.

    It cannot detect entries that were cut off at the end together with their seals. The server can,
    because it knows the newest number. Raises ``sqlite3.Error`` for a file that is no journal.
    """
    with closing(store.connect(path, read_only=True)) as base:
        base.execute("BEGIN")
        journal = store.meta(base, "journal")
        seals = [Seal._make(row) for row in base.execute("SELECT * FROM seal ORDER BY counter")]
        acked_seq = int(store.meta(base, "acked_seq"))
        rows = base.execute("SELECT seq, text, hash FROM entry ORDER BY seq").fetchall()
        faults = list(_faults(journal, acked_seq, rows, seals, is_signed))
        return Report(
            journal,
            rows[0][0] if rows else 0,
            store.head(base)[0],
            len(rows),
            len(seals),
            acked_seq,
            tuple(faults[:FAULTS_MAX]),
        )


def _faults(
    journal: str,
    acked_seq: int,
    rows: list[tuple[int, str, str]],
    seals: list[Seal],
    is_signed: Callable[[bytes, bytes], bool],
) -> Iterator[str]:
    yield from _seal_faults(journal, seals, is_signed)
    head_seq = rows[-1][0] if rows else seals[0].seq if seals else 0
    start_seq = rows[0][0] - 1 if rows else head_seq
    # pruning deletes only entries that the server has, and keeps the seal of the last deleted one
    if start_seq > acked_seq:
        yield f"entries {acked_seq + 1} to {start_seq} are missing"
    hashes = {seal.seq: seal.hash for seal in seals if seal.seq == start_seq} if start_seq else _NO_ENTRY
    if start_seq not in hashes:
        yield f"no seal tells what was before entry {start_seq + 1}"
    hashes = dict(hashes)
    yield from _entry_faults(rows, start_seq, hashes)
    for seal in seals:
        if seal.seq >= start_seq and hashes.get(seal.seq) != seal.hash:
            yield f"seal {seal.counter} does not fit entry {seal.seq}"
    if rows and (not seals or seals[-1].seq != head_seq):
        yield f"entry {head_seq} is the last and has no seal"


def _seal_faults(
    journal: str, seals: Iterable[Seal], is_signed: Callable[[bytes, bytes], bool]
) -> Iterator[str]:
    expected = None
    for seal in seals:
        if expected is not None and seal.counter != expected:
            yield f"seals {expected} to {seal.counter - 1} are missing"
        expected = seal.counter + 1
        text = store.seal_text(journal, seal.counter, seal.seq, seal.hash)
        if not is_signed(text, seal.signature):
            yield f"seal {seal.counter} is not signed by this edge"


def _entry_faults(rows: Iterable[tuple[int, str, str]], seq: int, hashes: dict[int, str]) -> Iterator[str]:
    previous = hashes.get(seq, wire.ZERO_HASH)
    for number, text, digest in rows:
        if number != seq + 1:
            yield f"entries {seq + 1} to {number - 1} are missing"
        try:
            entry: TapEntry | None = wire.parse_entry(json.loads(text))
        except (WireError, ValueError):
            entry = None
        if entry is None or entry.seq != number:
            yield f"entry {number} cannot be read"
        elif wire.chain_hash(previous, entry) != digest:
            yield f"entry {number} was changed"
        hashes[number] = previous = digest
        seq = number
