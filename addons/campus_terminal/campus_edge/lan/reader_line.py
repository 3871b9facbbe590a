"""Parses a list of readers such as ``T01=rdm6300:/dev/ttyUSB0,T02=pn532:/dev/ttyUSB1``.

The part before ``=`` is the terminal, then comes the reader's family, then its line: a device, or
an address of pyserial such as ``socket://10.0.0.9:4001``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from ..config import TILL, ReaderConfig
from ..ports.base import Port, Sink
from ..protocols import pn532, rdm6300
from ..readers.drivers import Ports
from .config import TERMINAL, LanConfigError

#: Families of readers that need no further settings, and the speed of their line in baud.
FAMILIES: Final = {"rdm6300": rdm6300.BAUD, "pn532": pn532.BAUD}


@dataclass(frozen=True)
class ReaderLine:
    """One reader: its terminal, its family and its line."""

    terminal: str
    family: str
    url: str

    def port(self, name: str, sink: Sink) -> Port:
        """Return the port of this reader under ``name``, not started."""
        return Ports()(ReaderConfig(name, TILL, self.family, url=self.url, baud=FAMILIES[self.family]), sink)


def parse_readers(text: str) -> list[ReaderLine]:
    """Return the readers that ``text`` names; raises ``LanConfigError`` (``readers``)."""
    readers = [_reader(item.strip()) for item in text.split(",") if item.strip()]
    if len({reader.terminal for reader in readers}) < len(readers):
        raise LanConfigError("readers", "must name each terminal only once")
    return readers


def _reader(item: str) -> ReaderLine:
    terminal, equals, rest = item.partition("=")
    family, colon, url = rest.partition(":")
    if not equals or not colon or not url or not TERMINAL.match(terminal):
        raise LanConfigError("readers", f"{item!r} must be like T01=rdm6300:/dev/ttyUSB0")
    if family not in FAMILIES:
        raise LanConfigError("readers", f"{family!r} must be one of {', '.join(sorted(FAMILIES))}")
    return ReaderLine(terminal, family, url)
