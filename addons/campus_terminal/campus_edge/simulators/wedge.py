"""A reader that acts as a keyboard.

With ``/dev/uinput`` it is a real keyboard of the kernel, with a device under ``/dev/input``. Without it
(in containers) it is a named pipe with the same ``input_event`` structs. ``kind`` says which of the two
it is.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import time
from pathlib import Path
from typing import Any, Final

from ..protocols import keys, wedge

UINPUT: Final = Path("/dev/uinput")
#: The time between two keys, as with usual desk readers.
KEY_MS: Final = 4
OPEN_TIMEOUT_MS: Final = 10_000
#: Keys of a numeric keyboard whose code differs from that of their character.
NUMERIC: Final = {"#": keys.KEYPAD_ENTER, "C": 1, "<": 14, "*": 55, ".": 83}


class WedgeKeyboard:
    """``plug`` it in, ``type`` the text of a card or code, ``unplug`` it; ``address`` is for the port."""

    def __init__(self, pipe: Path) -> None:
        self._pipe = pipe
        self._keyboard: Any = None
        self._file: int | None = None
        self.kind = "uinput" if os.access(UINPUT, os.W_OK) else "pipe"
        self.address = ""

    def __enter__(self) -> WedgeKeyboard:
        self.plug()
        return self

    def __exit__(self, *error: object) -> None:
        self.unplug()

    def plug(self) -> str:
        """Start the keyboard and return ``address``."""
        if self.kind == "uinput":
            self._keyboard = importlib.import_module("evdev").UInput(name="campus wedge simulator")
            self.address = str(self._keyboard.device.path)
        else:
            with contextlib.suppress(FileExistsError):
                os.mkfifo(self._pipe)
            self.address = str(self._pipe)
        return self.address

    def unplug(self) -> None:
        """Remove the keyboard: a program that reads it gets an error."""
        if self._keyboard is not None:
            self._keyboard.close()
            self._keyboard = None
        if self._file is not None:
            os.close(self._file)
            self._file = None
        if self.kind == "pipe":
            self._pipe.unlink(missing_ok=True)

    def type(self, text: str, end: str = "\n", key_ms: int = KEY_MS) -> None:
        """Type ``text`` and then ``end``, which is Enter or empty (then the pause ends the scan)."""
        pressed = keys.of_text(text) + ([keys.Key(keys.ENTER, False)] if end else [])
        began_ms = time.time_ns() // 1_000_000
        typed = [wedge.keystroke(began_ms + place * key_ms, key) for place, key in enumerate(pressed)]
        if self._keyboard is None:
            # real readers type at a constant pace, so write all keys at once, without pauses
            self.write(b"".join(typed))
            return
        for events in typed:
            self.write(events)
            time.sleep(key_ms / 1000)

    def press(self, text: str) -> None:
        """Press keys of a numeric keyboard: digits, ``#`` for Enter, ``C`` for Escape, ``<``, ``*``, ``.``."""
        for letter in text:
            key = keys.Key(NUMERIC[letter], False) if letter in NUMERIC else keys.of_text(letter)[0]
            self.write(wedge.keystroke(time.time_ns() // 1_000_000, key))

    def write(self, events: bytes) -> None:
        """Send ``input_event`` structs; the kernel puts its own time into them."""
        if self._keyboard is not None:
            for _, _, kind, code, value in wedge.EVENT.iter_unpack(events):
                self._keyboard.write(kind, code, value)
            return
        if self._file is None:
            self._file = self._open_pipe()
        os.write(self._file, events)

    def _open_pipe(self) -> int:
        """Open the pipe; wait for its reader for a limited time."""
        end_ms = time.monotonic_ns() // 1_000_000 + OPEN_TIMEOUT_MS
        while True:
            try:
                return os.open(self._pipe, os.O_WRONLY | os.O_NONBLOCK)
            except OSError:
                if time.monotonic_ns() // 1_000_000 > end_ms:
                    raise
                time.sleep(0.01)
