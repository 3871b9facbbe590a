"""The steps of a session with an OSDP reader, see ``osdp_session``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from . import osdp_codes as codes
from .osdp_feedback import Command

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
