"""The edge's settings: one TOML file, checked completely before anything starts.

Every number has its unit in its name, and a range. An error names the key, the value and the range.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import tzinfo
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from campus_core.access.types import NOBODY, STAFF

from .doors import board_config
from .doors.board_config import BoardConfig
from .lan.config import LanConfig, LanConfigError
from .protocols.scan import FORMS
from .readers.keypad import MAXIMUM_MINOR, WAIT_MS
from .readers.texts import LANGUAGES

TAP, TILL, KEYPAD = "tap", "till", "keypad"
#: Character sets of displays.
ENCODINGS: Final = ("ascii", "gb18030", "gb2312", "utf-8")
#: Key: default, lowest, highest.
_NUMBERS: Final[Mapping[str, tuple[int, int, int]]] = {
    "server.ask_timeout_ms": (300, 50, 5_000),
    "server.request_timeout_ms": (5_000, 500, 60_000),
    "server.poll_ms": (1_500, 200, 60_000),
    "journal.keep_days": (30, 1, 3_650),
    # 0: the usual speed of the driver
    "reader.baud": (0, 0, 921_600),
    "reader.address": (0, 0, 126),
    "reader.vendor": (0, 0, 0xFFFF),
    "reader.product": (0, 0, 0xFFFF),
    "reader.relay": (0, -1, 15),
    "reader.keyed_max_minor": (50_000, 1, MAXIMUM_MINOR),
    "reader.keyed_for_ms": (WAIT_MS, 1_000, 600_000),
    # inputs of the reader; -1: nothing is wired
    "reader.contact_input": (-1, -1, 31),
    "reader.exit_input": (-1, -1, 31),
    "reader.fire_input": (-1, -1, 31),
    "reader.lockdown_input": (-1, -1, 31),
    "reader.lockdown_zone": (0, 0, (1 << 31) - 1),
    "reader.held_open_ms": (30_000, 2_000, 3_600_000),
    # 0: the relay is on as long as the lamp is green
    "reader.open_ms": (0, 0, 60_000),
}
_TEXTS: Final[Mapping[str, str]] = {
    "edge.state_folder": "/var/lib/campus-edge",
    "edge.language": "zh_CN",
    "edge.time_zone": "",
    "server.ca_file": "",
    "log.level": "info",
    "reader.terminal": "",
    "reader.use": TAP,
    "reader.driver": "",
    "reader.url": "",
    "reader.name": "",
    "reader.form": FORMS[0],
    "reader.key_file": "",
    "reader.encoding": ENCODINGS[0],
    "reader.lockdown_level": NOBODY,
}
_SWITCHES: Final[Mapping[str, bool]] = {
    "server.allow_plain_http": False,
    "lan.enabled": False,
    "reader.reads_sun": True,
    "reader.install": False,
    "reader.uid_reversed": False,
    "reader.muster": False,
}
_CHOICES: Final[Mapping[str, tuple[str, ...]]] = {
    "edge.language": LANGUAGES,
    "log.level": ("debug", "info", "warning", "error"),
    "reader.use": (TAP, TILL, KEYPAD),
    "reader.form": FORMS,
    "reader.encoding": ENCODINGS,
    "reader.lockdown_level": (STAFF, NOBODY),
}
_TABLES: Final = ("edge", "server", "journal", "log", "lan", "reader", "board")


class ConfigError(ValueError):
    """A setting is wrong; the message names it and says what it may be."""


@dataclass(frozen=True)
class ReaderConfig:
    """One reader: its terminal, the use of its taps, its driver and the driver's settings.

    ``keyed_max_minor`` (cents) and ``keyed_for_ms`` limit amounts that are keyed at its terminal. The numbers
    of inputs are -1 where nothing is wired. ``lockdown_zone`` 0: the zone behind the reader's door.
    """

    terminal: str
    use: str
    driver: str
    url: str = ""
    name: str = ""
    form: str = FORMS[0]
    key_file: str = ""
    baud: int = 0
    address: int = 0
    vendor: int = 0
    product: int = 0
    relay: int = 0
    reads_sun: bool = True
    install: bool = False
    uid_reversed: bool = False
    encoding: str = ENCODINGS[0]
    keyed_max_minor: int = 50_000
    keyed_for_ms: int = WAIT_MS
    contact_input: int = -1
    exit_input: int = -1
    fire_input: int = -1
    lockdown_input: int = -1
    lockdown_zone: int = 0
    lockdown_level: str = NOBODY
    held_open_ms: int = 30_000
    open_ms: int = 0
    muster: bool = False


@dataclass(frozen=True)
class Config:
    """All settings; ``lan`` is None when the service for tills is off."""

    state_folder: Path
    language: str
    zone: tzinfo | None
    ca_file: Path | None
    allow_plain_http: bool
    ask_timeout_ms: int
    request_timeout_ms: int
    poll_ms: int
    keep_days: int
    log_level: str
    readers: tuple[ReaderConfig, ...] = ()
    lan: LanConfig | None = None
    boards: tuple[BoardConfig, ...] = ()
    drivers: tuple[str, ...] = field(default=(), compare=False)

    @property
    def lines(self) -> list[tuple[str, str]]:
        """Return ``(terminal, url)`` of the readers that have a url."""
        return [(reader.terminal, reader.url) for reader in self.readers if reader.url]


def load(path: Path, drivers: tuple[str, ...]) -> Config:
    """Read a file. Raises ``ConfigError``: no such file, no TOML, or a wrong setting."""
    # tomllib is in the standard library from Python 3.11 on; tomli is the same for 3.10
    toml = importlib.import_module("tomllib" if sys.version_info >= (3, 11) else "tomli")
    try:
        data = toml.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: {error}") from error
    except toml.TOMLDecodeError as error:
        raise ConfigError(f"{path} is not TOML: {error}") from error
    return parse(data, path.parent, drivers)


def parse(data: Mapping[str, Any], folder: Path, drivers: tuple[str, ...]) -> Config:
    """Return the settings that ``data`` states; file names are relative to ``folder``."""
    for name in data:
        if name not in _TABLES:
            raise ConfigError(f"[{name}] is not a part of the settings; there are {', '.join(_TABLES)}")
    edge, server = _table(data, "edge"), _table(data, "server")
    return Config(
        state_folder=folder / edge["state_folder"],
        language=edge["language"],
        zone=_zone(edge["time_zone"]),
        ca_file=folder / server["ca_file"] if server["ca_file"] else None,
        allow_plain_http=server["allow_plain_http"],
        ask_timeout_ms=server["ask_timeout_ms"],
        request_timeout_ms=server["request_timeout_ms"],
        poll_ms=server["poll_ms"],
        keep_days=_table(data, "journal")["keep_days"],
        log_level=_table(data, "log")["level"],
        readers=_readers(data.get("reader", []), folder, drivers),
        lan=_lan(data.get("lan", {}), folder),
        boards=_boards(data.get("board", [])),
        drivers=drivers,
    )


def _table(data: Mapping[str, Any], table: str) -> dict[str, Any]:
    values = data.get(table, {})
    if not isinstance(values, dict):
        raise ConfigError(f"{table} must be a table: [{table}]")
    return _values(values, table)


def _values(values: Mapping[str, Any], table: str) -> dict[str, Any]:
    """Check the settings of a table and return them with the defaults added."""
    known = {
        key.partition(".")[2]: key for key in (*_NUMBERS, *_TEXTS, *_SWITCHES) if key.startswith(f"{table}.")
    }
    for name in values:
        if name not in known:
            raise ConfigError(f"{table}.{name} is not a setting; there are {', '.join(sorted(known))}")
    return {name: _checked(key, values.get(name)) for name, key in known.items()}


def _checked(key: str, value: Any) -> Any:
    if key in _NUMBERS:
        default, low, high = _NUMBERS[key]
        if value is not None and (type(value) is not int or not low <= value <= high):
            raise ConfigError(f"{key} is {value!r}: it must be a whole number from {low} to {high}")
        return default if value is None else value
    if key in _SWITCHES:
        if value is not None and type(value) is not bool:
            raise ConfigError(f"{key} is {value!r}: it must be true or false")
        return _SWITCHES[key] if value is None else value
    if value is not None and (not isinstance(value, str) or len(value) > 500):
        raise ConfigError(f"{key} must be a text of at most 500 characters")
    value = _TEXTS[key] if value is None else value
    if key in _CHOICES and value not in _CHOICES[key]:
        raise ConfigError(f"{key} is {value!r}: it must be one of {', '.join(_CHOICES[key])}")
    return value


def _zone(name: str) -> tzinfo | None:
    if not name:
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ConfigError(f"edge.time_zone is {name!r}: it must be a time zone like Asia/Shanghai") from error


def _readers(rows: Any, folder: Path, drivers: tuple[str, ...]) -> tuple[ReaderConfig, ...]:
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ConfigError("readers are tables of their own: [[reader]]")
    readers = []
    for row in rows:
        values = _values(row, "reader")
        if not 1 <= len(values["terminal"]) <= 32:
            raise ConfigError("reader.terminal is missing: the code of a terminal, 1 to 32 characters")
        if values["driver"] not in drivers:
            raise ConfigError(
                f"reader.driver of {values['terminal']} is {values['driver']!r}: "
                f"it must be one of {', '.join(drivers)}"
            )
        if values["key_file"]:
            values["key_file"] = str(folder / values["key_file"])
        readers.append(ReaderConfig(**values))
    _check_terminals(readers)
    return tuple(readers)


def _check_terminals(readers: list[ReaderConfig]) -> None:
    """Check that each terminal has one reader and at most one keypad."""
    codes = [reader.terminal for reader in readers if reader.use != KEYPAD]
    pads = [reader.terminal for reader in readers if reader.use == KEYPAD]
    for code in (*codes, *pads):
        if codes.count(code) > 1 or pads.count(code) > 1:
            raise ConfigError(f"reader.terminal {code!r} is there twice: each reader has its own terminal")
        if code not in codes:
            raise ConfigError(f"the keypad of {code!r} has no reader: somewhere a card has to be shown")


def _boards(rows: Any) -> tuple[BoardConfig, ...]:
    try:
        return board_config.parse(rows)
    except ValueError as error:
        raise ConfigError(str(error)) from error


def _lan(values: Any, folder: Path) -> LanConfig | None:
    if not isinstance(values, dict):
        raise ConfigError("lan must be a table: [lan]")
    enabled = _checked("lan.enabled", values.get("enabled"))
    try:
        lan = LanConfig.from_mapping({k: v for k, v in values.items() if k != "enabled"}, folder)
    except LanConfigError as error:
        raise ConfigError(str(error)) from error
    return lan if enabled else None
