"""Connects a simulated device to a pty or a TCP port that programs can open.

A *device* does no I/O, like a decoder: ``feed(bytes) -> bytes`` takes the bytes of the host and returns
the answer, ``poll(now_ms) -> bytes`` returns what the device sends by itself.
"""

from __future__ import annotations

import contextlib
import os
import pty
import select
import socket
import threading
import time
import tty
from pathlib import Path
from typing import Final, Generic, Protocol, TypeVar

READ_BYTES: Final = 4096
#: Pause between two calls of the device's ``poll``.
TURN_MS: Final = 5


class Device(Protocol):
    def feed(self, data: bytes) -> bytes:
        """Take bytes from the host; return the answer."""

    def poll(self, now_ms: int) -> bytes:
        """Return what the device sends by itself."""


D = TypeVar("D", bound=Device)


class Wire(Generic[D]):
    """A device on a pty or TCP port. ``ports.SerialPort`` opens its ``url``.

    ``tcp`` is a port on 127.0.0.1 (0 takes a free one). Without it a pty is made, and a link to it at
    ``link`` if given, so that a reader that is plugged in again has its old name.
    """

    def __init__(self, device: D, tcp: int | None = None, link: Path | None = None) -> None:
        self.device = device
        self.lock = threading.Lock()
        self._tcp, self._link = tcp, link
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._listener: socket.socket | None = None
        self._client: socket.socket | None = None
        self._pty: tuple[int, int] | None = None
        self.url = ""

    def __enter__(self) -> Wire[D]:
        self.plug()
        return self

    def __exit__(self, *error: object) -> None:
        self.unplug()

    def plug(self) -> str:
        """Make the pty or port, start the device, and return ``url``."""
        self._stopping.clear()
        self.url = self._open_pty() if self._tcp is None else self._open_tcp(self._tcp)
        self._thread = threading.Thread(target=self._run, name="simulator", daemon=True)
        self._thread.start()
        return self.url

    def unplug(self) -> None:
        """Remove the pty or port: a program that has it open gets an error."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        for sock in (self._client, self._listener):
            if sock is not None:
                sock.close()
        self._client = self._listener = None
        for end in self._pty or ():
            os.close(end)
        if self._pty is not None and self._link is not None:
            self._link.unlink(missing_ok=True)
        self._pty = None

    def _open_pty(self) -> str:
        # the slave stays open here, or the master would report an error while no program has it open
        self._pty = pty.openpty()
        for end in self._pty:
            tty.setraw(end)
        os.set_blocking(self._pty[0], False)
        name = os.ttyname(self._pty[1])
        if self._link is None:
            return name
        self._link.unlink(missing_ok=True)
        self._link.symlink_to(name)
        return str(self._link)

    def _open_tcp(self, port: int) -> str:
        self._listener = socket.create_server(("127.0.0.1", port))
        # keep the port for the next ``plug``
        self._tcp = int(self._listener.getsockname()[1])
        return f"socket://127.0.0.1:{self._tcp}"

    def _run(self) -> None:
        while not self._stopping.is_set():
            if self._client is None and self._listener is not None:
                self._accept(self._listener)
                continue
            with contextlib.suppress(BlockingIOError):
                self._turn()

    def _accept(self, listener: socket.socket) -> None:
        if select.select([listener], [], [], TURN_MS / 1000)[0]:
            self._client = listener.accept()[0]
            self._client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def _turn(self) -> None:
        source = self._client or (self._pty[0] if self._pty else None)
        if source is None:
            return
        ready = select.select([source], [], [], TURN_MS / 1000)[0]
        try:
            data = self._read() if ready else b""
            with self.lock:
                out = self.device.feed(data) if data else b""
                out += self.device.poll(time.monotonic_ns() // 1_000_000)
            if ready and not data:
                raise ConnectionError("the host has gone")
            self._write(out)
        except ConnectionError:
            if self._client is not None:
                self._client.close()
                self._client = None

    def _read(self) -> bytes:
        if self._client is not None:
            return self._client.recv(READ_BYTES)
        return os.read(self._pty[0], READ_BYTES) if self._pty else b""

    def _write(self, out: bytes) -> None:
        if out and self._client is not None:
            self._client.sendall(out)
        elif out and self._pty:
            # a pty that nobody reads becomes full; its bytes are lost, as on a real line
            os.write(self._pty[0], out)
