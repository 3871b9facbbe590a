"""Which readers there are: from a reader's settings to the port that drives it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Final

from .config import ConfigError, ReaderConfig
from .ports.base import Port, Sink
from .ports.serial_port import SerialPort
from .protocols.base import Decoder
from .protocols.osdp import OsdpReader
from .protocols.osdp_config import ReaderConfig as OsdpConfig
from .protocols.pn532 import Pn532
from .protocols.rdm6300 import Rdm6300

_KEY: Final = re.compile(r"[0-9A-Fa-f]{32}\s*\Z")
MakePort = Callable[[ReaderConfig, Sink], Port]


def _serial(reader: ReaderConfig, sink: Sink, decoder: Decoder, announces: bool) -> Port:
    if not reader.url:
        raise ConfigError(f"reader.url of {reader.terminal} is missing: a device or socket://host:port")
    return SerialPort(reader.terminal, sink, decoder, reader.url, reader.baud, announces)


def _rdm6300(reader: ReaderConfig, sink: Sink) -> Port:
    return _serial(reader, sink, Rdm6300(), False)


def _pn532(reader: ReaderConfig, sink: Sink) -> Port:
    return _serial(reader, sink, Pn532(reader.reads_sun), True)


def _osdp(reader: ReaderConfig, sink: Sink) -> Port:
    config = OsdpConfig(
        address=reader.address,
        key=_osdp_key(reader),
        install=reader.install,
        relay=reader.relay if reader.relay >= 0 else None,
        uid_reversed=reader.uid_reversed,
    )
    return _serial(reader, sink, OsdpReader(config), True)


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


DRIVERS: Final[dict[str, MakePort]] = {
    "rdm6300": _rdm6300,
    "pn532": _pn532,
    "osdp": _osdp,
}


def make_port(reader: ReaderConfig, sink: Sink) -> Port:
    """Return the port of a reader, not yet started. Raises ``ConfigError``."""
    try:
        return DRIVERS[reader.driver](reader, sink)
    except ConfigError:
        raise
    except ValueError as error:
        raise ConfigError(f"reader {reader.terminal}: {error}") from error
