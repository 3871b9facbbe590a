"""A simulated PN532 module on a serial line, with a card in its field.

It supports the commands that host programs use to find cards and to exchange data with them (user manual,
chapter 7). Like the chip, it sleeps until it is woken, and it finds an ISO/IEC 14443-4 card only once
until the field was off.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from ..protocols.pn532_frames import (
    ACK_BYTES,
    CHIP,
    ERROR_BYTES,
    HOST,
    Ack,
    Data,
    Frame,
    FrameParser,
    Nack,
    encode,
)
from .cards import Card

#: So many bytes wake the chip (five rising edges, 7.2.11); these bytes are lost.
WAKE_BYTES: Final = 2
#: Status bytes of commands with a card, user manual 7.1.
TIMED_OUT, WRONG_CONTEXT = 0x01, 0x27


class Pn532Module:
    """A ``wire.Device``. ``put`` and ``take`` move the card; ``green``, ``red`` and ``buzzer`` are
    the states of P71, P72 and P35. ``delay_ms`` is the delay before each answer."""

    def __init__(self, delay_ms: int = 0) -> None:
        self.card: Card | None = None
        self.delay_ms = delay_ms
        self.green = self.red = self.buzzer = False
        #: The states of lamps and buzzer so far, newest last: ``(green, red, buzzer)``.
        self.shown: list[tuple[bool, bool, bool]] = []
        self._parser = FrameParser()
        self._awake = False
        self._active: Card | None = None
        self._now_ms = 0
        self._waiting: tuple[int, bytes] | None = None
        self._last = b""
        self._commands: dict[int, Callable[[bytes], bytes | None]] = {
            0x00: self._diagnose,
            0x02: lambda body: b"\x32\x01\x06\x07",
            0x04: lambda body: b"\x00\x01\x00\x80",
            0x06: lambda body: bytes(len(body) // 2),
            0x08: lambda body: b"",
            0x0E: self._write_gpio,
            0x10: lambda body: b"",
            0x12: lambda body: b"",
            0x14: lambda body: b"",
            0x16: self._power_down,
            0x32: self._rf_configuration,
            0x40: self._exchange,
            0x44: self._leave,
            0x4A: self._list_targets,
            0x52: self._leave,
        }

    def put(self, card: Card) -> None:
        """Put ``card`` into the field."""
        self.card = card

    def take(self) -> None:
        """Take the card away."""
        self.card = self._active = None

    def feed(self, data: bytes) -> bytes:
        if not self._awake:
            if len(data) <= WAKE_BYTES:
                return b""
            self._awake, data = True, data[WAKE_BYTES:]
        return b"".join(self._answer(frame) for frame in self._parser.feed(data))

    def poll(self, now_ms: int) -> bytes:
        self._now_ms = now_ms
        if self._waiting is None or now_ms < self._waiting[0]:
            return b""
        out, self._waiting = self._waiting[1], None
        return out

    def _answer(self, frame: Frame) -> bytes:
        if isinstance(frame, Ack):
            self._waiting = None
        elif isinstance(frame, Nack):
            return self._last
        elif isinstance(frame, Data) and frame.tfi == HOST and frame.payload:
            return ACK_BYTES + self._later(self._perform(frame.payload))
        return b""

    def _later(self, out: bytes) -> bytes:
        self._last = out
        if not self.delay_ms:
            return out
        self._waiting = self._now_ms + self.delay_ms, out
        return b""

    def _perform(self, payload: bytes) -> bytes:
        command = self._commands.get(payload[0])
        answer = command(payload[1:]) if command else None
        if answer is None:
            return ERROR_BYTES
        return encode(CHIP, bytes([payload[0] + 1]) + answer)

    # -- commands: take parameters, return the answer without its code; None is a syntax error ----
    def _diagnose(self, body: bytes) -> bytes | None:
        if body[:1] == b"\x00":
            return body
        if body[:1] == b"\x06":
            is_there = self._active is not None and self._active is self.card
            return b"\x00" if is_there else bytes([TIMED_OUT])
        return b"\x00" if body else None

    def _power_down(self, body: bytes) -> bytes:
        self._awake, self._active = False, None
        return b"\x00"

    def _write_gpio(self, body: bytes) -> bytes | None:
        if len(body) != 2:
            return None
        if body[0] & 0x80:
            self.buzzer = bool(body[0] & 0x20)
        if body[1] & 0x80:
            self.green, self.red = bool(body[1] & 0x02), bool(body[1] & 0x04)
        self.shown.append((self.green, self.red, self.buzzer))
        return b""

    def _rf_configuration(self, body: bytes) -> bytes | None:
        if len(body) < 2:
            return None
        if body[0] == 0x01 and not body[1] & 0x01:
            self._active = None
        return b""

    def _list_targets(self, body: bytes) -> bytes | None:
        if len(body) < 2 or body[0] not in (1, 2):
            return None
        card = self.card
        in_dialogue = self._active is card and card is not None and card.sel_res & 0x20
        if body[1] != 0x00 or card is None or in_dialogue:
            return b"\x00"
        card.enter()
        self._active = card
        uid = card.raw_uid
        return b"\x01\x01" + card.sens_res + bytes([card.sel_res, len(uid)]) + uid + card.ats

    def _exchange(self, body: bytes) -> bytes | None:
        if len(body) < 1:
            return None
        if self._active is None or body[0] & 0x3F != 1:
            return bytes([WRONG_CONTEXT if self.card else TIMED_OUT])
        answer = self._active.apdu(body[1:])
        return bytes([TIMED_OUT]) if answer is None else b"\x00" + answer

    def _leave(self, body: bytes) -> bytes | None:
        self._active = None
        return b"\x00" if len(body) == 1 else None
