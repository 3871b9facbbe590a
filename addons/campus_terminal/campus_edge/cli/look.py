"""``campus-edge probe``, ``status`` and ``journal verify``: commands that only read."""

from __future__ import annotations

import importlib
import json
import os
import sqlite3
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from campus_core.credentials import signing

from ..clock.clock import Clock
from ..config import Config
from ..edge import STATUS_EVERY_S, STATUS_FILE
from ..files import is_locked
from ..journal.verify import verify as verify_journal
from ..protocols.base import READY, SICK
from ..readers import adapters
from ..server import identity, tls
from ..server.http import SNAPSHOT_PATH, Connection, ServerRefused, ServerUnreachable
from ..server.identity import IdentityError

TIMEOUT_MS: Final = 5_000
#: A status this old was written by a program that no longer runs.
STALE_S: Final = 3 * STATUS_EVERY_S


def probe(settings: Config, accept: bool = False) -> int:
    """Print the result of each check; return 0 when all are good.

    ``accept``: readers were swapped on purpose.
    """
    findings = [
        ("settings", True, f"{len(settings.readers)} readers"),
        ("state folder", *_folder(settings.state_folder)),
        ("server", *_server(settings)),
    ]
    findings += [("serial line", True, line) for line in _serial_lines()]
    findings += [
        ("adapter", False, text) for text in adapters.look(settings.lines, settings.state_folder, accept)
    ]
    for name, good, text in findings:
        print(f"{'ok ' if good else 'BAD'}  {name}: {text}")
    return 0 if all(good for _name, good, _text in findings) else 1


def _folder(folder: Path) -> tuple[bool, str]:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:
            began = time.monotonic()
            file.write(b"x")
            file.flush()
            os.fsync(file.fileno())
            sync_ms = (time.monotonic() - began) * 1000
        stat = os.statvfs(folder)
    except OSError as error:
        return False, str(error)
    free_mb = stat.f_bavail * stat.f_frsize >> 20
    return free_mb >= 100, f"{folder}, {free_mb} MB free, written in {sync_ms:.1f} ms"


def _server(settings: Config) -> tuple[bool, str]:
    try:
        who = identity.load(settings.state_folder).identity
    except IdentityError as error:
        return False, str(error)
    clock = Clock(settings.zone)
    try:
        context = tls.context_for(urlsplit(who.url).scheme, settings.ca_file)
    except OSError as error:
        return False, str(error)
    connection = Connection(who, clock, context)
    began = time.monotonic()
    try:
        connection.request("GET", f"{SNAPSHOT_PATH}?since=0", timeout_ms=TIMEOUT_MS)
    except (ServerUnreachable, ServerRefused) as error:
        return False, f"{who.url}: {error}"
    finally:
        connection.close()
    took_ms = (time.monotonic() - began) * 1000
    return True, f"{who.url} knows {who.name}, answered in {took_ms:.0f} ms"


def _serial_lines() -> list[str]:
    try:
        tools = importlib.import_module("serial.tools.list_ports")
    except ImportError:
        return []
    return [f"{port.device} {port.description}" for port in tools.comports()]


def status(settings: Config, as_json: bool) -> int:
    """Print the status of the running edge; return 0 when it runs and can ask the server."""
    folder = settings.state_folder
    try:
        values: dict[str, Any] = json.loads((folder / STATUS_FILE).read_text("utf-8"))
    except (OSError, ValueError):
        print("no status: campus-edge does not run here, or has just been started", file=sys.stderr)
        return 1
    age_s = (time.time() * 1000 - values["at_ms"]) / 1000
    running = is_locked(folder)
    if running and abs(age_s) > STALE_S:
        _make_sick(values, age_s)
    if as_json:
        print(json.dumps(values | {"running": running}, ensure_ascii=False))
    else:
        _print_status(values, running, age_s)
    return 0 if running and values["state"] == "online" else 1


def _make_sick(values: dict[str, Any], age_s: float) -> None:
    """Set the status to sick: the edge runs, but has not written its status for ``age_s``."""
    problem = f"the status cannot be written since {age_s:.0f} s: is the disk full or read-only?"
    values["state"], values["problems"] = SICK, [problem, *values["problems"]]
    for reader in values["readers"]:
        if reader["state"] == READY:
            reader["state"], reader["detail"] = SICK, "the journal cannot be written"


def _print_status(values: dict[str, Any], running: bool, age_s: float) -> None:
    state = values["state"] if running else f"not running since {age_s:.0f} s"
    print(f"{values['name']}: {state}")
    print(f"  server     {'websocket' if values['websocket'] else 'polling'}, drift {values['drift_ms']} ms")
    print(
        f"  card list  version {values['snapshot']}, {values['cards']} cards, {values['snapshot_age_s']} s old"
    )
    print(f"  journal    {values['head_seq']} entries, {values['queue']} not sent")
    print(f"  offline    {values['offline_minor'] / 100:.2f} granted and not sent")
    for reader in values["readers"]:
        tamper = "  TAMPER" if reader["tamper"] else ""
        print(f"  reader     {reader['terminal']} {reader['state']} {reader['detail']}{tamper}")
    for problem in values["problems"]:
        print(f"  problem    {problem}")


def verify(path: Path, public: bytes) -> int:
    """Print whether a journal is whole; return 0 when every entry is proven."""
    if not path.exists():
        print(f"{path} is not there")
        return 1
    try:
        report = verify_journal(path, lambda text, signature: signing.is_signed(public, text, signature))
    except sqlite3.Error as error:
        print(f"{path} cannot be read: {error}")
        return 1
    print(
        f"journal {report.journal}: entries {report.first_seq} to {report.head_seq} ({report.entries}), "
        f"{report.seals} signatures, sent up to {report.acked_seq}"
    )
    for fault in report.faults:
        print(f"FAULT  {fault}")
    print("every entry is proven" if not report.faults else "the journal is NOT whole")
    return 1 if report.faults else 0
