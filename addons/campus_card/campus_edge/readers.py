"""Readers as somebody sets them up: what kind it is, where it hangs, how it writes a UID.

========== ========================================= ==========================================
kind       reader                                    address
========== ========================================= ==========================================
rdm6300    EM4100 (125 kHz), RDM6300 and ID-12       ``/dev/ttyUSB0``, ``socket://host:port``
pn532      MIFARE, NTAG, phones: PN532 module        the same
osdp       door readers on RS-485, one to a line     the same
pcsc       desk readers of pcscd (ACR122U ...)       part of the reader's name, or empty
wedge      readers and scanners that type            ``/dev/input/by-id/...``, ``08ff:0009``,
                                                     ``name:part of the name``
========== ========================================= ==========================================
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from .ports.base import Port, Sink
from .ports.pcsc_port import PcscPort
from .ports.serial_port import SerialPort
from .ports.wedge_port import WedgePort
from .protocols import osdp, pn532, rdm6300, scan, wedge
from .protocols.base import Decoder

OSDP_BAUD: Final = 9600


@dataclass(frozen=True, slots=True)
class Reader:
    """One reader. ``name`` is its terminal's code; events carry it. ``baud`` 0: what is usual.

    ``form`` matters for kind ``wedge`` (``campus_core.uid`` lists the forms), ``reads_sun`` for
    ``pn532`` and ``pcsc``, ``osdp`` for ``osdp`` (without it: address 0, in the clear). Raises
    ``ValueError`` for a kind or form that does not exist and for a missing address.
    """

    name: str
    kind: str
    address: str = ""
    form: str = scan.AUTO
    reads_sun: bool = True
    baud: int = 0
    osdp: osdp.ReaderConfig | None = None

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"there is no kind of reader {self.kind!r}: {', '.join(KINDS)}")
        if self.form not in scan.FORMS:
            raise ValueError(f"there is no form {self.form!r} of a UID: {', '.join(scan.FORMS)}")
        if not self.address and self.kind != "pcsc":
            raise ValueError(f"a reader of kind {self.kind} needs an address")

    def port(self, sink: Sink) -> Port:
        """Return the port of this reader, not started; its events go to ``sink``."""
        return KINDS[self.kind](self, sink)


def _serial(reader: Reader, sink: Sink, decoder: Decoder, baud: int, announces: bool) -> Port:
    return SerialPort(reader.name, sink, decoder, reader.address, reader.baud or baud, announces)


def _rdm6300(reader: Reader, sink: Sink) -> Port:
    return _serial(reader, sink, rdm6300.Rdm6300(), rdm6300.BAUD, announces=False)


def _pn532(reader: Reader, sink: Sink) -> Port:
    return _serial(reader, sink, pn532.Pn532(reader.reads_sun), pn532.BAUD, announces=True)


def _osdp(reader: Reader, sink: Sink) -> Port:
    config = reader.osdp or osdp.ReaderConfig(0)
    return _serial(reader, sink, osdp.OsdpReader(config), OSDP_BAUD, announces=True)


def _pcsc(reader: Reader, sink: Sink) -> Port:
    return PcscPort(reader.name, sink, reader.address, reader.reads_sun)


def _wedge(reader: Reader, sink: Sink) -> Port:
    return WedgePort(reader.name, sink, reader.address, wedge.Wedge(reader.form))


KINDS: Final[Mapping[str, Callable[[Reader, Sink], Port]]] = MappingProxyType(
    {"rdm6300": _rdm6300, "pn532": _pn532, "osdp": _osdp, "pcsc": _pcsc, "wedge": _wedge}
)
