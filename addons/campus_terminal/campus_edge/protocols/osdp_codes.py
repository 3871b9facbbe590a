"""Numbers of OSDP v2 (SIA OSDP 2.2, IEC 60839-11-5): commands, replies, reasons, capabilities."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

# -- commands of the control panel, 2.2 table A.1 -------------------------------------
POLL: Final = 0x60
ID: Final = 0x61
CAP: Final = 0x62
LSTAT: Final = 0x64
ISTAT: Final = 0x65
OUT: Final = 0x68
LED: Final = 0x69
BUZ: Final = 0x6A
TEXT: Final = 0x6B
COMSET: Final = 0x6E
KEYSET: Final = 0x75
CHLNG: Final = 0x76
SCRYPT: Final = 0x77

# -- replies of the peripheral device, 2.2 table A.2 -------------------------------------
ACK: Final = 0x40
NAK: Final = 0x41
PDID: Final = 0x45
PDCAP: Final = 0x46
LSTATR: Final = 0x48
ISTATR: Final = 0x49
OSTATR: Final = 0x4A
RSTATR: Final = 0x4B
RAW: Final = 0x50
KEYPAD: Final = 0x53
COM: Final = 0x54
CCRYPT: Final = 0x76
RMAC_I: Final = 0x78
BUSY: Final = 0x79

# -- first byte of a NAK's data, 2.2 table 47 ------------------------------------------------
NAK_CHECK: Final = 1
NAK_SEQUENCE: Final = 4
NAK_BLOCK: Final = 5
NAK_SECURITY: Final = 6
NAK_REASONS: Final[Mapping[int, str]] = {
    NAK_CHECK: "check characters wrong",
    2: "wrong length",
    3: "unknown command",
    NAK_SEQUENCE: "unexpected sequence number",
    NAK_BLOCK: "secure channel not supported",
    NAK_SECURITY: "secure channel needed",
    7: "biometric type not supported",
    8: "biometric format not supported",
    9: "cannot process",
}
#: After these reasons the two sides are out of step: the session begins again.
NAK_RESTARTS: Final = frozenset({NAK_CHECK, NAK_SEQUENCE, NAK_BLOCK, NAK_SECURITY})

# -- security blocks, 2.2 annex D ---------------------------------------------------------
SCS_CHLNG: Final = 0x11
SCS_CCRYPT: Final = 0x12
SCS_SCRYPT: Final = 0x13
SCS_RMAC_I: Final = 0x14
SCS_COMMAND: Final = 0x15
SCS_REPLY: Final = 0x16
SCS_COMMAND_DATA: Final = 0x17
SCS_REPLY_DATA: Final = 0x18

# -- functions of a PDCAP entry, 2.2 annex B ------------------------------------------------
CAP_INPUT: Final = 1
CAP_OUTPUT: Final = 2
CAP_LED: Final = 4
CAP_BUZZER: Final = 5
CAP_TEXT: Final = 6
CAP_CHECK: Final = 8
CAP_SECURITY: Final = 9

# -- colours of a lamp ------------------------------------------------------------------------
BLACK: Final = 0
RED: Final = 1
GREEN: Final = 2
AMBER: Final = 3
