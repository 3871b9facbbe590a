"""Serial adapters on USB: finds names that may change, and readers that were swapped.

An adapter is identified by its serial number. Cheap adapters have none or all the same one. Then adapters
of one kind share a name under ``/dev/serial/by-id``, and only the USB socket distinguishes them
(``/dev/serial/by-path``).
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ..files import write_atomic

#: The file in the state folder with the adapters of the last start.
FILE: Final = "adapters.json"
BY_PATH: Final = Path("/dev/serial/by-path")
_BY_ID: Final = "/dev/serial/by-id/"
_BY_PATH: Final = f"{BY_PATH}/"


@dataclass(frozen=True)
class Adapter:
    """One adapter: its device, its kind, its serial number if it has one, and its USB socket."""

    device: str
    kind: str
    serial: str
    socket: str


def present() -> list[Adapter]:
    """Return the adapters on this machine's USB."""
    try:
        tools = importlib.import_module("serial.tools.list_ports")
    except ImportError:
        return []
    return [
        Adapter(port.device, f"{port.vid:04x}:{port.pid:04x}", port.serial_number or "", port.location or "")
        for port in tools.comports()
        if port.vid is not None
    ]


class LineAdapters:
    """The adapters of the readers' lines, by the ``url`` in the settings."""

    def __init__(self, lines: Iterable[tuple[str, str]], adapters: Sequence[Adapter]) -> None:
        self.terminals: dict[str, str] = {}
        for terminal, url in lines:
            if url.startswith("/dev/"):
                earlier = self.terminals.get(url)
                self.terminals[url] = f"{earlier}, {terminal}" if earlier else terminal
        self._adapters = adapters
        by_device = {adapter.device: adapter for adapter in adapters}
        found = ((url, by_device.get(os.path.realpath(url))) for url in self.terminals)
        self.found: dict[str, Adapter] = {url: adapter for url, adapter in found if adapter}

    def identities(self) -> dict[str, str]:
        """Return what identifies each line's adapter: a unique serial number, else the socket."""
        return {url: self._identity(adapter) for url, adapter in self.found.items()}

    def unsteady(self, by_path: Mapping[str, str]) -> list[str]:
        """Return sentences about urls that may name another adapter after a restart.

        ``by_path``: device -> its name.
        """
        told = []
        for url, adapter in self.found.items():
            steady = by_path.get(adapter.device, f"{_BY_PATH}…")
            if url.startswith(_BY_ID) and not self._is_known_by_serial(adapter):
                told.append(
                    f"{self.terminals[url]}: this adapter has no serial number of its own, so any other of "
                    f"its kind has the name {url}; write {steady}"
                )
            elif not url.startswith((_BY_ID, _BY_PATH)):
                told.append(
                    f"{self.terminals[url]}: {url} may be another adapter after a restart; write {steady}"
                )
        return told

    def swapped(self, known: Mapping[str, str]) -> list[str]:
        """Return sentences about lines that now have the adapter that another line had at the last start."""
        owners = {identity: url for url, identity in known.items()}
        return [
            f"{self.terminals[url]}: at {url} is the adapter that was at {owners[identity]} before: have the "
            "readers been swapped? If this is meant: campus-edge probe --accept"
            for url, identity in self.identities().items()
            if owners.get(identity, url) != url
        ]

    def _identity(self, adapter: Adapter) -> str:
        if self._is_known_by_serial(adapter):
            return f"{adapter.kind} {adapter.serial}"
        return f"{adapter.kind} at {adapter.socket}"

    def _is_known_by_serial(self, adapter: Adapter) -> bool:
        alike = [a for a in self._adapters if (a.kind, a.serial) == (adapter.kind, adapter.serial)]
        return bool(adapter.serial) and len(alike) == 1


def look(lines: Iterable[tuple[str, str]], folder: Path, accept: bool = False) -> list[str]:
    """Return sentences about the adapters; store the present ones, unless readers were swapped."""
    attached = LineAdapters(lines, present())
    if not attached.found:
        return []
    known = {} if accept else _remembered(folder)
    swapped = attached.swapped(known)
    if not swapped:
        _remember(folder, {**known, **attached.identities()})
    return [*swapped, *attached.unsteady(_names(BY_PATH))]


def _names(folder: Path) -> dict[str, str]:
    """Return device -> its name in a folder of links."""
    try:
        return {os.path.realpath(link): str(link) for link in sorted(folder.iterdir())}
    except OSError:
        return {}


def _remembered(folder: Path) -> dict[str, str]:
    try:
        found = json.loads((folder / FILE).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(url): str(text) for url, text in found.items()} if isinstance(found, dict) else {}


def _remember(folder: Path, identities: Mapping[str, str]) -> None:
    """Store what identifies the adapters; a disk that cannot be written is reported elsewhere."""
    with contextlib.suppress(OSError):
        write_atomic(folder / FILE, json.dumps(identities, ensure_ascii=False, indent=1).encode())
