"""Keypads that are separate devices: a numeric keyboard, or one on a serial line. They have no display.

========== ==================================== ==============================
key        keyboard                             serial line
========== ==================================== ==============================
digits     both rows of digits                  ``0`` to ``9``
enter      Enter, keypad Enter                  CR, LF, CR LF or ``#``
clear      Escape, Delete                       ESC, ``C``
back       Backspace                            BS, DEL
star       ``*`` of the keypad                  ``*``
point      ``.`` and ``,``                      ``.`` and ``,``
========== ==================================== ==============================
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from . import keys
from .base import Event, Feedback, KeysPressed, Noise
from .wedge import EV_KEY, GARBAGE, PRESSED, TYPING, next_event

BAUD: Final = 9_600
_KEYBOARD: Final[Mapping[int, str]] = {
    **{code: pair[0] for code, pair in keys.US.items() if pair[0].isdigit()},
    **dict.fromkeys(keys.ENDS - {keys.TAB}, "#"),
    1: "C", 111: "C", 14: "<", 55: "*", 83: ".", 121: ".", 51: ".", 52: ".",
}  # fmt: skip
_SERIAL: Final[Mapping[int, str]] = {
    **{ord(key): key for key in "0123456789*#."},
    ord(","): ".", ord("C"): "C", ord("c"): "C", 0x1B: "C", 0x08: "<", 0x7F: "<", 0x0D: "#", 0x0A: "#",
}  # fmt: skip
_CR, _LF = 0x0D, 0x0A


class KeyboardPad:
    """Decoder of a numeric keyboard's ``input_event`` structs; see ``base.Decoder``."""

    poll_ms = 50

    def __init__(self) -> None:
        self._bytes = bytearray()

    def reset(self) -> None:
        self._bytes.clear()

    def poll(self, now_ms: int) -> bytes:
        return b""

    def feed(self, data: bytes) -> list[Event]:
        self._bytes += data
        pressed, garbage, others = "", 0, 0
        while True:
            event, passed = next_event(self._bytes)
            garbage += passed
            if event is None:
                return _events(pressed, garbage, others)
            if event.kind == EV_KEY and event.value == PRESSED:
                pressed += _KEYBOARD.get(event.code, "")
                others += event.code not in _KEYBOARD and event.code not in keys.SILENT

    def answer(self, feedback: Feedback) -> bytes:
        return b""


class SerialPad:
    """Decoder of a keypad that sends a byte per key; see ``base.Decoder``."""

    poll_ms = 50

    def __init__(self) -> None:
        self._last = 0

    def reset(self) -> None:
        self._last = 0

    def poll(self, now_ms: int) -> bytes:
        return b""

    def feed(self, data: bytes) -> list[Event]:
        pressed, garbage = "", 0
        for byte in data:
            if byte not in _SERIAL:
                garbage += 1
            elif byte != _LF or self._last != _CR:
                pressed += _SERIAL[byte]
            self._last = byte
        return _events(pressed, garbage)

    def answer(self, feedback: Feedback) -> bytes:
        return b""


def _events(pressed: str, garbage: int, others: int = 0) -> list[Event]:
    found: list[Event] = [KeysPressed(pressed)] if pressed else []
    found += [Noise(TYPING, others)] if others else []
    return found + ([Noise(GARBAGE, garbage)] if garbage else [])
