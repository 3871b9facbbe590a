"""The entries of a batch: read and chained all at once, with the same result as one by one.

A batch has up to 500 entries of which nearly all are in order, and a server has some ten
microseconds for each.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from typing import Any, Final

from . import wire
from .money import MAX_MINOR
from .wire import TapEntry

Column = Sequence[Any]
Check = Callable[[Column], bool]

_UUIDS: Final = re.compile(r"(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\n)+")
_UUID_LENGTH: Final = 36
#: Kind, mode and outcome that fit together.
_TOGETHER: Final = frozenset(
    {(wire.TAP, wire.ASK, None)}
    | {(kind, wire.TOLD, outcome) for kind in wire.KINDS for outcome in wire.OUTCOMES}
)


def parse_entries(rows: Sequence[Any]) -> list[TapEntry]:
    """Return the entries that lists of JSON values state.

    Raises ``WireError`` as :func:`wire.parse_entry` does: rows that are not plainly in order as
    columns are read one by one, which finds the first that is wrong, if any is.
    """
    if _are_plain(rows):
        return [TapEntry._make(row) for row in rows]
    return [wire.parse_entry(row) for row in rows]


def chain_hashes(previous: str, entries: Sequence[TapEntry]) -> list[str]:
    """Return the hash of each entry, as :func:`wire.chain_hash` makes them after ``previous``."""
    link, hashes = bytes.fromhex(previous), []
    for text in _chain_texts(entries):
        link = hashlib.sha256(link + text).digest()
        hashes.append(link.hex())
    return hashes


def _chain_texts(entries: Sequence[TapEntry]) -> list[bytes]:
    """One JSON text is made faster than many; it is cut where one entry ends and the next begins.

    Only a text among the values can look like such a place, and then there are too many of them.
    """
    parts = wire.encode(entries)[2:-2].encode().split(b"],[")
    if len(parts) != len(entries):
        return [wire.encode(entry).encode() for entry in entries]
    return [b"[%b]" % part for part in parts]


def _are_plain(rows: Sequence[Any]) -> bool:
    if not _types(rows) <= {list} or {len(row) for row in rows} != {len(_CHECKS)}:
        return False
    columns = dict(zip(_CHECKS, zip(*rows, strict=True), strict=True))
    return all(fits(columns[name]) for name, fits in _CHECKS.items()) and _TOGETHER.issuperset(
        zip(columns["kind"], columns["mode"], columns["outcome"], strict=True)
    )


def _types(column: Column) -> set[type]:
    return set(map(type, column))


def _whole(low: int, high: int) -> Check:
    return lambda column: _types(column) <= {int} and low <= min(column) and max(column) <= high


def _word(words: frozenset[str]) -> Check:
    return lambda column: _types(column) <= {str} and words.issuperset(column)


def _text(longest: int) -> Check:
    return lambda column: (
        _types(column) <= {str} and max(map(len, column)) <= longest and wire.is_text("".join(column))
    )


def _optional(fits: Check) -> Check:
    def check(column: Column) -> bool:
        present = [value for value in column if value is not None]
        return not present or fits(present)

    return check


def _uuid(column: Column) -> bool:
    return (
        _types(column) <= {str}
        and set(map(len, column)) <= {_UUID_LENGTH}
        and _UUIDS.fullmatch("\n".join(column) + "\n") is not None
    )


_CHECKS: Final[dict[str, Check]] = {
    "seq": _whole(1, wire.MAX_SEQ),
    "kind": _word(wire.KINDS),
    "uuid": _uuid,
    "terminal": _text(wire.MAX_TERMINAL),
    "at_ms": _whole(0, wire.MAX_MS),
    "purpose": _word(wire.PURPOSES),
    "credential": _text(wire.MAX_CREDENTIAL),
    "card": _optional(_whole(1, wire.MAX_CARD)),
    "amount_minor": _optional(_whole(-MAX_MINOR - 1, MAX_MINOR)),
    "mode": _word(wire.MODES),
    "outcome": _optional(_word(wire.OUTCOMES)),
    "code": _optional(_text(wire.MAX_CODE)),
    "rule": _optional(_text(wire.MAX_RULE)),
    "snapshot": _whole(0, wire.MAX_SNAPSHOT),
}
