"""OSDP v2: readers on an RS-485 line, several to a line, usually under a secure channel.

Our side is the *control panel* (CP): the edge asks, readers (*peripheral devices*, PD) answer. That
is the side the standard gives to the one who decides about cards; a reader never speaks unasked, so
one program can have up to 126 of them on two wires, and a reader that is torn off is noticed within a
second. The reader's side is in ``simulators/osdp_reader.py`` (libosdp, which is not our code: what
the two say to each other is the standard, not our opinion of it).

``OsdpBus`` is the line. ``OsdpReader`` is a line with one reader behind the common decoder's
interface of ``base``.

Order on the line: one command, then its answer or ``reply_ms`` of silence, then the next reader whose
turn it is. The same command is sent again, unchanged, up to three times; then the reader is ``lost``
and greeted anew with growing pauses. Bytes that are no frame are counted as ``Noise("garbage")``.
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

#: The standard gives a reader 200 ms to begin its answer; the rest is for slow lines.
REPLY_MS: Final = 300
POLL_MS: Final = 10

RandomBytes: TypeAlias = Callable[[int], bytes]


class OsdpBus:
    """A line with one or more readers; see the module's docstring and ``base`` for how it is driven."""

    poll_ms = POLL_MS

    def __init__(
        self,
        readers: Iterable[ReaderConfig],
        *,
        reply_ms: int = REPLY_MS,
        random_bytes: RandomBytes = secrets.token_bytes,
    ) -> None:
        """Take the readers, each with an address of its own (else ``ValueError``)."""
        self._order = [Session(config, random_bytes) for config in readers]
        self._sessions = {session.config.address: session for session in self._order}
        if not self._order or len(self._order) != len(self._sessions):
            raise ValueError("a line has at least one reader, and each its own address")
        self._reply_ms = reply_ms
        self._splitter = Splitter()
        self._asked: Session | None = None
        self._deadline_ms = 0
        self._now_ms = 0

    def reset(self) -> None:
        """Forget what was half received; all readers are greeted anew."""
        self._splitter.clear()
        self._asked = None
        for session in self._order:
            session.reset()
            session.due_ms = self._now_ms

    def poll(self, now_ms: int) -> bytes:
        """Move on to ``now_ms``; return the frame to write, maybe none."""
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
        """Take what was read; return ``(address, event)`` of all readers since the last call.

        Noise on the line belongs to the reader that was asked, or to the first.
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
        """Have the reader at ``address`` show ``feedback`` in its next turn."""
        session = self._sessions[address]
        session.show(feedback)
        if session is not self._asked:
            session.due_ms = min(session.due_ms, self._now_ms)

    def move(self, address: int, new_address: int, baud: int) -> None:
        """Have the ready reader at ``address`` answer at another address and speed from now on.

        Only for a line with that reader alone: at another speed the others are not understood.
        """
        self._sessions[address].move(new_address, baud)

    def moved_to(self, address: int) -> tuple[int, int] | None:
        """Return address and speed that the reader has agreed to; None as long as it has not."""
        return self._sessions[address].moved_to

    def state(self, address: int) -> str:
        """Return the state of the reader at ``address``, one of ``base``."""
        return self._sessions[address].reports.state

    def is_secure(self, address: int) -> bool:
        """Say whether the secure channel to the reader at ``address`` is open."""
        return self._sessions[address].is_secure

    def _on_frame(self, frame: Frame) -> None:
        # an adapter may echo what was written: frames without the reply bit are ours
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
        """Forget what was half received; the reader is greeted anew."""
        self.bus.reset()

    def poll(self, now_ms: int) -> bytes:
        """Move on to ``now_ms``; return the frame to write, maybe none."""
        return self.bus.poll(now_ms)

    def feed(self, data: bytes) -> list[Event]:
        """Take what was read; return the events since the last call."""
        return [event for _address, event in self.bus.feed(data)]

    def answer(self, feedback: Feedback) -> bytes:
        """Have the reader show ``feedback`` in its next turn; nothing may be written out of turn."""
        self.bus.answer(self._address, feedback)
        return b""
