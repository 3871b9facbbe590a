"""Sets another address or speed of an OSDP reader (COMSET) that is alone on its line."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from typing import Any, Final

from ..ports.base import now_ms
from ..ports.open_line import READ_BYTES
from ..ports.serial_port import open_line
from ..protocols.base import READY
from ..protocols.osdp import POLL_MS, OsdpBus
from ..protocols.osdp_config import ReaderConfig

LIMIT_MS: Final = 10_000
BAUDS: Final = (9_600, 19_200, 38_400, 57_600, 115_200, 230_400)


class NotMoved(Exception):
    """The reader did not change as requested; the text is for people."""


def move(
    url: str, config: ReaderConfig, baud: int, address: int, new_baud: int, limit_ms: int = LIMIT_MS
) -> None:
    """Set another address and speed of the reader of ``config`` at ``baud``, and connect to it again.

    Raises ``NotMoved``; ``OSError`` when the line cannot be opened (``SerialException`` is one).
    """
    with closing(_open(url, baud)) as line:
        bus = OsdpBus([config])
        if not _drive(line, bus, lambda: bus.state(config.address) == READY, limit_ms):
            raise NotMoved(f"no reader is ready at address {config.address} and {baud} baud")
        bus.move(config.address, address, new_baud)
        if not _drive(line, bus, lambda: bus.moved_to(config.address) is not None, limit_ms):
            raise NotMoved("the reader does not know this command; set it with its maker's tool")
        if bus.moved_to(config.address) != (address, new_baud):
            took = bus.moved_to(config.address)
            raise NotMoved(f"the reader takes another address and speed: {took}")
    with closing(_open(url, new_baud)) as line:
        bus = OsdpBus([replace(config, address=address)])
        if not _drive(line, bus, lambda: bus.state(address) == READY, limit_ms):
            raise NotMoved(f"the reader agreed, but does not answer at address {address} and {new_baud} baud")


def _open(url: str, baud: int) -> Any:
    return open_line(importlib.import_module("serial"), url, baud, POLL_MS)


def _drive(line: Any, bus: OsdpBus, done: Callable[[], bool], limit_ms: int) -> bool:
    end_ms = now_ms() + limit_ms
    while not done() and now_ms() < end_ms:
        out = bus.poll(now_ms())
        if out:
            line.write(out)
        data = line.read(1)
        if data:
            data += line.read(min(line.in_waiting, READ_BYTES))
        bus.feed(data)
    return done()
