"""NDEF messages: finds the address in the first URI record, as in NTAG 424 cards and phones.

Source: NFC Forum NDEF 1.0 (record layout) and URI Record Type Definition 1.0 (table 3).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

#: The most records that are read, over all levels; more would be an attack.
RECORDS_MAX: Final = 16
_SHORT, _ID, _TYPE = 0x10, 0x08, 0x07
_WELL_KNOWN: Final = 0x01

#: The prefix for the first byte of a URI record.
URI_PREFIXES: Final = (
    "", "http://www.", "https://www.", "http://", "https://", "tel:", "mailto:",
    "ftp://anonymous:anonymous@", "ftp://ftp.", "ftps://", "sftp://", "smb://", "nfs://", "ftp://",
    "dav://", "news:", "telnet://", "imap:", "rtsp://", "urn:", "pop:", "sip:", "sips:", "tftp:",
    "btspp://", "btl2cap://", "btgoep://", "tcpobex://", "irdaobex://", "file://", "urn:epc:id:",
    "urn:epc:tag:", "urn:epc:pat:", "urn:epc:raw:", "urn:epc:", "urn:nfc:",
)  # fmt: skip


class Record(NamedTuple):
    name_format: int
    kind: bytes
    payload: bytes


def records(message: bytes) -> Iterator[Record]:
    """Yield the records of ``message`` until one is cut off or damaged."""
    position = 0
    for _ in range(RECORDS_MAX):
        if position + 2 > len(message):
            return
        flags, kind_size = message[position], message[position + 1]
        wide = 1 if flags & _SHORT else 4
        position += 2
        payload_size = int.from_bytes(message[position : position + wide], "big")
        position += wide
        id_size = message[position] if flags & _ID and position < len(message) else 0
        position += 1 if flags & _ID else 0
        end = position + kind_size + id_size + payload_size
        if end > len(message):
            return
        kind = message[position : position + kind_size]
        yield Record(flags & _TYPE, kind, message[position + kind_size + id_size : end])
        position = end


def uri(message: bytes) -> str | None:
    """Return the first address of ``message``, also of one inside a smart poster; else None."""
    for record in records(message):
        if record.name_format != _WELL_KNOWN:
            continue
        if record.kind == b"U" and record.payload:
            return _address(record.payload)
        if record.kind == b"Sp":
            inner = next((r for r in records(record.payload) if r.kind == b"U" and r.payload), None)
            if inner is not None:
                return _address(inner.payload)
    return None


def _address(payload: bytes) -> str | None:
    code = payload[0]
    try:
        rest = payload[1:].decode()
    except UnicodeDecodeError:
        return None
    return URI_PREFIXES[code] + rest if code < len(URI_PREFIXES) else None
