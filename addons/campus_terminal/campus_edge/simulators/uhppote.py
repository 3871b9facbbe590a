"""A controller board in software: speaks the UDP protocol of UHPPOTE boards, 64 bytes a message.

It has cards, time profiles, a ring of events that are read by index, and decides by itself, as the board does.
"""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from collections.abc import Callable
from datetime import datetime
from typing import Final

SIZE: Final = 64
_SOM: Final = 0x17
#: The most events that it keeps.
RING: Final = 200
SWIPE, DOOR, ALARM = 1, 2, 3
OK, NO_RIGHT, OUTSIDE_TIME, DOOR_CLOSED = 1, 6, 13, 11
CONTROLLED, NORMALLY_OPEN, NORMALLY_CLOSED = 3, 1, 2


class UhppoteBoard:
    """The board with a serial number; ``with`` it listens on a free port of 127.0.0.1."""

    def __init__(self, serial: int, now: Callable[[], datetime] = datetime.now) -> None:
        self.serial = serial
        self.now = now
        #: Number -> the 16 bytes of dates, doors and PIN, in the order in which they came; None: deleted.
        self.cards: dict[int, bytes | None] = {}
        self.profiles: dict[int, bytes] = {}
        self.modes = dict.fromkeys(range(1, 5), CONTROLLED)
        self.events: list[tuple[int, int, int, bool, int, int, int, datetime]] = []
        self.last_index = 0
        self.requests: list[int] = []
        self.is_silent = False
        self.clock: bytes = bytes(7)
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self._thread: threading.Thread | None = None
        self.address = ""

    def __enter__(self) -> UhppoteBoard:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._socket.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve, name="uhppote", daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        if self._socket is not None:
            with contextlib.suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)
            self._socket.close()
        if self._thread is not None:
            self._thread.join(timeout=5)

    # -- what happens at the board ------------------------------------------------------------------
    def swipe(self, number: int, door: int, direction: int = 1) -> bool:
        """Present a card; say whether the door opens."""
        with self._lock:
            reason = self._reason(number, door)
            self._note(SWIPE, door, direction, number, reason)
        return reason == OK

    def happen(self, reason: int, door: int, kind: int = DOOR) -> None:
        """Let something else happen: a button (20), a door opened (23), closed (24) or forced (38)."""
        with self._lock:
            self._note(kind, door, 1, 0, reason)

    def _reason(self, number: int, door: int) -> int:
        card, today = self.cards.get(number), self.now()
        if self.modes[door] == NORMALLY_CLOSED:
            return DOOR_CLOSED
        if card is None:
            return NO_RIGHT
        day = bytes.fromhex(f"{today:%Y%m%d}")
        access = card[8 + door - 1]
        if not access or not card[:4] <= day <= card[4:8]:
            return NO_RIGHT
        return OK if access == 1 or self._is_open(access, today) else OUTSIDE_TIME

    def _is_open(self, profile: int, now: datetime) -> bool:
        for _link in range(len(self.profiles)):
            found = self.profiles.get(profile)
            if found is None:
                return False
            day, minute = bytes.fromhex(f"{now:%Y%m%d}"), bytes.fromhex(f"{now:%H%M}")
            segments = [(found[at : at + 2], found[at + 2 : at + 4]) for at in (15, 19, 23)]
            is_day = found[:4] <= day <= found[4:8] and found[8 + now.weekday()]
            if is_day and any(start <= minute <= end for start, end in segments if start != end):
                return True
            profile = found[27]
        return False

    def _note(self, kind: int, door: int, direction: int, number: int, reason: int) -> None:
        self.last_index += 1
        self.events.append((self.last_index, kind, door, reason == OK, direction, number, reason, self.now()))
        del self.events[:-RING]

    # -- the protocol --------------------------------------------------------------------------------
    def _serve(self) -> None:
        assert self._socket is not None
        while True:
            try:
                data, peer = self._socket.recvfrom(1024)
            except OSError:
                return
            if not data:
                return
            answer = self.answer(data)
            if answer is not None:
                with contextlib.suppress(OSError):
                    self._socket.sendto(answer, peer)

    def answer(self, data: bytes) -> bytes | None:
        """Return the answer to a message; none to what is not for this board."""
        is_ours = len(data) == SIZE and data[0] == _SOM
        if self.is_silent or not is_ours or struct.unpack_from("<I", data, 4)[0] not in (0, self.serial):
            return None
        handle = _HANDLERS.get(data[1])
        if handle is None:
            return None
        with self._lock:
            self.requests.append(data[1])
            body = handle(self, data)
        head = bytes([_SOM, data[1], 0, 0]) + struct.pack("<I", self.serial)
        return (head + body).ljust(SIZE, b"\0")[:SIZE]

    def _status(self, data: bytes) -> bytes:
        now = self.now()
        event = self._event(self.events[-1]) if self.events else bytes(20)
        body = bytearray(event.ljust(56, b"\0"))
        body[29:32] = bytes.fromhex(f"{now:%H%M%S}")
        body[43:46] = bytes.fromhex(f"{now:%y%m%d}")
        return bytes(body)

    @staticmethod
    def _event(found: tuple[int, int, int, bool, int, int, int, datetime]) -> bytes:
        index, kind, door, granted, direction, number, reason, at = found
        return (
            struct.pack("<IBBBBI", index, kind, granted, door, direction, number)
            + bytes.fromhex(f"{at:%Y%m%d%H%M%S}")
            + bytes([reason])
        )

    def _get_event(self, data: bytes) -> bytes:
        index = struct.unpack_from("<I", data, 8)[0]
        if not self.events:
            return struct.pack("<IB", index, 0)
        first, last = self.events[0][0], self.events[-1][0]
        index = {0: first, 0xFFFFFFFF: last}.get(index, index)
        if index < first:
            return struct.pack("<IB", index, 0xFF)
        return self._event(self.events[index - first]) if index <= last else struct.pack("<IB", index, 0)

    def _put_card(self, data: bytes) -> bytes:
        self.cards[struct.unpack_from("<I", data, 8)[0]] = data[12:28]
        return b"\1"

    def _delete_card(self, data: bytes) -> bytes:
        number = struct.unpack_from("<I", data, 8)[0]
        was_there = self.cards.get(number) is not None
        if was_there:
            self.cards[number] = None
        return bytes([was_there])

    def _card_by_index(self, data: bytes) -> bytes:
        index = struct.unpack_from("<I", data, 8)[0]
        if not 1 <= index <= len(self.cards):
            return bytes(4)
        number, card = list(self.cards.items())[index - 1]
        return struct.pack("<I", number if card else 0xFFFFFFFF) + (card or b"")

    def _get_card(self, data: bytes) -> bytes:
        number = struct.unpack_from("<I", data, 8)[0]
        card = self.cards.get(number)
        return struct.pack("<I", number) + card if card else bytes(4)

    def _get_cards(self, data: bytes) -> bytes:
        return struct.pack("<I", len(self.cards))

    def _set_profile(self, data: bytes) -> bytes:
        self.profiles[data[8]] = data[9:37]
        return b"\1"

    def _clear_profiles(self, data: bytes) -> bytes:
        self.profiles.clear()
        return b"\1"

    def _set_time(self, data: bytes) -> bytes:
        self.clock = data[8:15]
        return data[8:15]

    def _set_mode(self, data: bytes) -> bytes:
        self.modes[data[8]] = data[9]
        return data[8:11]

    def _special(self, data: bytes) -> bytes:
        return b"\1"


_HANDLERS: Final[dict[int, Callable[[UhppoteBoard, bytes], bytes]]] = {
    0x20: UhppoteBoard._status,
    0x30: UhppoteBoard._set_time,
    0x50: UhppoteBoard._put_card,
    0x52: UhppoteBoard._delete_card,
    0x58: UhppoteBoard._get_cards,
    0x5A: UhppoteBoard._get_card,
    0x5C: UhppoteBoard._card_by_index,
    0x80: UhppoteBoard._set_mode,
    0x88: UhppoteBoard._set_profile,
    0x8A: UhppoteBoard._clear_profiles,
    0x8E: UhppoteBoard._special,
    0xB0: UhppoteBoard._get_event,
}
