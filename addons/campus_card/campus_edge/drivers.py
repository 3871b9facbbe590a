"""Which readers there are: from a reader's settings to the port that drives it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Final

from .config import ConfigError, ReaderConfig
from .ports.base import Port, Sink
from .ports.osdp_line import OsdpLines
from .ports.serial_port import SerialPort
from .protocols.base import Decoder
from .protocols.osdp_config import ReaderConfig as OsdpConfig
from .protocols.pn532 import Pn532
from .protocols.rdm6300 import Rdm6300

_KEY: Final = re.compile(r"[0-9A-Fa-f]{32}\s*\Z")


def _serial(reader: ReaderConfig, sink: Sink, decoder: Decoder, announces: bool) -> Port:
    if not reader.url:
        raise ConfigError(f"reader.url of {reader.terminal} is missing: a device or socket://host:port")
    return SerialPort(reader.terminal, sink, decoder, reader.url, reader.baud, announces)


def _rdm6300(reader: ReaderConfig, sink: Sink) -> Port:
    return _serial(reader, sink, Rdm6300(), False)


def _pn532(reader: ReaderConfig, sink: Sink) -> Port:
    return _serial(reader, sink, Pn532(reader.reads_sun), True)


def _osdp(reader: ReaderConfig, sink: Sink, lines: OsdpLines) -> Port:
    if not reader.url:
        raise ConfigError(f"reader.url of {reader.terminal} is missing: a device or socket://host:port")
    config = OsdpConfig(
        address=reader.address,
        key=_osdp_key(reader),
        install=reader.install,
        relay=reader.relay if reader.relay >= 0 else None,
        uid_reversed=reader.uid_reversed,
    )
    return lines.port(reader.terminal, sink, reader.url, reader.baud, config)


def _osdp_key(reader: ReaderConfig) -> bytes | None:
    """Keys stay out of the settings, which people copy and send: they have a file each."""
    if not reader.key_file:
        return None
    try:
        text = Path(reader.key_file).read_text("ascii")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"reader.key_file of {reader.terminal}: {error}") from error
    if not _KEY.match(text):
        raise ConfigError(f"reader.key_file of {reader.terminal} must hold 32 hex digits")
    return bytes.fromhex(text)


DRIVERS: Final[dict[str, Callable[[ReaderConfig, Sink, OsdpLines], Port]]] = {
    "rdm6300": lambda reader, sink, lines: _rdm6300(reader, sink),
    "pn532": lambda reader, sink, lines: _pn532(reader, sink),
    "osdp": _osdp,
}


class Ports:
    """Makes the ports of one edge: OSDP readers with the same url share their line."""

    def __init__(self) -> None:
        self._lines = OsdpLines()

    def __call__(self, reader: ReaderConfig, sink: Sink) -> Port:
        """Return the port of a reader, not yet started. Raises ``ConfigError``."""
        try:
            return DRIVERS[reader.driver](reader, sink, self._lines)
        except ConfigError:
            raise
        except ValueError as error:
            raise ConfigError(f"reader {reader.terminal}: {error}") from error
