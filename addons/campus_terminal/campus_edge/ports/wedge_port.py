"""The port of readers that act as a keyboard; the edge grabs them, so nothing is typed elsewhere."""

from __future__ import annotations

import contextlib
import errno
import importlib
import os
import select
from pathlib import Path
from typing import Any, Final

from ..protocols.base import READY, Decoder, ReaderState
from ..protocols.wedge import EVENT, Wedge
from .backoff import Backoff
from .base import Port, PortFault, Sink, now_ms

#: The most events read at once; the kernel buffers about 64 for each keyboard.
READ_EVENTS: Final = 128


class WedgePort(Port):
    """Reads the keyboard at ``address``, which may be

    - a path: ``/dev/input/by-id/usb-...-event-kbd``, or a pipe of events (the simulator's);
    - ``08ff:0009``: vendor and product of the first USB device with these;
    - a part of the device's name, any case: ``name:sycreader``.

    The device is grabbed: while the edge runs, no desktop and no login screen sees its keys.
    """

    def __init__(
        self,
        name: str,
        sink: Sink,
        address: str,
        decoder: Decoder | None = None,
        backoff: Backoff | None = None,
    ) -> None:
        super().__init__(name, sink, backoff)
        self._address = address
        self._decoder: Decoder = decoder or Wedge()
        # kept for the life of the port, because ``_wake`` may write to it at any time
        self._wake_read, self._wake_write = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)

    def __del__(self) -> None:
        with contextlib.suppress(OSError, AttributeError):
            os.close(self._wake_read)
            os.close(self._wake_write)

    def _serve(self) -> None:
        with contextlib.ExitStack() as stack:
            try:
                path = _find(self._address)
                device = self._open(path, stack)
                self._decoder.reset()
                self._emit(ReaderState(READY, path))
                self._read(device)
            except OSError as error:
                raise PortFault(_explain(error)) from error
            finally:
                self._decoder.reset()
                self._emit(*self._decoder.feed(b""))

    def _open(self, path: str, stack: contextlib.ExitStack) -> int:
        if not Path(path).is_char_device():
            device = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
            stack.callback(os.close, device)
            return device
        keyboard = _evdev().InputDevice(path)
        stack.callback(keyboard.close)
        keyboard.grab()
        return int(keyboard.fd)

    def _read(self, device: int) -> None:
        while not self._stopping.is_set():
            ready = select.select([device, self._wake_read], [], [], self._decoder.poll_ms / 1000)[0]
            if self._wake_read in ready:
                os.read(self._wake_read, 64)
            # a keyboard cannot show feedback: drop it
            while self._next_feedback() is not None:
                pass
            data = os.read(device, READ_EVENTS * EVENT.size) if device in ready else b""
            if device in ready and not data:
                raise PortFault("the reader was unplugged")
            # poll after reading, so that a late thread does not take unread keys for silence
            self._decoder.poll(now_ms())
            self._emit(*self._decoder.feed(data))

    def _wake(self) -> None:
        # a full pipe wakes the thread too
        with contextlib.suppress(BlockingIOError):
            os.write(self._wake_write, b"x")


def _evdev() -> Any:
    try:
        return importlib.import_module("evdev")
    except ImportError as error:
        raise PortFault("evdev is missing: pip install 'campus-card[wedge]'") from error


def _find(address: str) -> str:
    if address.startswith("/"):
        return address
    evdev = _evdev()
    for path in sorted(evdev.list_devices()):
        with contextlib.suppress(OSError), contextlib.closing(evdev.InputDevice(path)) as device:
            if _fits(address.lower(), device.name.lower(), device.info.vendor, device.info.product):
                return str(path)
    raise PortFault(f"no keyboard {address!r}; is this user in the group 'input'?")


def _fits(address: str, name: str, vendor: int, product: int) -> bool:
    if address.startswith("name:"):
        return address.removeprefix("name:") in name
    return address == f"{vendor:04x}:{product:04x}"


def _explain(error: OSError) -> str:
    reasons = {
        errno.ENODEV: "the reader was unplugged",
        errno.EBUSY: "another program has grabbed the reader",
        errno.EACCES: "no permission; is this user in the group 'input'?",
    }
    return reasons.get(error.errno or 0, f"{type(error).__name__}: {error}"[:200])
