"""Sends one command at a time to the PN532, with acknowledgement, deadline and retries."""

from __future__ import annotations

from typing import Final

from .base import Event, Noise
from .pn532_frames import ACK_BYTES, CHIP, HOST, NACK_BYTES, Ack, Bad, Data, Fault, Frame, FrameParser, encode

#: The chip acknowledges within 15 ms (user manual 6.2.2); USB adapters add their own delay.
ACK_TIMEOUT_MS: Final = 100
RESPONSE_TIMEOUT_MS: Final = 1000
#: When a frame does not grow for this long, its rest is lost. 275 bytes take 24 ms at 115200 baud.
FRAME_TIMEOUT_MS: Final = 100
#: The most tries of a command, including requests to repeat its answer.
TRIES: Final = 3


class LinkError(Exception):
    """The chip does not answer or refuses the command; the text is for people."""


class Link:
    """``send`` a command, then ``poll`` and ``feed``; ``result`` is the answer or an error."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.result: bytes | LinkError | None = None
        self._parser = FrameParser()
        self.reset()

    def reset(self) -> None:
        self._parser.reset()
        self._command: bytes | None = None
        self._prefix = b""
        self._tries = 0
        self._is_acknowledged = False
        self._deadline_ms = self._heard_ms = 0
        self._out = b""
        self.result = None

    def send(self, command: bytes, now_ms: int, prefix: bytes = b"") -> None:
        """Start ``command`` (payload); ``prefix`` is written before it at each try."""
        self.result, self._command, self._prefix, self._tries = None, command, prefix, 0
        self._transmit(now_ms)

    def poll(self, now_ms: int) -> bytes:
        """Check the deadlines and return bytes to write."""
        if self._parser.is_inside and now_ms - self._heard_ms >= FRAME_TIMEOUT_MS:
            self._take(self._parser.expire(), now_ms)
        if self._command is not None and now_ms >= self._deadline_ms:
            # an ACK from the host makes the chip cancel its command (user manual 6.2.1.3)
            self._again(now_ms, ACK_BYTES if self._is_acknowledged else b"", "no answer")
        out, self._out = self._out, b""
        return out

    def feed(self, data: bytes, now_ms: int) -> None:
        if data:
            self._heard_ms = now_ms
        self._take(self._parser.feed(data), now_ms)

    def _take(self, frames: list[Frame], now_ms: int) -> None:
        for frame in frames:
            if isinstance(frame, Bad):
                self.events.append(Noise(frame.reason, frame.count))
                self._damaged(frame, now_ms)
            elif self._command is None:
                continue
            elif isinstance(frame, Ack):
                self._acknowledged(now_ms)
            elif isinstance(frame, Data):
                self._answered(frame)
            elif isinstance(frame, Fault):
                self._end(LinkError(f"command {self._command[0]:02X} refused"))
            else:
                self._again(now_ms, b"", "NACK")

    def _damaged(self, frame: Bad, now_ms: int) -> None:
        """Handle a broken frame: after the ACK it was the answer, so ask the chip to repeat it."""
        if self._command is None or not self._is_acknowledged or frame.reason == "garbage":
            return
        self._tries += 1
        if self._tries <= TRIES:
            self._out += NACK_BYTES
            self._deadline_ms = now_ms + RESPONSE_TIMEOUT_MS

    def _acknowledged(self, now_ms: int) -> None:
        if not self._is_acknowledged:
            self._is_acknowledged = True
            self._deadline_ms = now_ms + RESPONSE_TIMEOUT_MS

    def _answered(self, frame: Data) -> None:
        """Handle an answer, also if its ACK was lost; ignore an answer to another command."""
        if self._command and frame.tfi == CHIP and frame.payload[:1] == bytes([self._command[0] + 1]):
            self._end(frame.payload)

    def _again(self, now_ms: int, before: bytes, reason: str) -> None:
        if self._tries >= TRIES:
            self._end(LinkError(reason))
        else:
            self._out += before
            self._transmit(now_ms)

    def _transmit(self, now_ms: int) -> None:
        self._tries += 1
        self._is_acknowledged = False
        self._deadline_ms = now_ms + ACK_TIMEOUT_MS
        self._out += self._prefix + encode(HOST, self._command or b"")

    def _end(self, result: bytes | LinkError) -> None:
        self._command, self.result = None, result
