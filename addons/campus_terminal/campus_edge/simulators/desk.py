"""Simulated readers of every kind with one interface: put cards on a reader, take them away.

A card is written as its UID (``04A1B2C3``) or as ``ntag424:`` and the UID of a chip (7 bytes) with
factory keys. ``address`` is what the port opens.
"""

from __future__ import annotations

import tempfile
from abc import ABC, abstractmethod
from pathlib import Path
from types import TracebackType
from typing import Any, Final

from campus_core.credentials import uids

from .cards import Card
from .ntag424 import ntag424
from .vpcd import PORT, VpcdCard
from .wedge import WedgeKeyboard
from .wire import Wire

CHIP_PREFIX: Final = "ntag424:"


def card_of(text: str) -> Card:
    """Return the card for ``text``. Raises ``campus_core.errors.UidError``."""
    if text.startswith(CHIP_PREFIX):
        return ntag424(uids.check(text.removeprefix(CHIP_PREFIX).upper()))
    return Card(uids.normalise(text))


class Simulated(ABC):
    """A reader in software; a ``with`` block plugs it in and unplugs it."""

    address: str = ""

    def __enter__(self) -> Simulated:
        self.plug()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.unplug()

    @abstractmethod
    def plug(self) -> None:
        """Start the reader and set ``address``."""

    @abstractmethod
    def unplug(self) -> None:
        """Stop the reader, as if its cable was pulled."""

    @abstractmethod
    def put(self, card: Card) -> None:
        """Put a card on the reader."""

    @abstractmethod
    def take(self) -> None:
        """Take the card away."""

    def press(self, keys: str) -> None:
        """Press keys: digits, ``#`` enter, ``*``, ``C`` clear, ``<`` back. Raises ``ValueError`` if it has no keys."""
        raise ValueError("this reader has no keys")

    def switch(self, number: int, is_on: bool) -> None:
        """Change an input, to which a contact or a button is wired. Raises ``ValueError`` if it has none."""
        raise ValueError("this reader has no inputs")

    def is_opened(self) -> bool:
        """Say whether the door's relay was switched on since the last call."""
        return False


class OnWire(Simulated):
    """A reader on a pty, with a ``link`` to it if wanted, or on a TCP port of 127.0.0.1 (0: a free one)."""

    def __init__(self, device: Any, tcp: int | None = None, link: Path | None = None) -> None:
        self.wire: Wire[Any] = Wire(device, tcp, link)

    def plug(self) -> None:
        self.address = self.wire.plug()

    def unplug(self) -> None:
        self.wire.unplug()

    def put(self, card: Card) -> None:
        with self.wire.lock:
            self.wire.device.put(card)

    def take(self) -> None:
        with self.wire.lock:
            self.wire.device.take()

    def press(self, keys: str) -> None:
        if not hasattr(self.wire.device, "press"):
            super().press(keys)
        with self.wire.lock:
            self.wire.device.press(keys)

    def switch(self, number: int, is_on: bool) -> None:
        if not hasattr(self.wire.device, "switch"):
            super().switch(number, is_on)
        with self.wire.lock:
            self.wire.device.switch(number, is_on)

    def is_opened(self) -> bool:
        device = self.wire.device
        with self.wire.lock:
            return bool(device.take_opened()) if hasattr(device, "take_opened") else False


class OnPcsc(Simulated):
    """The virtual reader of pcscd, by its name; ``tcp`` is the address at which it accepts cards."""

    address = "Virtual PCD"

    def __init__(self, tcp: int = PORT) -> None:
        self._tcp = tcp
        self._card: VpcdCard | None = None

    def plug(self) -> None:
        """Do nothing: the reader belongs to pcscd and is always there."""

    def unplug(self) -> None:
        self.take()

    def put(self, card: Card) -> None:
        """Put a card on the reader. Raises ``OSError`` when no virtual reader listens."""
        self.take()
        self._card = VpcdCard(card, self._tcp)
        self._card.put()

    def take(self) -> None:
        card, self._card = self._card, None
        if card is not None:
            card.take()


class Typing(Simulated):
    """A reader that types UIDs in ``form``; ``link`` is the pipe where there is no uinput."""

    def __init__(self, link: Path | None = None, form: str = uids.HEX_BE) -> None:
        self._form = form
        self.keyboard = WedgeKeyboard(link or Path(tempfile.mkdtemp(prefix="campus-"), "keyboard"))

    def plug(self) -> None:
        self.address = self.keyboard.plug()

    def unplug(self) -> None:
        self.keyboard.unplug()

    def put(self, card: Card) -> None:
        """Type the card's UID."""
        self.keyboard.type(uids.forms(card.uid)[self._form])

    def take(self) -> None:
        """Do nothing: a keyboard cannot report that a card has left."""

    def press(self, keys: str) -> None:
        self.keyboard.press(keys)

    def scan(self, text: str) -> None:
        """Type the text of a code."""
        self.keyboard.type(text)
