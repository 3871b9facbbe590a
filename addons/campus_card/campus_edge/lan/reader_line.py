"""Readers as one writes them down: ``T01=rdm6300:/dev/ttyUSB0``, several split by commas.

The part before ``=`` is the terminal, then the family of the reader, then its line: a device, or
an address of pyserial such as ``socket://10.0.0.9:4001``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from ..ports.base import Sink
from ..ports.serial_port import SerialPort
from ..protocols import pn532, rdm6300
from ..protocols.base import Decoder
from .config import TERMINAL, LanConfigError


@dataclass(frozen=True)
class Family:
    """``announces``: the decoder asks the device and says itself when it is ready."""

    decoder: Callable[[], Decoder]
    baud: int
    announces: bool


FAMILIES: Final = {
    "rdm6300": Family(rdm6300.Rdm6300, rdm6300.BAUD, announces=False),
    "pn532": Family(pn532.Pn532, pn532.BAUD, announces=True),
}


@dataclass(frozen=True)
class ReaderLine:
    """One reader: whose it is, what it is, where it hangs."""

    terminal: str
    family: str
    url: str

    def port(self, name: str, sink: Sink) -> SerialPort:
        """Return the port of this reader, not started."""
        family = FAMILIES[self.family]
        return SerialPort(name, sink, family.decoder(), self.url, family.baud, family.announces)


def parse_readers(text: str) -> list[ReaderLine]:
    """Return the readers that ``text`` names; raises ``LanConfigError`` (``readers``)."""
    readers = [_reader(item.strip()) for item in text.split(",") if item.strip()]
    if len({reader.terminal for reader in readers}) < len(readers):
        raise LanConfigError("readers", "a terminal has one reader")
    return readers


def _reader(item: str) -> ReaderLine:
    terminal, equals, rest = item.partition("=")
    family, colon, url = rest.partition(":")
    if not equals or not colon or not url or not TERMINAL.match(terminal):
        raise LanConfigError("readers", f"{item!r} must be like T01=rdm6300:/dev/ttyUSB0")
    if family not in FAMILIES:
        raise LanConfigError("readers", f"{family!r} must be one of {', '.join(sorted(FAMILIES))}")
    return ReaderLine(terminal, family, url)
