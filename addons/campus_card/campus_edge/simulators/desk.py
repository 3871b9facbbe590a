"""Simulated readers of every kind behind one handle: make one, lay cards on it, take them away.

A card is written as its UID (``04A1B2C3``) or as ``ntag424:`` and the UID of a chip (7 bytes) with
factory keys. ``address`` is what ``readers.Reader`` opens.
"""

from __future__ import annotations

import tempfile
from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Final

from campus_core import uid as uids

from .cards import Card
from .ntag424 import ntag424
from .osdp_reader import OsdpReader
from .pn532 import Pn532Module
from .rdm6300 import Rdm6300Reader
from .vpcd import PORT, VpcdCard
from .wedge import WedgeKeyboard
from .wire import Wire

CHIP_PREFIX: Final = "ntag424:"


def card_of(text: str) -> Card:
    """Return the card that ``text`` states. Raises ``campus_core.errors.UidError``."""
    if text.startswith(CHIP_PREFIX):
        return ntag424(uids.check(text.removeprefix(CHIP_PREFIX).upper()))
    return Card(uids.normalise(text))


class Simulated(ABC):
    """A reader in software; a ``with`` block plugs it in and takes it out again."""

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
        """Be there; ``address`` is set."""

    @abstractmethod
    def unplug(self) -> None:
        """Be gone, as if the cable was pulled."""

    @abstractmethod
    def put(self, card: Card) -> None:
        """Lay a card on the reader."""

    def take(self) -> None:  # noqa: B027 - some readers see a card for a moment only
        """Take the card away."""


class OnWire(Simulated):
    """A reader on a pty (``where`` empty, or the path of a link to it) or on ``tcp:port``."""

    def __init__(self, device: Any, where: str = "") -> None:
        tcp = int(where.removeprefix("tcp:")) if where.startswith("tcp:") else None
        link = Path(where) if where and tcp is None else None
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
            if hasattr(self.wire.device, "take"):
                self.wire.device.take()


class OnPcsc(Simulated):
    """The virtual reader of pcscd; ``where`` is its TCP port if it is not the usual one."""

    address = "Virtual PCD"

    def __init__(self, where: str = "") -> None:
        self._port = int(where.removeprefix("tcp:")) if where else PORT
        self._card: VpcdCard | None = None

    def plug(self) -> None:
        """The reader belongs to pcscd and is always there."""

    def unplug(self) -> None:
        self.take()

    def put(self, card: Card) -> None:
        self.take()
        self._card = VpcdCard(card, self._port)
        self._card.put()

    def take(self) -> None:
        card, self._card = self._card, None
        if card is not None:
            card.take()


class Typing(Simulated):
    """A reader that types UIDs in ``form``; ``where`` is the pipe where there is no uinput."""

    def __init__(self, where: str = "", form: str = uids.HEX_BE) -> None:
        self._form = form
        self.keyboard = WedgeKeyboard(Path(where or Path(tempfile.mkdtemp(prefix="campus-")) / "keyboard"))

    def plug(self) -> None:
        self.address = self.keyboard.plug()

    def unplug(self) -> None:
        self.keyboard.unplug()

    def put(self, card: Card) -> None:
        self.keyboard.type(uids.forms(card.uid)[self._form])

    def scan(self, text: str) -> None:
        """Type the text of a code."""
        self.keyboard.type(text)


SIMULATORS: Final[dict[str, Callable[[str], Simulated]]] = {
    "rdm6300": lambda where: OnWire(Rdm6300Reader(), where),
    "pn532": lambda where: OnWire(Pn532Module(), where),
    "osdp": lambda where: OnWire(OsdpReader(), where),
    "pcsc": OnPcsc,
    "wedge": Typing,
}


def simulated(kind: str, where: str = "") -> Simulated:
    """Return a reader of ``kind`` (those of ``readers.KINDS``), not plugged in.

    ``where``: empty takes a free place; ``tcp:4001`` or a path says which, see the classes.
    """
    if kind not in SIMULATORS:
        raise ValueError(f"there is no simulated reader {kind!r}: {', '.join(SIMULATORS)}")
    return SIMULATORS[kind](where)
