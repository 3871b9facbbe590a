"""The PN532 commands that we use: PN532 user manual (UM0701-02), chapter 7.

Payloads without frames: command code and parameters; an answer has the command's code plus one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from .base import AGAIN, GRANTED, REFUSED, Feedback

DIAGNOSE, FIRMWARE, WRITE_GPIO = 0x00, 0x02, 0x0E
SAM_CONFIGURATION, RF_CONFIGURATION = 0x14, 0x32
DATA_EXCHANGE, LIST_TARGETS, RELEASE = 0x40, 0x4A, 0x52

#: 7.2.11 and 3.1.3.2: bytes that wake the chip on the serial line, and time for its clock to start.
WAKE_UP: Final = b"\x55\x55" + bytes(14)
#: 7.2.10: normal mode, without a SAM; time-out unused, P70_IRQ used.
SAM_NORMAL: Final = bytes([SAM_CONFIGURATION, 0x01, 0x14, 0x01])
GET_FIRMWARE: Final = bytes([FIRMWARE])
#: 7.3.1, item 5: a card search gives up after the second retry, about 20 ms.
FEW_RETRIES: Final = bytes([RF_CONFIGURATION, 0x05, 0xFF, 0x01, 0x02])
#: 7.3.1, item 1: field off; the next search switches it on. Cards forget everything.
FIELD_OFF: Final = bytes([RF_CONFIGURATION, 0x01, 0x00])
#: 7.3.5: one card, 106 kbit/s type A.
LIST_ONE_TYPE_A: Final = bytes([LIST_TARGETS, 0x01, 0x00])
#: 7.2.1, test 6: is the ISO/IEC 14443-4 card still there?
IS_CARD_THERE: Final = bytes([DIAGNOSE, 0x06])

#: The most data bytes of one InDataExchange (7.3.8).
EXCHANGE_BYTES_MAX: Final = 262
_MORE, _ERROR = 0x40, 0x3F
_ISO_DEP: Final = 0x20

# -- outputs: pins that are free on the usual modules with a serial line --------------------
#: Bit 7 makes the chip take the byte; P30 to P34 stay high, P32 and P33 are interrupts.
_P3_IDLE, _P7_IDLE = 0x9F, 0x80
_BUZZER_P35, _GREEN_P71, _RED_P72 = 0x20, 0x02, 0x04
#: How long the buzzer sounds, by outcome, in milliseconds.
BEEP_MS: Final = {GRANTED: 80, AGAIN: 250, REFUSED: 500}


@dataclass(frozen=True, slots=True)
class Target:
    """A card that the chip has found: its number in the chip, and its UID in the card's byte order."""

    number: int
    raw_uid: bytes
    is_iso_dep: bool

    def is_like(self, other: Target) -> bool:
        """Say whether it may be the same card; with random UIDs that is not certain."""
        same_kind = self.is_iso_dep is other.is_iso_dep
        both_random = all(len(card.raw_uid) == 4 and card.raw_uid[0] == 0x08 for card in (self, other))
        return same_kind and (both_random or self.raw_uid == other.raw_uid)


def parse_target(answer: bytes) -> Target | None:
    """Return the card of an answer to ``LIST_ONE_TYPE_A``; None: no card, or an invalid answer."""
    if len(answer) < 7 or answer[1] != 1:
        return None
    size = answer[6]
    raw_uid = answer[7 : 7 + size]
    if len(raw_uid) != size or size not in (4, 7, 10):
        return None
    return Target(answer[2], raw_uid, bool(answer[5] & _ISO_DEP))


def parse_firmware(answer: bytes) -> str | None:
    """Return ``PN532 1.6``; None if this is not a PN532's answer."""
    if len(answer) != 5 or answer[1] != 0x32:
        return None
    return f"PN532 {answer[2]}.{answer[3]}"


def exchange(number: int, data: bytes) -> bytes:
    """Return InDataExchange of ``data`` with the card of that number."""
    return bytes([DATA_EXCHANGE, number]) + data


def parse_exchange(answer: bytes) -> tuple[int, bool, bytes]:
    """Return error code (0: none), whether more follows, and the card's bytes."""
    if len(answer) < 2:
        return _ERROR, False, b""
    return answer[1] & _ERROR, bool(answer[1] & _MORE), answer[2:]


def outputs(feedback: Feedback | None, elapsed_ms: int) -> bytes:
    """Return WriteGPIO for the lamps and buzzer ``elapsed_ms`` after ``feedback`` was given.

    Green on P71, red on P72, buzzer on P35, each high when on; while the server is asked both
    lamps are on.
    """
    p3, p7 = _P3_IDLE, _P7_IDLE
    if feedback is not None and elapsed_ms < feedback.duration_ms:
        p7 |= 0 if feedback.outcome in (REFUSED, AGAIN) else _GREEN_P71
        p7 |= 0 if feedback.outcome == GRANTED else _RED_P72
        p3 |= _BUZZER_P35 if elapsed_ms < BEEP_MS.get(feedback.outcome, 0) else 0
    return bytes([WRITE_GPIO, p3, p7])
