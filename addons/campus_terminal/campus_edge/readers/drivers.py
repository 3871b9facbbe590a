"""The drivers of readers: makes a port from a reader's settings."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Final, NamedTuple

from ..config import KEYPAD, ConfigError, ReaderConfig
from ..files import sync_folder
from ..loop import Loop, shared
from ..ports.base import Port, Sink
from ..ports.osdp_line import OsdpLines
from ..ports.pcsc_port import PcscPort
from ..ports.serial_port import SerialPort
from ..ports.wedge_port import WedgePort
from ..protocols import key_pads, osdp_config, pn532, rdm6300
from ..protocols.base import Decoder
from ..protocols.key_pads import KeyboardPad, SerialPad
from ..protocols.wedge import Wedge

OSDP_BAUD: Final = 9_600
#: Drivers for keypads that are separate devices.
PADS: Final = ("keypad", "wedge")
#: Ends the name of the file with a reader's next key; the name before it is ``key_file``.
NEXT_KEY: Final = ".next"
_KEY: Final = re.compile(r"[0-9A-Fa-f]{32}\s*\Z")


class Common(NamedTuple):
    """What all ports of an edge share."""

    loop: Loop
    lines: OsdpLines


def _url(reader: ReaderConfig) -> str:
    if not reader.url:
        raise ConfigError(f"reader.url of {reader.terminal} is missing: a device or socket://host:port")
    return reader.url


def _rdm6300(reader: ReaderConfig, sink: Sink, common: Common) -> Port:
    return _serial(reader, sink, common, rdm6300.Rdm6300(), rdm6300.BAUD)


def _pn532(reader: ReaderConfig, sink: Sink, common: Common) -> Port:
    return _serial(reader, sink, common, pn532.Pn532(reader.reads_sun), pn532.BAUD)


def _serial(
    reader: ReaderConfig, sink: Sink, common: Common, decoder: Decoder, baud: int, announces: bool = True
) -> Port:
    url, baud = _url(reader), reader.baud or baud
    return SerialPort(reader.terminal, sink, decoder, url, baud, announces, loop=common.loop)


def _pcsc(reader: ReaderConfig, sink: Sink, common: Common) -> Port:
    return PcscPort(reader.terminal, sink, reader.name, reader.reads_sun)


def _wedge(reader: ReaderConfig, sink: Sink, common: Common) -> Port:
    """Return the port of a keyboard, given by path, by vendor and product, or by a part of its name."""
    address = reader.url
    if not address and reader.vendor:
        address = f"{reader.vendor:04x}:{reader.product:04x}"
    if not address and reader.name:
        address = f"name:{reader.name.lower()}"
    if not address:
        raise ConfigError(f"reader {reader.terminal} needs url, vendor and product, or name of its keyboard")
    decoder = KeyboardPad() if reader.use == KEYPAD else Wedge(reader.form)
    return WedgePort(reader.terminal, sink, address, decoder)


def _keypad(reader: ReaderConfig, sink: Sink, common: Common) -> Port:
    """Return the port of a keypad on a serial line; it is ready when the line is open."""
    return _serial(reader, sink, common, SerialPad(), key_pads.BAUD, announces=False)


def _osdp(reader: ReaderConfig, sink: Sink, common: Common) -> Port:
    config = osdp_config.ReaderConfig(
        address=reader.address,
        key=_osdp_key(reader, reader.key_file),
        next_key=next_key(reader),
        install=reader.install,
        relay=reader.relay if reader.relay >= 0 else None,
        uid_reversed=reader.uid_reversed,
        encoding=reader.encoding,
        open_ms=reader.open_ms,
        has_inputs=max(reader.contact_input, reader.exit_input, reader.fire_input, reader.lockdown_input)
        >= 0,
    )
    return common.lines.port(reader.terminal, sink, _url(reader), reader.baud or OSDP_BAUD, config)


def next_key_file(reader: ReaderConfig) -> str:
    """Return the file with the key that a reader gets next; empty without one."""
    path = f"{reader.key_file}{NEXT_KEY}" if reader.key_file else ""
    return path if path and Path(path).exists() else ""


def next_key(reader: ReaderConfig) -> bytes | None:
    """Return the key that a reader gets next, None without one. Raises ``ConfigError``."""
    return _osdp_key(reader, next_key_file(reader))


def keep_next_key(reader: ReaderConfig) -> None:
    """The reader has its next key: from now on it is the key."""
    path = next_key_file(reader)
    if path:
        Path(path).rename(reader.key_file)
        sync_folder(Path(reader.key_file).parent)


def _osdp_key(reader: ReaderConfig, path: str) -> bytes | None:
    """Read a key from its own file: settings hold no keys, because people copy and send them."""
    if not path:
        return None
    try:
        text = Path(path).read_text("ascii")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"reader.key_file of {reader.terminal}: {error}") from error
    if not _KEY.match(text):
        raise ConfigError(f"reader.key_file of {reader.terminal} must hold 32 hex digits")
    return bytes.fromhex(text)


DRIVERS: Final[dict[str, Callable[[ReaderConfig, Sink, Common], Port]]] = {
    "rdm6300": _rdm6300,
    "pn532": _pn532,
    "osdp": _osdp,
    "pcsc": _pcsc,
    "wedge": _wedge,
    "keypad": _keypad,
}


class Ports:
    """Makes the ports of one edge. They share a loop; OSDP readers with the same url share a line."""

    def __init__(self, loop: Loop | None = None) -> None:
        loop = loop or shared()
        self._common = Common(loop, OsdpLines(loop=loop))

    def __call__(self, reader: ReaderConfig, sink: Sink) -> Port:
        """Return the port of a reader, not yet started. Raises ``ConfigError``."""
        is_pad = reader.use == KEYPAD
        if not (reader.driver in PADS if is_pad else reader.driver != "keypad"):
            raise ConfigError(
                f'reader {reader.terminal}: use = "keypad" goes with the drivers {", ".join(PADS)}'
            )
        try:
            return DRIVERS[reader.driver](reader, sink, self._common)
        except ConfigError:
            raise
        except ValueError as error:
            raise ConfigError(f"reader {reader.terminal}: {error}") from error
