"""What systemd wants to know: that the program is ready, and every now and then that it is alive."""

from __future__ import annotations

import os
import socket
from contextlib import suppress


def notify(state: str) -> None:
    """Tell the service manager ``state`` (``READY=1``, ``WATCHDOG=1``); nothing without one."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    # a name that begins with @ is in Linux's abstract namespace, which begins with a zero byte
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as link:
        link.connect(f"\0{address[1:]}" if address.startswith("@") else address)
        link.send(state.encode())
