"""Ports of this machine. They are reserved, not only checked.

Several checkouts of several users may start at the same moment. A port that was only checked would look free
to all of them. Therefore a port is held from the moment it is chosen: by its listening socket, which the
server inherits, or by a name that the kernel keeps only while this process runs.
"""

from __future__ import annotations

import os
import socket
import sys

from .console import CampusError

FIRST_PORT = 8069  # Odoo's default port.
PORT_MIN, PORT_MAX = 1024, 65535
TRIED = 2000
# Long enough for lunch time; Odoo's own queue is eight connections per worker.
BACKLOG = 1024

_held: dict[int, socket.socket] = {}


def first() -> int:
    """The port at which the search begins: `CAMPUS_PORT`, else Odoo's default."""
    text = os.environ.get("CAMPUS_PORT", "").strip()
    if not text:
        return FIRST_PORT
    if not (text.isascii() and text.isdigit() and PORT_MIN <= int(text) <= PORT_MAX):
        raise CampusError(
            f"CAMPUS_PORT={text} is no port for a server",
            f"set CAMPUS_PORT to a number from {PORT_MIN} to {PORT_MAX}, or leave it out",
        )
    return int(text)


def further(distance: int) -> int:
    """Where a second search begins, so that the ports of two runs differ."""
    begin = first() + distance
    return begin if begin + distance <= PORT_MAX else PORT_MIN + distance


def take(preferred: int | None = None) -> socket.socket:
    """Listen on the preferred port or the next free one. The server inherits the socket."""
    for port in _candidates(preferred):
        if listener := _open(port):
            return listener
    raise _none_free()


def listen(port: int) -> socket.socket:
    """Listen on this port. Another program may use it already."""
    listener = _open(port)
    if listener is None:
        raise CampusError(
            f"another program has taken port {port}",
            "end that program, or set CAMPUS_PORT to another number",
        )
    return listener


def hold(count: int) -> list[int]:
    """Free ports that no other ./campus takes while this process runs."""
    found: list[int] = []
    for port in _candidates():
        if port in _held or not (mark := _mark(port)):
            continue
        if not (probe := _listen(port)):
            mark.close()
            continue
        probe.close()
        _held[port] = mark
        found.append(port)
        if len(found) == count:
            return found
    raise _none_free()


def _candidates(preferred: int | None = None) -> list[int]:
    start = first()
    usual = range(start, min(start + TRIED, PORT_MAX + 1))
    return [*([preferred] if preferred else []), *usual]


def _none_free() -> CampusError:
    return CampusError(f"no port is free from {first()} on", "set CAMPUS_PORT to a number where one is free")


def _open(port: int) -> socket.socket | None:
    """A listening socket, or None if another program listens or another ./campus holds the port."""
    if port in _held:
        return _listen(port)
    mark = _mark(port)
    if mark is None:
        return None
    with mark:
        return _listen(port)


def _listen(port: int) -> socket.socket | None:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
        # Two sockets may be bound to one port until one of them listens.
        listener.listen(BACKLOG)
    except OSError:
        listener.close()
        return None
    return listener


def _mark(port: int) -> socket.socket | None:
    """Reserve the port's name among all users of this machine; None if it is taken.

    Linux only: an abstract socket name has no file, so nothing is left behind.
    """
    mark = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    if sys.platform != "linux":
        return mark
    try:
        mark.bind(f"\0campus-port-{port}")
    except OSError:
        mark.close()
        return None
    return mark
