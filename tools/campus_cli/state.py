"""The stored state of a checkout (`.campus/state.json`)."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from . import paths
from .console import say


def read() -> dict:
    """The stored state. A broken file counts as empty."""
    try:
        state = json.loads(paths.STATE.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return state if isinstance(state, dict) else {}


def update(**values) -> None:
    """Store values; `None` deletes a key. The file is replaced in one step."""
    state = {**read(), **values}
    state = {key: value for key, value in state.items() if value is not None}
    paths.WORK.mkdir(parents=True, exist_ok=True)
    temporary = paths.STATE.with_suffix(f".{os.getpid()}")
    temporary.write_text(json.dumps(state, indent=2, sort_keys=True), encoding="utf-8")
    temporary.replace(paths.STATE)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold an exclusive lock file. It is released when the process ends, however it ends."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"waiting for another ./campus ({path.name}) ...")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextmanager
def locked_one_of(places: list[Path]) -> Iterator[int]:
    """Hold the first lock file that is free, and say which one; if none is, wait for the last."""
    with ExitStack() as stack:
        for number, path in enumerate(places):
            path.parent.mkdir(parents=True, exist_ok=True)
            file = stack.enter_context(path.open("a"))
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            yield number
            return
        stack.enter_context(locked(places[-1]))
        yield len(places) - 1


def checkout_lock():
    """Only one command at a time builds things in this checkout."""
    return locked(paths.WORK / "lock")
