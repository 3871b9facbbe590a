"""OSDP v2: readers on an RS-485 line, several to a line, usually under a secure channel.

The edge is the *control panel* (CP) and asks; readers are *peripheral devices* (PD) and answer. A reader
never sends unasked. So one program can serve up to 126 readers on two wires, and it notices within a
second that a reader was removed. ``simulators/osdp_reader.py`` is the reader's side. It uses libosdp,
which others wrote, so tests with it show that our side follows the standard.

``OsdpBus`` is the line. ``OsdpReader`` is a line with one reader, with the decoder's interface of
``base``.

Order on the line: one command, then its answer or ``reply_ms`` of silence, then the next reader whose
turn it is. A command without an answer is repeated unchanged; after three tries the reader is ``lost``
and its session begins again, with growing pauses. Bytes that are no frame count as ``Noise("garbage")``.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from typing import Final, TypeAlias

from .base import Event, Feedback, Noise
from .osdp_config import ReaderConfig
from .osdp_frame import MARK, Frame, Splitter
from .osdp_session import Session

__all__ = ["OsdpBus", "OsdpReader", "ReaderConfig"]

#: The standard allows a reader 200 ms to begin its answer; the rest is for slow lines.
REPLY_MS: Final = 300
POLL_MS: Final = 10

RandomBytes: TypeAlias = Callable[[int], bytes]


class OsdpBus:
    """A line with one or more readers; see the module's docstring and ``base`` for how to call it."""

    poll_ms = POLL_MS

    def __init__(
        self,
        readers: Iterable[ReaderConfig],
        *,
        reply_ms: int = REPLY_MS,
        random_bytes: RandomBytes = secrets.token_bytes,
    ) -> None:
        """Make a line with these readers; ``ValueError`` if two have the same address, or there is none."""
        self._order = [Session(config, random_bytes) for config in readers]
        self._sessions = {session.config.address: session for session in self._order}
        if not self._order or len(self._order) != len(self._sessions):
            raise ValueError("a line must have at least one reader, and each its own address")
        self._reply_ms = reply_ms
        self._splitter = Splitter()
        self._asked: Session | None = None
        self._deadline_ms = 0
        self._now_ms = 0

    def reset(self) -> None:
        """Forget partly received data; begin the sessions of all readers again."""
        self._splitter.clear()
        self._asked = None
        for session in self._order:
            session.reset()
            session.due_ms = self._now_ms

    def poll(self, now_ms: int) -> bytes:
        """Do what is due at ``now_ms``; return the frame to write, maybe none."""
        self._now_ms = now_ms
        for session in self._order:
            session.reports.tick(now_ms)
        if self._asked is not None:
            if now_ms < self._deadline_ms:
                return b""
            self._asked.on_silence(now_ms)
            self._asked = None
        session = min(self._order, key=lambda each: each.due_ms)
        if session.due_ms > now_ms:
            return b""
        self._asked = session
        self._deadline_ms = now_ms + self._reply_ms
        self._splitter.clear()
        return MARK + session.next_frame(now_ms)

    def feed(self, data: bytes) -> list[tuple[int, Event]]:
        """Take the bytes read; return ``(address, event)`` of all readers since the last call.

        Noise is reported for the reader that was asked, else for the first one.
        """
        for frame in self._splitter.feed(data):
            self._on_frame(frame)
        found: list[tuple[int, Event]] = []
        for address, session in self._sessions.items():
            found += [(address, event) for event in session.reports.fetch()]
        if self._splitter.noise:
            asked = self._asked or self._order[0]
            found.append((asked.config.address, Noise("garbage", self._splitter.noise)))
            self._splitter.noise = 0
        return found

    def answer(self, address: int, feedback: Feedback) -> None:
        """Queue ``feedback`` for the reader at ``address``, for its next turn."""
        session = self._sessions[address]
        session.show(feedback)
        if session is not self._asked:
            session.due_ms = min(session.due_ms, self._now_ms)

    def rekey(self, address: int, key: bytes) -> None:
        """Give the reader at ``address`` another key while it runs; ``Rekeyed`` tells that it has it."""
        self._sessions[address].rekey(key)

    def move(self, address: int, new_address: int, baud: int) -> None:
        """Set another address and speed of the ready reader at ``address``.

        Only for a line with one reader: the others would still use the old speed.
        """
        self._sessions[address].move(new_address, baud)

    def moved_to(self, address: int) -> tuple[int, int] | None:
        """Return the address and speed that the reader has confirmed, None before that."""
        return self._sessions[address].moved_to

    def state(self, address: int) -> str:
        """Return the state of the reader at ``address``, one of ``base``."""
        return self._sessions[address].reports.state

    def is_secure(self, address: int) -> bool:
        """Say whether the secure channel to the reader at ``address`` is open."""
        return self._sessions[address].is_secure

    def _on_frame(self, frame: Frame) -> None:
        # an adapter may echo our own frames: these have no reply bit
        if self._asked is None or not frame.is_reply or frame.address != self._asked.config.address:
            return
        if self._asked.on_frame(frame, self._now_ms):
            self._asked = None


class OsdpReader:
    """A line with one reader, as a ``base.Decoder``."""

    poll_ms = POLL_MS

    def __init__(
        self,
        config: ReaderConfig,
        *,
        reply_ms: int = REPLY_MS,
        random_bytes: RandomBytes = secrets.token_bytes,
    ) -> None:
        self.bus: Final = OsdpBus([config], reply_ms=reply_ms, random_bytes=random_bytes)
        self._address = config.address

    @property
    def is_secure(self) -> bool:
        """Whether the secure channel is open."""
        return self.bus.is_secure(self._address)

    def reset(self) -> None:
        """Forget partly received data; begin the reader's session again."""
        self.bus.reset()

    def poll(self, now_ms: int) -> bytes:
        """Do what is due at ``now_ms``; return the frame to write, maybe none."""
        return self.bus.poll(now_ms)

    def feed(self, data: bytes) -> list[Event]:
        """Take the bytes read; return the events since the last call."""
        return [event for _address, event in self.bus.feed(data)]

    def answer(self, feedback: Feedback) -> bytes:
        """Queue ``feedback`` for the reader's next turn; nothing may be written between turns."""
        self.bus.answer(self._address, feedback)
        return b""
