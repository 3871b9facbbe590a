"""Files that are complete or absent, also after a power cut; and the lock of a folder."""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path
from typing import IO, Final

LOCK: Final = "lock"
LOOKS: Final = 5
LOOK_S: Final = 0.02


def write_atomic(path: Path, content: bytes, *, durable: bool = True) -> None:
    """Replace the file by one with ``content`` in one step; ``durable``: wait until it is on the disk.

    Only its owner can read the file.
    """
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            if durable:
                os.fsync(file.fileno())
        fresh.rename(path)
    except OSError:
        fresh.unlink(missing_ok=True)
        raise
    if durable:
        sync_folder(path.parent)


def lock(folder: Path) -> IO[str]:
    """Lock ``folder`` until the returned file is closed; ``BlockingIOError`` if another program has it."""
    file = (folder / LOCK).open("w")
    for attempt in range(LOOKS + 1):
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return file
        except OSError:
            # ``is_locked`` of another program takes the lock for a moment
            if attempt == LOOKS:
                file.close()
                raise
            time.sleep(LOOK_S)
    raise AssertionError("unreachable")


def is_locked(folder: Path) -> bool:
    """Say whether a program has locked ``folder``."""
    try:
        with (folder / LOCK).open() as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return False


def sync_folder(folder: Path) -> None:
    """Make sure that the names in ``folder`` survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
