"""Compares a batch with what the server knows of the edge's journal: known entries, new ones, gaps, forks.

The server keeps one *head* per edge: the journal's uuid, the newest number and its hash.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from .. import errors
from ..errors import WireError
from . import wire, wire_batch
from .wire import TapEntry


class Head(NamedTuple):
    """The newest entry of an edge's journal that the server has; ``seq`` is 0 before the first entry."""

    journal: str
    seq: int = 0
    hash: str = wire.ZERO_HASH


@dataclass(slots=True)
class Batch:
    """A batch with its hashes, and how it continues the head.

    ``fresh_from``: index of the first entry after the head. ``gap``: ``(first, last)`` of the numbers
    missing before the batch, or None. ``is_new_journal``: the head is of another journal.
    """

    journal: str
    prev: str
    head_seq: int
    entries: list[TapEntry]
    hashes: list[str] = field(default_factory=list)
    fresh_from: int = 0
    gap: tuple[int, int] | None = None
    is_new_journal: bool = False


class Ranges:
    """A set of numbers, given as ranges ``(first, last)`` that include both ends."""

    def __init__(self, ranges: Iterable[tuple[int, int]]) -> None:
        self._firsts: list[int] = []
        self._lasts: list[int] = []
        for first, last in sorted(ranges):
            if self._lasts and first <= self._lasts[-1] + 1:
                self._lasts[-1] = max(self._lasts[-1], last)
            else:
                self._firsts.append(first)
                self._lasts.append(last)

    def __contains__(self, number: int) -> bool:
        position = bisect_right(self._firsts, number) - 1
        return position >= 0 and number <= self._lasts[position]

    def missing(self, first: int, last: int) -> list[tuple[int, int]]:
        """Return the parts of the range ``first`` to ``last`` that are not in the set."""
        parts = []
        for start, end in zip(self._firsts, self._lasts, strict=True):
            if first <= end and start <= last:
                if first < start:
                    parts.append((first, start - 1))
                first = end + 1
        if first <= last:
            parts.append((first, last))
        return parts


def parse_batch(body: object) -> Batch:
    """Return the batch that a request's JSON states.

    Raises ``WireError``: ``malformed`` (with ``field``) or ``batch_too_large``.
    """
    if not isinstance(body, dict):
        raise WireError(errors.MALFORMED, field="body")
    journal, prev, head_seq, rows = (body.get(name) for name in ("journal", "prev", "head_seq", "entries"))
    if not isinstance(journal, str) or not wire.is_uuid(journal):
        raise WireError(errors.MALFORMED, field="journal")
    if not isinstance(prev, str) or not wire.is_hash(prev):
        raise WireError(errors.MALFORMED, field="prev")
    if type(head_seq) is not int or not 0 < head_seq <= wire.MAX_SEQ:
        raise WireError(errors.MALFORMED, field="head_seq")
    if not isinstance(rows, list) or not rows:
        raise WireError(errors.MALFORMED, field="entries")
    if len(rows) > wire.MAX_ENTRIES:
        raise WireError(errors.BATCH_TOO_LARGE, asked=len(rows), maximum=wire.MAX_ENTRIES)
    entries = wire_batch.parse_entries(rows)
    first = entries[0].seq
    if any(entry.seq != first + number for number, entry in enumerate(entries)):
        raise WireError(errors.MALFORMED, field="seq")
    if head_seq < entries[-1].seq:
        raise WireError(errors.MALFORMED, field="head_seq")
    return Batch(journal, prev, head_seq, entries)


def chain(batch: Batch) -> None:
    """Fill ``batch.hashes``."""
    batch.hashes = wire_batch.chain_hashes(batch.prev, batch.entries)


def place_after(batch: Batch, head: Head | None) -> bool:
    """Set how ``batch`` continues ``head``; False for a fork, which cannot continue it.

    Entries up to the head are not compared here: that happens when they are looked up.
    """
    first = batch.entries[0].seq
    if head is None or head.journal != batch.journal:
        batch.is_new_journal = head is not None
        head = Head(batch.journal)
    batch.fresh_from = min(max(head.seq - first + 1, 0), len(batch.entries))
    if first > head.seq + 1:
        batch.gap = (head.seq + 1, first - 1)
        return True
    if batch.fresh_from == len(batch.entries):
        # Nothing new: the last entry is the head, or comes before it.
        return batch.entries[-1].seq < head.seq or batch.hashes[-1] == head.hash
    before = batch.hashes[batch.fresh_from - 1] if batch.fresh_from else batch.prev
    return before == head.hash
