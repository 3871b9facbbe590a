"""The settings of an OSDP reader."""

from __future__ import annotations

from dataclasses import dataclass

from .osdp_secure import DEFAULT_KEY, KEY_BYTES


@dataclass(frozen=True, slots=True)
class ReaderConfig:
    """One reader on the line.

    ``key`` is its SCBK, 16 bytes; None means no encryption, for readers without a secure channel.
    ``install`` gives the key to a reader that still has the default key. ``relay`` is the output that
    opens the door. ``encoding`` is the display's encoding; characters that it lacks are left out.
    """

    address: int
    key: bytes | None = None
    install: bool = False
    relay: int | None = None
    uid_reversed: bool = False
    use_crc: bool = True
    encoding: str = "ascii"
    poll_every_ms: int = 40

    def __post_init__(self) -> None:
        if not 0 <= self.address <= 0x7E:
            raise ValueError(f"an OSDP address must be from 0 to 126, not {self.address}")
        if self.key is not None and (len(self.key) != KEY_BYTES or self.key == DEFAULT_KEY):
            raise ValueError("a reader's key must have 16 bytes and must not be the default key")

    def __repr__(self) -> str:
        return f"ReaderConfig(address={self.address}, secure={self.key is not None})"
