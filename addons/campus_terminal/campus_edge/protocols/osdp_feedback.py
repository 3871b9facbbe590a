"""Turns feedback (granted, refused, ...) into commands for a reader's lamp, buzzer, display and door."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from . import base, osdp_codes

#: Times of lamps and relays are in tenths of a second.
TICK_MS: Final = 100
TEXT_MAX: Final = 32
_TEMPORARY: Final = 2
_OUTPUT_ON_FOR: Final = 5
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


#: For other outcomes a reader shows only the text.
SIGNS: Final[Mapping[str, Sign]] = {
    base.GRANTED: Sign(osdp_codes.GREEN, osdp_codes.GREEN, 1, 0, 1, 2),
    base.REFUSED: Sign(osdp_codes.RED, osdp_codes.RED, 1, 0, 3, 1),
    base.ASKING: Sign(osdp_codes.AMBER, osdp_codes.BLACK, 2, 2, 0, 0),
    base.AGAIN: Sign(osdp_codes.AMBER, osdp_codes.RED, 2, 2, 2, 1),
}


def commands(
    feedback: base.Feedback, capabilities: Mapping[int, int], relay: int | None, encoding: str = "ascii"
) -> list[Command]:
    """Return the commands for ``feedback`` that a reader with ``capabilities`` understands.

    ``relay`` is the number of the output that opens the door, or None; it is switched first,
    because the person already pushes the door.
    """
    sign = SIGNS.get(feedback.outcome)
    found = []
    if feedback.outcome == base.GRANTED and relay is not None and osdp_codes.CAP_OUTPUT in capabilities:
        found.append(output(relay, feedback.duration_ms))
    if sign and osdp_codes.CAP_LED in capabilities:
        found.append(led(sign, feedback.duration_ms))
    if sign and sign.beeps and osdp_codes.CAP_BUZZER in capabilities:
        found.append(Command(osdp_codes.BUZ, bytes([0, _TONE, sign.beep_ticks, sign.beep_ticks, sign.beeps])))
    if feedback.text and osdp_codes.CAP_TEXT in capabilities:
        found += text(feedback.text, feedback.duration_ms, encoding)
    return found


def led(sign: Sign, duration_ms: int) -> Command:
    """Return a command: show ``sign`` on the first lamp for ``duration_ms``, then the earlier state."""
    lamp = bytes([0, 0, _TEMPORARY, sign.ticks_on, sign.ticks_off, sign.on, sign.off])
    return Command(osdp_codes.LED, lamp + _ticks(duration_ms) + bytes(5))


def output(number: int, duration_ms: int) -> Command:
    """Return a command: switch a relay on for ``duration_ms``."""
    return Command(osdp_codes.OUT, bytes([number, _OUTPUT_ON_FOR]) + _ticks(duration_ms))


def text(lines: str, duration_ms: int, encoding: str) -> list[Command]:
    """Return commands: show up to four lines for ``duration_ms``, without characters not in ``encoding``."""
    seconds = min(max(1, (duration_ms + 999) // 1000), 0xFF)
    found = []
    for row, line in enumerate(lines.split("\n")[:4], start=1):
        shown = line.encode(encoding, "ignore").strip()[:TEXT_MAX]
        if shown:
            head = bytes([0, _TEXT_FOR, seconds, row, 1, len(shown)])
            found.append(Command(osdp_codes.TEXT, head + shown))
    return found


def _ticks(duration_ms: int) -> bytes:
    return min(max(1, duration_ms // TICK_MS), 0xFFFF).to_bytes(2, "little")
