"""What a checkout remembers between two commands (`.campus/state.json`)."""

from __future__ import annotations

import fcntl
import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from . import paths
from .console import say

FIRST_PORT = 8069  # Odoo's usual one


def read() -> dict:
    """The stored state; a broken file counts as none."""
    try:
        state = json.loads(paths.STATE.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return state if isinstance(state, dict) else {}


def update(**values) -> None:
    """Store values; `None` forgets a key. The file is replaced in one go."""
    state = {**read(), **values}
    state = {key: value for key, value in state.items() if value is not None}
    paths.WORK.mkdir(parents=True, exist_ok=True)
    temporary = paths.STATE.with_suffix(f".{os.getpid()}")
    temporary.write_text(json.dumps(state, indent=2, sort_keys=True), encoding="utf-8")
    temporary.replace(paths.STATE)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold an exclusive lock file; it is let go when the process ends, however."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"waiting for another ./campus ({path.name}) ...")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def checkout_lock():
    """Only one command at a time builds things in this checkout."""
    return locked(paths.WORK / "lock")


def port_is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_ports(count: int) -> list[int]:
    """Free ports near the usual one; `CAMPUS_PORT` moves the start."""
    start = int(os.environ.get("CAMPUS_PORT") or FIRST_PORT)
    found = []
    for port in range(start, min(start + 2000, 65536)):
        if port_is_free(port):
            found.append(port)
        if len(found) == count:
            break
    return found
