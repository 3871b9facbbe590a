"""Cards in software, for the simulated readers."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from campus_core.credentials import uids

# -- status words, ISO/IEC 7816-4 table 5 ----------------------------------------------
OK: Final = b"\x90\x00"
WRONG_LENGTH: Final = b"\x67\x00"
NOT_FOUND: Final = b"\x6a\x82"
NOT_ALLOWED: Final = b"\x69\x86"
WRONG_OFFSET: Final = b"\x6b\x00"
UNKNOWN_COMMAND: Final = b"\x6d\x00"
UNKNOWN_CLASS: Final = b"\x6e\x00"

NDEF_APPLICATION: Final = bytes.fromhex("D2760000850101")
CAPABILITY_FILE, NDEF_FILE = b"\xe1\x03", b"\xe1\x04"
#: The most bytes of one read, so that readers must ask twice for a longer message.
READ_BYTES_MAX: Final = 0x80


@dataclass
class Card:
    """A card with only a UID (canonical): MIFARE Classic, EM4100, a key fob."""

    uid: str
    #: SENS_RES and SEL_RES of a MIFARE Classic 1K.
    sens_res: bytes = b"\x00\x04"
    sel_res: int = 0x08
    ats: bytes = b""

    def __post_init__(self) -> None:
        uids.check(self.uid)

    @property
    def raw_uid(self) -> bytes:
        return bytes.fromhex(self.uid)

    def enter(self) -> None:
        """Reset the card, because it has come into a reader's field."""

    def apdu(self, command: bytes) -> bytes | None:
        """Return the answer with its status word; None: the card does not support ISO/IEC 7816."""
        return None


@dataclass
class NdefCard(Card):
    """An NFC Forum type 4 tag; ``message(reads)`` returns the NDEF message of the nth visit.

    An NTAG 424 makes another message at every visit, see ``ntag424``.
    """

    message: Callable[[int], bytes] = lambda reads: b""
    sens_res: bytes = b"\x03\x44"
    sel_res: int = 0x20
    ats: bytes = bytes.fromhex("067577810280")
    #: Show 08 and three new random bytes at each visit instead of the UID.
    random_uid: bool = False
    reads: int = 0
    _shown: bytes = field(default=b"", repr=False)
    _application: bool = field(default=False, repr=False)
    _file: bytes | None = field(default=None, repr=False)
    _content: bytes | None = field(default=None, repr=False)

    @property
    def raw_uid(self) -> bytes:
        return self._shown or super().raw_uid

    def enter(self) -> None:
        self._application, self._file, self._content = False, None, None
        self._shown = b"\x08" + os.urandom(3) if self.random_uid else b""

    def apdu(self, command: bytes) -> bytes:
        if len(command) < 4:
            return WRONG_LENGTH
        if command[0] != 0x00:
            return UNKNOWN_CLASS
        if command[1] == 0xA4:
            return self._select(command)
        if command[1] == 0xB0:
            return self._read(command)
        return UNKNOWN_COMMAND

    def _select(self, command: bytes) -> bytes:
        size = command[4] if len(command) > 4 else 0
        if len(command) not in (5 + size, 6 + size):
            return WRONG_LENGTH
        name = command[5 : 5 + size]
        if command[2:4] == b"\x04\x00":
            self._file, self._application = None, name == NDEF_APPLICATION
            return OK if self._application else NOT_FOUND
        if not self._application or name not in (CAPABILITY_FILE, NDEF_FILE):
            return NOT_FOUND
        self._file = name
        return OK

    def _read(self, command: bytes) -> bytes:
        if self._file is None:
            return NOT_ALLOWED
        if len(command) != 5:
            return WRONG_LENGTH
        content = self._capability() if self._file == CAPABILITY_FILE else self._message()
        offset, size = int.from_bytes(command[2:4], "big"), command[4] or 256
        if offset > len(content):
            return WRONG_OFFSET
        return content[offset : offset + min(size, READ_BYTES_MAX)] + OK

    def _capability(self) -> bytes:
        """Return the capability container (type 4 tag 2.0, section 5.1): lengths, then the NDEF file."""
        limits = READ_BYTES_MAX.to_bytes(2, "big") + b"\x00\x34"
        return b"\x00\x0f\x20" + limits + b"\x04\x06" + NDEF_FILE + b"\x10\x00\x00\xff"

    def _message(self) -> bytes:
        if self._content is None:
            self.reads += 1
            message = self.message(self.reads)
            self._content = len(message).to_bytes(2, "big") + message
        return self._content


def ndef_url(url: str) -> bytes:
    """Return a short NDEF message with one URI record; ``https://`` has a code of its own."""
    code, rest = (4, url.removeprefix("https://")) if url.startswith("https://") else (0, url)
    payload = bytes([code]) + rest.encode()
    if len(payload) > 255:
        raise ValueError("the URL is too long for a short record")
    return bytes([0xD1, 0x01, len(payload), 0x55]) + payload
