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
    ``open_ms``: how long the relay is on, 0: as long as the lamp. ``has_inputs``: contacts are wired to it.
    ``next_key``: the reader gets this key instead of ``key``, over the secure channel.
    """

    address: int
    key: bytes | None = None
    install: bool = False
    relay: int | None = None
    uid_reversed: bool = False
    use_crc: bool = True
    encoding: str = "ascii"
    open_ms: int = 0
    has_inputs: bool = False
    next_key: bytes | None = None
    poll_every_ms: int = 40

    def __post_init__(self) -> None:
        if not 0 <= self.address <= 0x7E:
            raise ValueError(f"an OSDP address must be from 0 to 126, not {self.address}")
        keys = [key for key in (self.key, self.next_key) if key is not None]
        if any(len(key) != KEY_BYTES or key == DEFAULT_KEY for key in keys):
            raise ValueError("a reader's key must have 16 bytes and must not be the default key")

    def __repr__(self) -> str:
        return f"ReaderConfig(address={self.address}, secure={self.key is not None})"
