"""Readers with a PN532 on the serial line (115200 baud): MIFARE, NTAG, DESFire, phones.

The decoder is the host's side: it wakes the chip, looks for a card again and again, reads the SUN
message of cards that have one, and waits until the card has left. It is written as a script (a
generator that yields commands and is sent answers); ``Link`` does acknowledgements, deadlines and
retries.

An ISO/IEC 14443-4 card is *not* read again while it stays, because each read gives another SUN message
and would count as a tap. Instead the chip is asked whether the card is there. If it is not, but a card
like it appears within ``MISSES`` looks, it is taken for the same card in a weak field.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Final, TypeAlias

from . import apdu, pn532_commands
from .base import READY, SICK, Event, Feedback, Noise, ReaderState, of_uid
from .pn532_link import Link, LinkError
from .presence import Presence

BAUD: Final = 115_200
#: Pause between two looks for a card.
LOOK_MS: Final = 40
#: After so many looks in a row without the card, it has left (about 450 ms).
MISSES: Final = 8
#: Pause before a chip that does not answer is woken again.
RESTART_MS: Final = 1000
#: The most parts of a card's answer to one command.
PARTS_MAX: Final = 8

#: Reasons of noise: a card left while it was read; a card has no credential that can be used.
TORN: Final = "torn"
NAMELESS: Final = "nameless"


class _Left(Exception):
    """The card left or stopped answering while it was read."""


#: Yields a command or a pause in milliseconds; is sent the command's answer.
_Script: TypeAlias = Generator[bytes | int, bytes, None]


class Pn532:
    """Decoder for a PN532; see ``base.Decoder``. Without ``reads_sun`` only the UID is read."""

    poll_ms = 10

    def __init__(self, reads_sun: bool = True) -> None:
        self._reads_sun = reads_sun
        self._link = Link()
        # looks are counted here, so there is no timeout
        self._presence = Presence(hold_ms=1 << 60)
        self._events: list[Event] = []
        self._now_ms = 0
        self._feedback: Feedback | None = None
        self._feedback_ms = 0
        self._outputs = b""
        self.reset()

    def reset(self) -> None:
        self._link.reset()
        self._events += self._presence.gone()
        self._script = self._run()
        self._resume_ms: int | None = self._now_ms
        self._outputs = b""

    def poll(self, now_ms: int) -> bytes:
        self._now_ms = now_ms
        out = self._link.poll(now_ms)
        self._move()
        return out + self._link.poll(now_ms)

    def feed(self, data: bytes) -> list[Event]:
        self._link.feed(data, self._now_ms)
        self._move()
        events = self._link.events + self._events
        self._link.events, self._events = [], []
        return events

    def answer(self, feedback: Feedback) -> bytes:
        """Store ``feedback`` for the next look in about 50 ms: the chip takes one command at a time."""
        self._feedback, self._feedback_ms = feedback, self._now_ms
        return b""

    # -- the script's engine ------------------------------------------------------------------
    def _move(self) -> None:
        """Continue the script if its answer has come or its pause has passed."""
        result, self._link.result = self._link.result, None
        try:
            if self._resume_ms is not None and self._now_ms >= self._resume_ms:
                self._resume_ms = None
                self._take(next(self._script))
            elif isinstance(result, LinkError):
                self._take(self._script.throw(result))
            elif result is not None:
                self._take(self._script.send(result))
        except LinkError as error:
            self._events += [*self._presence.gone(), ReaderState(SICK, str(error))]
            self._script, self._resume_ms, self._outputs = self._run(), self._now_ms + RESTART_MS, b""

    def _take(self, step: bytes | int) -> None:
        if isinstance(step, int):
            self._resume_ms = self._now_ms + step
        else:
            prefix = pn532_commands.WAKE_UP if step == pn532_commands.SAM_NORMAL else b""
            self._link.send(step, self._now_ms, prefix)

    # -- the script ---------------------------------------------------------------------------
    def _run(self) -> _Script:
        yield pn532_commands.SAM_NORMAL
        name = pn532_commands.parse_firmware((yield pn532_commands.GET_FIRMWARE))
        if name is None:
            raise LinkError("this is not a PN532")
        yield pn532_commands.FEW_RETRIES
        # a card at the first look was there before, see presence
        target = pn532_commands.parse_target((yield pn532_commands.LIST_ONE_TYPE_A))
        self._events.append(ReaderState(READY, name))
        if target is not None:
            target = yield from self._watch(target)
        while True:
            yield from self._lamps()
            if target is None:
                target = pn532_commands.parse_target((yield pn532_commands.LIST_ONE_TYPE_A))
            if target is not None:
                target = yield from self._visit(target)
            yield LOOK_MS

    def _visit(
        self, target: pn532_commands.Target
    ) -> Generator[bytes | int, bytes, pn532_commands.Target | None]:
        """Report a card and wait until it has left; return another card that took its place."""
        try:
            credential = yield from self._credential(target)
        except _Left:
            self._events.append(Noise(TORN))
        else:
            if credential is None:
                self._events.append(Noise(NAMELESS))
            else:
                self._events += self._presence.seen(credential, self._now_ms)
        following = yield from self._watch(target)
        self._events += self._presence.gone()
        return following

    def _credential(self, target: pn532_commands.Target) -> Generator[bytes | int, bytes, str | None]:
        if not (target.is_iso_dep and self._reads_sun):
            return of_uid(target.raw_uid)
        dialogue = apdu.read_credential(target.raw_uid)
        try:
            command = next(dialogue)
            while True:
                command = dialogue.send((yield from self._exchange(target.number, command)))
        except StopIteration as end:
            return end.value  # type: ignore[no-any-return]

    def _exchange(self, number: int, command: bytes) -> Generator[bytes | int, bytes, bytes]:
        """Send ``command`` to the card; return its whole answer."""
        answer = b""
        for _ in range(PARTS_MAX):
            error, is_more, data = pn532_commands.parse_exchange(
                (yield pn532_commands.exchange(number, command))
            )
            if error:
                raise _Left
            answer, command = answer + data, b""
            if not is_more:
                break
        if is_more or len(answer) < 2:
            raise _Left
        return answer

    def _watch(
        self, target: pn532_commands.Target
    ) -> Generator[bytes | int, bytes, pn532_commands.Target | None]:
        """Look until the card has left; return another card that is there instead, if any."""
        misses = 0
        while misses < MISSES:
            yield from self._lamps()
            yield LOOK_MS
            if target.is_iso_dep:
                answer = yield pn532_commands.IS_CARD_THERE
                if answer[1:2] == b"\x00":
                    misses = 0
                    continue
                # after a broken dialogue a card is found again only after its power was off
                yield pn532_commands.FIELD_OFF
            found = pn532_commands.parse_target((yield pn532_commands.LIST_ONE_TYPE_A))
            if found is not None and not found.is_like(target):
                return found
            misses = 0 if found is not None else misses + 1
        return None

    def _lamps(self) -> _Script:
        wanted = pn532_commands.outputs(self._feedback, self._now_ms - self._feedback_ms)
        if wanted != self._outputs:
            yield wanted
            self._outputs = wanted
