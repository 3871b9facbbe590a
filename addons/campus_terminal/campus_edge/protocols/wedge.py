"""Readers and scanners that act as a keyboard: ``input_event`` structs of Linux in, events out.

A scan is a quick sequence of keys. It ends with Enter or Tab, or when no key follows for ``gap_ms``.
A person who types on a keyboard makes many short scans, and short scans are noise. Pauses are measured
with the times that the kernel puts into the events.

A reader that pauses must not make two short credentials of one long one. So when keys continue soon after
a pause, both parts are a broken scan. After a reader has ended one scan with Enter, its scans without
Enter are broken too. Broken scans are noise.
"""

from __future__ import annotations

import struct
from typing import Final, NamedTuple

from . import keys, scan
from .base import Event, Feedback, Noise
from .keys import Key
from .presence import Presence

#: struct input_event: seconds, microseconds, type, code, value; native sizes of this machine.
EVENT: Final = struct.Struct("@llHHi")
_EV_SYN, EV_KEY, _EV_MAX = 0x00, 0x01, 0x1F
_SYN_DROPPED: Final = 3
RELEASED, PRESSED, REPEATED = 0, 1, 2

GAP_MS: Final = 120
#: Silence measured in our thread includes its delays, so this time is longer.
SILENCE_MS: Final = 250
#: Keys that follow a scan without Enter so soon belong to it; the next card takes longer than this.
REST_MS: Final = 500
#: The same for a reader that ends its scans with Enter.
REST_OF_ENDED_MS: Final = 2000
#: The most keys of one scan, as a credential has no more characters.
KEYS_MAX: Final = 1024
#: A shorter scan is no credential: somebody types.
KEYS_MIN: Final = 4
#: The same scan within this time is a repeat of the reader while the card stays.
HOLD_MS: Final = 1500

# -- reasons of noise --------------------------------------------------------------------
GARBAGE: Final = "garbage"
TYPING: Final = "typing"
OVERSIZE: Final = "oversize"
OVERRUN: Final = "overrun"
BROKEN: Final = "broken"
MALFORMED: Final = "malformed"


class InputEvent(NamedTuple):
    at_ms: int
    kind: int
    code: int
    value: int


def next_event(data: bytearray) -> tuple[InputEvent | None, int]:
    """Remove the next event from ``data``; return it (None without a whole one) and the skipped bytes."""
    garbage = 0
    while len(data) >= EVENT.size:
        seconds, microseconds, kind, code, value = EVENT.unpack_from(data)
        if seconds >= 0 and 0 <= microseconds < 1_000_000 and kind <= _EV_MAX:
            del data[: EVENT.size]
            return InputEvent(seconds * 1000 + microseconds // 1000, kind, code, value), garbage
        del data[0]
        garbage += 1
    return None, garbage


class Wedge:
    """Decoder of a keyboard's events; see ``base.Decoder``. ``form`` is how it writes a UID."""

    poll_ms = 50

    def __init__(self, form: str = scan.AUTO, gap_ms: int = GAP_MS, hold_ms: int = HOLD_MS) -> None:
        if form not in scan.FORMS:
            raise ValueError(f"there is no form {form!r} of a UID")
        self._form, self._gap_ms = form, gap_ms
        self._presence = Presence(hold_ms)
        self._events: list[Event] = []
        self._now_ms = 0
        self._garbage = 0
        self.reset()

    def reset(self) -> None:
        self._bytes = bytearray()
        self._shifts: set[int] = set()
        self._keys: list[Key] = []
        self._is_oversize = False
        self._is_broken = False
        # the last scan had no Enter; this reader ends its scans with Enter
        self._is_unended = self._is_ending = False
        self._key_ms = 0
        self._heard_ms = self._now_ms
        self._events += self._presence.gone()

    def poll(self, now_ms: int) -> bytes:
        self._now_ms = now_ms
        self._events += self._presence.expire(now_ms)
        return b""

    def feed(self, data: bytes) -> list[Event]:
        if data:
            self._heard_ms = self._now_ms
        elif self._is_under_way and self._now_ms - self._heard_ms >= SILENCE_MS:
            # not in ``poll``: there, further keys may wait to be read
            self._finish(is_ended=False)
        self._bytes += data
        while (event := self._next()) is not None:
            self._take(event)
        self._report_garbage()
        events, self._events = self._events, []
        return events

    def answer(self, feedback: Feedback) -> bytes:
        return b""

    def _next(self) -> InputEvent | None:
        """Return the next event; bytes that cannot be an event are skipped one by one."""
        event, garbage = next_event(self._bytes)
        self._garbage += garbage
        if event is not None:
            self._report_garbage()
        return event

    def _take(self, event: InputEvent) -> None:
        if event.kind == _EV_SYN and event.code == _SYN_DROPPED:
            # the kernel has dropped events: the scan is incomplete
            self._keys, self._is_oversize = [], False
            self._is_unended, self._key_ms = True, event.at_ms
            self._shifts.clear()
            self._events.append(Noise(OVERRUN))
        if event.kind != EV_KEY:
            return
        if event.code in keys.SHIFTS:
            (self._shifts.discard if event.value == RELEASED else self._shifts.add)(event.code)
        elif event.value == PRESSED:
            self._press(event)

    def _press(self, event: InputEvent) -> None:
        pause_ms, self._key_ms = abs(event.at_ms - self._key_ms), event.at_ms
        if self._is_under_way and pause_ms > self._gap_ms:
            self._is_broken = self._is_broken or self._is_rest(pause_ms)
            self._finish(is_ended=False)
        if not self._is_under_way:
            self._is_broken = self._is_unended and self._is_rest(pause_ms)
        if event.code in keys.ENDS:
            self._finish(is_ended=True)
        elif event.code in keys.US:
            self._add(Key(event.code, bool(self._shifts)))
        elif event.code not in keys.SILENT:
            self._events.append(Noise(TYPING))

    @property
    def _is_under_way(self) -> bool:
        return bool(self._keys) or self._is_oversize

    def _is_rest(self, pause_ms: int) -> bool:
        """Say whether keys after this pause belong to what came before it."""
        return pause_ms <= (REST_OF_ENDED_MS if self._is_ending else REST_MS)

    def _add(self, key: Key) -> None:
        if len(self._keys) >= KEYS_MAX:
            self._keys, self._is_oversize = [], True
        elif not self._is_oversize:
            self._keys.append(key)

    def _finish(self, is_ended: bool) -> None:
        pressed, self._keys = self._keys, []
        was_oversize, self._is_oversize = self._is_oversize, False
        is_broken = self._is_broken or (self._is_ending and not is_ended)
        self._is_unended, self._is_broken = not is_ended, False
        if was_oversize:
            self._events.append(Noise(OVERSIZE))
        elif 0 < len(pressed) < KEYS_MIN:
            self._events.append(Noise(TYPING))
        elif is_broken and pressed:
            self._events.append(Noise(BROKEN))
        elif pressed:
            self._is_ending = self._is_ending or is_ended
            found = _credential(pressed, self._form)
            if found is None:
                self._events.append(Noise(MALFORMED))
            else:
                self._events += self._presence.seen(found, self._now_ms)

    def _report_garbage(self) -> None:
        if self._garbage:
            self._events.append(Noise(GARBAGE, self._garbage))
            self._garbage = 0


def _credential(pressed: list[Key], form: str) -> str | None:
    """Return the credential of a scan. Other layouts are tried only if it is no UID in the US layout."""
    found = scan.credential_of(keys.text(pressed), form)
    digits = keys.hex_text(pressed)
    if digits is None or not scan.is_number(found):
        return found
    other = scan.credential_of(digits, form)
    return found if scan.is_number(other) else other


def encode(at_ms: int, kind: int, code: int, value: int) -> bytes:
    """Return one event in the kernel's form."""
    return EVENT.pack(at_ms // 1000, at_ms % 1000 * 1000, kind, code, value)


def keystroke(at_ms: int, key: Key) -> bytes:
    """Return the events of pressing and releasing a key, with shift around it where needed."""
    press = [(keys.LEFT_SHIFT, PRESSED)] if key.shift else []
    press += [(key.code, PRESSED), (key.code, RELEASED)]
    press += [(keys.LEFT_SHIFT, RELEASED)] if key.shift else []
    return b"".join(
        encode(at_ms, EV_KEY, code, value) + encode(at_ms, _EV_SYN, 0, 0) for code, value in press
    )
