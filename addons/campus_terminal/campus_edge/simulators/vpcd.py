"""A contactless card on the virtual reader of ``pcscd`` (Debian: vsmartcard-vpcd).

The virtual reader listens on TCP; a program that connects is the card on it. A message is two bytes of
length and then its content. One byte of content is a control command (0 off, 1 on, 2 reset, 4 read the
ATR; only 4 is answered); more bytes are an APDU.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from functools import reduce
from operator import xor
from typing import Final

from ..protocols.apdu import GET_UID, OK
from .cards import UNKNOWN_COMMAND, Card

PORT: Final = 35963
CONNECT_TIMEOUT_S: Final = 5.0
OFF, ON, RESET, ATR = 0, 1, 2, 4
#: Historical bytes of a MIFARE Classic 1K according to PC/SC part 3.
_STORAGE: Final = bytes.fromhex("804F0CA00000030603000100000000")


def atr(card: Card) -> bytes:
    """Return the ATR that a PC/SC reader makes for a contactless card (part 3, 3.1.3.2.3)."""
    historical = b"\x80" if card.ats else _STORAGE
    body = bytes([0x80 | len(historical), 0x80, 0x01]) + historical
    return b"\x3b" + body + bytes([reduce(xor, body)])


class VpcdCard:
    """Puts ``card`` on the reader with ``put``, takes it away with ``take``."""

    def __init__(self, card: Card, port: int = PORT, host: str = "127.0.0.1") -> None:
        self.card, self._address = card, (host, port)
        self._socket: socket.socket | None = None
        self._thread: threading.Thread | None = None

    def __enter__(self) -> VpcdCard:
        self.put()
        return self

    def __exit__(self, *error: object) -> None:
        self.take()

    def put(self) -> None:
        """Put the card on the reader. Raises ``OSError`` when no virtual reader listens."""
        self._socket = socket.create_connection(self._address, CONNECT_TIMEOUT_S)
        self._socket.settimeout(None)
        self._thread = threading.Thread(target=self._run, args=(self._socket,), daemon=True)
        self._thread.start()

    def take(self) -> None:
        """Take the card away; a second call does nothing."""
        link, self._socket = self._socket, None
        if link is None or self._thread is None:
            return
        with contextlib.suppress(OSError):
            link.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        link.close()

    def _run(self, link: socket.socket) -> None:
        with contextlib.suppress(OSError), link.makefile("rb") as stream:
            while len(head := stream.read(2)) == 2:
                message = stream.read(int.from_bytes(head, "big"))
                answer = self._answer(message)
                if answer is not None:
                    link.sendall(len(answer).to_bytes(2, "big") + answer)

    def _answer(self, message: bytes) -> bytes | None:
        if len(message) > 1:
            # a real reader answers this itself
            return (
                self.card.raw_uid + OK if message == GET_UID else self.card.apdu(message) or UNKNOWN_COMMAND
            )
        if message in (bytes([ON]), bytes([RESET])):
            self.card.enter()
        return atr(self.card) if message == bytes([ATR]) else None
