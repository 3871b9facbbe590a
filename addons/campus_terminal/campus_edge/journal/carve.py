"""Finds the rows of a journal whose file SQLite cannot read, by patterns in the bytes.

A row of ``entry`` ends with its text and the hash of it, a row of ``seal`` with hash and signature
(see ``store``). A row is shorter than a page, so it is in one piece, in the file or in the WAL beside
it. The rows found are not proven: some may be old, rolled back or forged. ``salvage`` proves them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from .store import Seal

_ENTRY: Final = re.compile(
    rb'(\[[1-9][0-9]{0,15},"(?:tap|final|event)",[\x20-\x7e]{60,3000}?\])([0-9a-f]{64})'
)
#: Head of a row of ``seal``: counter (the rowid), then the types of seq, hash (64 signs) and signature
#: (64 bytes).
_SEAL: Final = re.compile(rb"([\x80-\xff]{0,8}[\x00-\x7f])\x07\x00([\x01-\x06\x08\x09])\x81\x0d\x81\x0c")
_HASH: Final = re.compile(rb"[0-9a-f]{64}")
_SIGNATURE_BYTES: Final = 64
_JOURNAL: Final = re.compile(rb"\x03\x1b\x55journal([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})")
_ACKED: Final = re.compile(rb"\x03\x1f([\x0f-\x2d])acked_seq([0-9]{1,16})")
#: Bytes of an integer by its serial type; 8 and 9 are the numbers 0 and 1.
_SIZES: Final = {1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8, 8: 0, 9: 0}


@dataclass
class Found:
    """The rows found: texts with their hash, seals, ids of journals, acknowledged numbers."""

    entries: set[tuple[str, str]] = field(default_factory=set)
    seals: set[Seal] = field(default_factory=set)
    journals: set[str] = field(default_factory=set)
    acked: set[int] = field(default_factory=set)


def carve(paths: Iterable[Path]) -> Found:
    """Return the rows found in the files; missing files are skipped."""
    found = Found()
    for path in paths:
        data = path.read_bytes() if path.exists() else b""
        for text, digest in _ENTRY.findall(data):
            found.entries.add((text.decode("ascii", "replace"), digest.decode()))
        found.seals.update(_seals(data))
        found.journals.update(name.decode() for name in _JOURNAL.findall(data))
        found.acked.update(_acked(data))
    return found


def _seals(data: bytes) -> Iterator[Seal]:
    for head in _SEAL.finditer(data):
        kind = head.group(2)[0]
        start = head.end() + _SIZES[kind]
        digest = _HASH.match(data, start)
        signature = data[start + 64 : start + 64 + _SIGNATURE_BYTES]
        if digest and len(signature) == _SIGNATURE_BYTES:
            number = data[head.end() : start]
            seq = int.from_bytes(number, "big", signed=True) if number else kind - 8
            yield Seal(_varint(head.group(1)), seq, digest.group().decode(), signature)


def _acked(data: bytes) -> Iterator[int]:
    for kind, digits in _ACKED.findall(data):
        length = (kind[0] - 13) // 2
        if len(digits) >= length > 0:
            yield int(digits[:length])


def _varint(raw: bytes) -> int:
    value = 0
    for byte in raw:
        value = value << 7 | byte & 0x7F
    return value
