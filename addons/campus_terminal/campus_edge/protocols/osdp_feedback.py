"""Turns feedback (granted, refused, ...) into commands for a reader's lamp, buzzer, display and door."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from . import base
from . import osdp_codes as codes
from .osdp_config import ReaderConfig

#: Times of lamps and relays are in tenths of a second.
TICK_MS: Final = 100
TEXT_MAX: Final = 32
_TEMPORARY: Final = 2
_OUTPUT_OFF, _OUTPUT_ON, _OUTPUT_ON_FOR = 1, 2, 5
_TEXT_FOR: Final = 3
_TONE: Final = 2


class Command(NamedTuple):
    """A command's code and its data, before encryption."""

    code: int
    data: bytes = b""


class Sign(NamedTuple):
    """The lamp and the buzzer for an outcome: colours that alternate (ticks on, off), and beeps."""

    on: int
    off: int
    ticks_on: int
    ticks_off: int
    beeps: int
    beep_ticks: int


_LASTING: Final[Mapping[str, int]] = {base.UNLOCK: _OUTPUT_ON, base.RELOCK: _OUTPUT_OFF}
#: For other outcomes a reader shows only the text.
SIGNS: Final[Mapping[str, Sign]] = {
    base.GRANTED: Sign(codes.GREEN, codes.GREEN, 1, 0, 1, 2),
    base.REFUSED: Sign(codes.RED, codes.RED, 1, 0, 3, 1),
    base.ASKING: Sign(codes.AMBER, codes.BLACK, 2, 2, 0, 0),
    base.AGAIN: Sign(codes.AMBER, codes.RED, 2, 2, 2, 1),
}


def commands(feedback: base.Feedback, capabilities: Mapping[int, int], config: ReaderConfig) -> list[Command]:
    """Return the commands for ``feedback`` that a reader with ``capabilities`` understands.

    The relay that opens the door is switched first, because the person already pushes the door.
    """
    sign = SIGNS.get(feedback.outcome)
    found = []
    if config.relay is not None and codes.CAP_OUTPUT in capabilities:
        if feedback.outcome == base.GRANTED:
            found.append(output(config.relay, config.open_ms or feedback.duration_ms))
        elif feedback.outcome in _LASTING:
            found.append(Command(codes.OUT, bytes([config.relay, _LASTING[feedback.outcome], 0, 0])))
    if sign and codes.CAP_LED in capabilities:
        found.append(led(sign, feedback.duration_ms))
    if sign and sign.beeps and codes.CAP_BUZZER in capabilities:
        found.append(Command(codes.BUZ, bytes([0, _TONE, sign.beep_ticks, sign.beep_ticks, sign.beeps])))
    if feedback.text and codes.CAP_TEXT in capabilities:
        found += text(feedback.text, feedback.duration_ms, config.encoding)
    return found


def is_lasting(command: Command) -> bool:
    """Say whether a command is for longer than one person's tap: for the lock, or a key."""
    is_lock = command.code == codes.OUT and command.data[1] in _LASTING.values()
    return is_lock or command.code == codes.KEYSET


def led(sign: Sign, duration_ms: int) -> Command:
    """Return a command: show ``sign`` on the first lamp for ``duration_ms``, then the earlier state."""
    lamp = bytes([0, 0, _TEMPORARY, sign.ticks_on, sign.ticks_off, sign.on, sign.off])
    return Command(codes.LED, lamp + _ticks(duration_ms) + bytes(5))


def output(number: int, duration_ms: int) -> Command:
    """Return a command: switch a relay on for ``duration_ms``."""
    return Command(codes.OUT, bytes([number, _OUTPUT_ON_FOR]) + _ticks(duration_ms))


def text(lines: str, duration_ms: int, encoding: str) -> list[Command]:
    """Return commands: show up to four lines for ``duration_ms``, without characters not in ``encoding``."""
    seconds = min(max(1, (duration_ms + 999) // 1000), 0xFF)
    found = []
    for row, line in enumerate(lines.split("\n")[:4], start=1):
        # what does not fit is cut between two characters: half of one is shown as rubbish
        cut = line.encode(encoding, "ignore").strip()[:TEXT_MAX]
        shown = cut.decode(encoding, "ignore").encode(encoding)
        if shown:
            head = bytes([0, _TEXT_FOR, seconds, row, 1, len(shown)])
            found.append(Command(codes.TEXT, head + shown))
    return found


def _ticks(duration_ms: int) -> bytes:
    return min(max(1, duration_ms // TICK_MS), 0xFFFF).to_bytes(2, "little")
