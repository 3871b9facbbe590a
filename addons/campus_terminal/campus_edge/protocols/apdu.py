"""Reads the files of a card (ISO/IEC 7816-4), with any reader that transmits APDUs: PN532, PC/SC.

The dialogues are generators: they yield the bytes of a command and are sent the bytes of the response.
So each reader runs them in its own way, and nothing here waits. ``run`` is for readers that may wait.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Final, TypeAlias, TypeVar

from campus_core import errors
from campus_core.credentials import credential

from . import ndef
from .base import MAX_CREDENTIAL, SUN, of_uid

T = TypeVar("T")
#: Yields commands, is sent responses (data and status word), returns its result.
Dialogue: TypeAlias = Generator[bytes, bytes, T]

#: PC/SC part 3, 3.2.2.1.3: the command for the UID; the reader answers it, not the card.
GET_UID: Final = bytes.fromhex("FFCA000000")
#: NFC Forum type 4 tag 2.0: the NDEF application, its capability container.
SELECT_NDEF_APPLICATION: Final = bytes.fromhex("00A4040007D276000085010100")
CAPABILITY_FILE: Final = b"\xe1\x03"
CAPABILITY_BYTES: Final = 15

OK: Final = b"\x90\x00"
_MORE, _OTHER_LENGTH = 0x61, 0x6C
#: A longer NDEF message is not from a card of ours.
NDEF_BYTES_MAX: Final = 1024
#: The most bytes of one read; such an answer fits into a PN532 frame.
READ_BYTES_MAX: Final = 240
#: The most commands of one dialogue. With the shortest reads that a card may require, 1024 bytes take 79.
EXCHANGES_MAX: Final = 100


class ApduError(Exception):
    """The card refused or gave an invalid answer; holds the status word or a reason."""


def select_file(name: bytes) -> bytes:
    """Return SELECT of a file by its two-byte name, without file information in the answer."""
    return b"\x00\xa4\x00\x0c" + bytes([len(name)]) + name


def read_binary(offset: int, size: int) -> bytes:
    """Return READ BINARY of ``size`` bytes (1 to 256) of the selected file."""
    return b"\x00\xb0" + offset.to_bytes(2, "big") + bytes([size & 0xFF])


def split(response: bytes) -> tuple[bytes, bytes]:
    """Return data and status word of a response. Raises ``ApduError`` if it has no status word."""
    if len(response) < 2:
        raise ApduError("no status word")
    return response[:-2], response[-2:]


def transmit(command: bytes) -> Dialogue[bytes]:
    """Return the data of ``command``'s answer; also fetch the rest of it (61xx, 6Cxx).

    Raises ``ApduError`` for every status but 9000.
    """
    data, status = split((yield command))
    if status[0] == _OTHER_LENGTH:
        data, status = split((yield command[:4] + status[1:]))
    for _ in range(EXCHANGES_MAX):
        if status[0] != _MORE:
            break
        more, status = split((yield b"\x00\xc0\x00\x00" + status[1:]))
        data += more
    if status != OK:
        raise ApduError(status.hex())
    return data


def read_ndef() -> Dialogue[bytes]:
    """Return the NDEF message of a type 4 tag. Raises ``ApduError`` when there is none."""
    yield from transmit(SELECT_NDEF_APPLICATION)
    yield from transmit(select_file(CAPABILITY_FILE))
    capability = yield from transmit(read_binary(0, CAPABILITY_BYTES))
    file, read_bytes = _ndef_file(capability)
    yield from transmit(select_file(file))
    head = yield from transmit(read_binary(0, 2))
    size = int.from_bytes(head, "big") if len(head) == 2 else 0
    if not 0 < size <= NDEF_BYTES_MAX:
        raise ApduError(f"NDEF message of {size} bytes")
    message = b""
    while len(message) < size:
        wanted = min(size - len(message), read_bytes)
        part = yield from transmit(read_binary(2 + len(message), wanted))
        if not part:
            raise ApduError("the file is shorter than it says")
        message += part
    return message[:size]


def _ndef_file(capability: bytes) -> tuple[bytes, int]:
    """Return the name of the NDEF file and the bytes of one read, from a capability container."""
    if len(capability) < CAPABILITY_BYTES or capability[7:9] != b"\x04\x06":
        raise ApduError("no NDEF file")
    read_bytes = min(int.from_bytes(capability[3:5], "big"), READ_BYTES_MAX)
    if read_bytes < 13 or capability[13]:
        # 000F is the minimum of the standard; some cards include the status word in their number
        raise ApduError("the NDEF file cannot be read")
    return capability[9:11], read_bytes


def read_credential(raw_uid: bytes) -> Dialogue[str | None]:
    """Return the credential of an ISO/IEC 7816 card: its SUN message, else its UID.

    None: the card has a random UID and no credential that we know.
    """
    try:
        address = ndef.uri((yield from _limited(read_ndef())))
    except ApduError:
        address = None
    return sun_of(address or "") or of_uid(raw_uid)


def sun_of(address: str) -> str | None:
    """Return the credential in the address that an NTAG 424 made, None for any other address."""
    query = address.partition("?")[2].partition("#")[0]
    text = f"{SUN}:{query}"
    try:
        is_sun = bool(query) and len(text) <= MAX_CREDENTIAL and credential.parse(text) is not None
    except errors.CredentialError:
        return None
    return text if is_sun else None


def _limited(dialogue: Dialogue[T]) -> Dialogue[T]:
    """Limit the length of a dialogue: a card could make it endless."""
    response: bytes | None = None
    for _ in range(EXCHANGES_MAX):
        try:
            command = next(dialogue) if response is None else dialogue.send(response)
        except StopIteration as end:
            return end.value  # type: ignore[no-any-return]
        response = yield command
    raise ApduError("too many questions")


def run(dialogue: Dialogue[T], send: Callable[[bytes], bytes]) -> T:
    """Run ``dialogue`` with a function that sends a command and returns the response."""
    try:
        command = next(dialogue)
        while True:
            command = dialogue.send(send(command))
    except StopIteration as end:
        return end.value  # type: ignore[no-any-return]
