"""The secure channel of OSDP v2 (2.2 annex D), on the control panel's side.

Both sides prove that they know the reader's base key (SCBK, 16 bytes) and agree on session keys. After
that every frame has a MAC that depends on the MAC before it. So a frame that was recorded, changed, left
out or forged is detected.

A new reader from the factory has only SCBK-D, the default key, which is public. It is used for one
purpose: to give the reader its own key.
"""

from __future__ import annotations

import hmac
from typing import Final

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from . import osdp_codes as codes
from .osdp_frame import MAC_BYTES, Frame, build

KEY_BYTES: Final = 16
RANDOM_BYTES: Final = 8
#: SCBK-D, published in the standard.
DEFAULT_KEY: Final = bytes(range(0x30, 0x40))

_PAD: Final = b"\x80"


class SecureChannel:
    """One session: handshake, then ``seal`` and ``open_frame``. A new one is made for each handshake."""

    def __init__(self, key: bytes, rnd_a: bytes, *, use_crc: bool = True) -> None:
        """Begin with the base key and 8 random bytes."""
        self.rnd_a: Final = rnd_a
        #: The key in the security blocks of the handshake: 0 for the default key, 1 for the reader's own.
        self.key_flag: Final = bytes([0 if key == DEFAULT_KEY else 1])
        self.active = False
        self._is_proven = False
        self._use_crc = use_crc
        self._enc = _ecb(key, b"\x01\x82" + rnd_a[:6] + bytes(8))
        self._mac1 = _ecb(key, b"\x01\x01" + rnd_a[:6] + bytes(8))
        self._mac2 = _ecb(key, b"\x01\x02" + rnd_a[:6] + bytes(8))
        self._c_mac = bytes(16)
        self._r_mac = bytes(16)

    def server_cryptogram(self, reply: bytes) -> bytes | None:
        """Return our cryptogram for a CCRYPT's 32 bytes; None when the reader has another key."""
        rnd_b, cryptogram = reply[8:16], reply[16:32]
        if len(reply) != 32 or not hmac.compare_digest(_ecb(self._enc, self.rnd_a + rnd_b), cryptogram):
            return None
        self._is_proven = True
        ours = _ecb(self._enc, rnd_b + self.rnd_a)
        self._r_mac = _ecb(self._mac2, _ecb(self._mac1, ours))
        return ours

    def activate(self, reply: bytes, block: bytes) -> bool:
        """Take an RMAC_I; the channel is open if the reader has accepted our cryptogram."""
        accepted = block[1:2] == b"\x01"
        self.active = self._is_proven and accepted and hmac.compare_digest(reply, self._r_mac)
        return self.active

    def seal(self, address: int, sequence: int, code: int, data: bytes) -> bytes:
        """Return a command's frame with MAC, its data encrypted."""
        kind = codes.SCS_COMMAND_DATA if data else codes.SCS_COMMAND
        if data:
            data = _cbc(self._enc, _inverted(self._r_mac), _padded(data), encrypt=True)
        return build(
            address, sequence, code, data, block=bytes([kind]), mac=self._command_mac, use_crc=self._use_crc
        )

    def open_frame(self, frame: Frame) -> bytes | None:
        """Return the plain data of a reply; None when it is not the reader's next frame."""
        if frame.block[0] not in (codes.SCS_REPLY, codes.SCS_REPLY_DATA):
            return None
        full = self._mac(frame.covered, self._c_mac)
        if not hmac.compare_digest(full[:MAC_BYTES], frame.mac):
            return None
        self._r_mac = full
        if frame.block[0] == codes.SCS_REPLY:
            return frame.data
        if not frame.data or len(frame.data) % 16:
            return None
        return _unpadded(_cbc(self._enc, _inverted(self._c_mac), frame.data, encrypt=False))

    def _command_mac(self, covered: bytes) -> bytes:
        self._c_mac = self._mac(covered, self._r_mac)
        return self._c_mac[:MAC_BYTES]

    def _mac(self, covered: bytes, chain: bytes) -> bytes:
        """CBC over all blocks, the last one with the second key; the IV is the other side's last MAC."""
        padded = covered if len(covered) % 16 == 0 else _padded(covered)
        if len(padded) > 16:
            chain = _cbc(self._mac1, chain, padded[:-16], encrypt=True)[-16:]
        return _cbc(self._mac2, chain, padded[-16:], encrypt=True)


def _padded(data: bytes) -> bytes:
    return data + _PAD + bytes(-(len(data) + 1) % 16)


def _unpadded(data: bytes) -> bytes | None:
    stripped = data.rstrip(b"\0")
    return stripped[:-1] if stripped.endswith(_PAD) else None


def _inverted(mac: bytes) -> bytes:
    return bytes(byte ^ 0xFF for byte in mac)


def _ecb(key: bytes, block: bytes) -> bytes:
    # CBC of one block with a zero IV is the plain block cipher
    return _cbc(key, bytes(16), block, encrypt=True)


def _cbc(key: bytes, iv: bytes, data: bytes, *, encrypt: bool) -> bytes:
    cipher = Cipher(algorithms.AES(key), modes.CBC(iv))
    context = cipher.encryptor() if encrypt else cipher.decryptor()
    return context.update(data) + context.finalize()
