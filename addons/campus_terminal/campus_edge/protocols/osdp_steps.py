"""The steps of a session with an OSDP reader, see ``osdp_session``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from . import osdp_codes as codes
from .osdp_config import ReaderConfig
from .osdp_feedback import Command
from .osdp_frame import build
from .osdp_secure import SecureChannel

IDENTIFY, ABILITY, CHALLENGE, PROVE = "identify", "ability", "challenge", "prove"
GIVE_KEY, STATUS, RUN = "give_key", "status", "run"

#: Step -> reply that leads to the next step.
AWAITS: Final[Mapping[str, int]] = {
    IDENTIFY: codes.PDID,
    ABILITY: codes.PDCAP,
    CHALLENGE: codes.CCRYPT,
    PROVE: codes.RMAC_I,
    GIVE_KEY: codes.ACK,
    STATUS: codes.LSTATR,
}
#: Step -> command without values of its own.
SENDS: Final[Mapping[str, Command]] = {
    IDENTIFY: Command(codes.ID, b"\0"),
    ABILITY: Command(codes.CAP, b"\0"),
    STATUS: Command(codes.LSTAT),
}
#: Command -> security block of its frame, while the channel is being opened.
BLOCKS: Final[Mapping[int, int]] = {codes.CHLNG: codes.SCS_CHLNG, codes.SCRYPT: codes.SCS_SCRYPT}
#: Readers report changed inputs by themselves; some do not, and a report may be lost.
INPUTS_EVERY_MS: Final = 500
#: Length of a reply that says address and speed.
COM_BYTES: Final = 5
BUSY_MAX: Final = 50
BUSY_PAUSE_MS: Final = 50
STATUS_EVERY_MS: Final = 5_000
QUEUE_MAX: Final = 16


def encode(command: Command, config: ReaderConfig, channel: SecureChannel | None, sequence: int) -> bytes:
    """Return the frame of a command: sealed as soon as the channel is open."""
    if channel is not None and channel.active:
        return channel.seal(config.address, sequence, command.code, command.data)
    block = b""
    if channel is not None and command.code in BLOCKS:
        block = bytes([BLOCKS[command.code]]) + channel.key_flag
    return build(config.address, sequence, command.code, command.data, block=block, use_crc=config.use_crc)
