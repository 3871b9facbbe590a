"""Passes keyed amounts to the engine and shows on the display what was keyed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from typing import Final, Protocol

from campus_core.taps import rules, wire
from campus_core.taps.alone import Terminal

from ..config import KEYPAD, ReaderConfig
from ..ports import base
from ..protocols.base import AGAIN, KEYING, Feedback
from . import keypad, texts
from .keypad import Keypad, Said

SHORT_MS: Final = 1_500


class Arms(Protocol):
    """Keeps the amount that the next card at a terminal pays: the engine."""

    def arm(self, terminal: str, amount_minor: int, for_ms: int) -> None: ...

    def disarm(self, terminal: str) -> None: ...


class Pins(Protocol):
    """Takes the keys of a PIN that is waited for: the doors."""

    def is_waiting(self, terminal: str) -> bool: ...

    def press(self, terminal: str, keys: str) -> Feedback | None: ...

    def displace(self, terminal: str) -> None: ...


class Keying:
    """The keypads of an edge, one per terminal. Safe from any thread; ``pins`` only in the loop's."""

    #: Keys go there while a PIN is waited for.
    pins: Pins | None = None

    def __init__(
        self,
        readers: Iterable[ReaderConfig],
        arms: Arms,
        terminal_of: Callable[[str], Terminal | None],
        language: str,
        now_ms: Callable[[], int] = base.now_ms,
    ) -> None:
        self._arms, self._terminal_of, self._language, self._now_ms = arms, terminal_of, language, now_ms
        self._pads = {
            each.terminal: Keypad(each.keyed_max_minor, each.keyed_for_ms)
            for each in readers
            if each.use != KEYPAD
        }
        self._lock = threading.Lock()

    def press(self, terminal: str, keys: str) -> tuple[Feedback | None, tuple[str, ...]]:
        """Take keys; return what to show, and the emergency codes that were keyed."""
        if self.pins is not None and self.pins.is_waiting(terminal):
            return self.pins.press(terminal, keys), ()
        with self._lock:
            said = self._pads[terminal].press(keys, self._now_ms(), self._is_keyed(terminal))
            for each in said:
                if each.what == keypad.ARMED:
                    self._arms.arm(terminal, each.amount_minor, self._pads[terminal].left_ms(self._now_ms()))
                elif each.what == keypad.CLEARED and not each.amount_minor:
                    self._arms.disarm(terminal)
        feedback = self._feedback(terminal, said[-1]) if said else None
        return feedback, tuple(each.credential for each in said if each.credential)

    def not_now(self, terminal: str) -> Feedback | None:
        """Return what a card is shown while somebody keys: it must not pay an earlier amount."""
        if self.pins is not None:
            # another card ends the wait for the PIN to the one before
            self.pins.displace(terminal)
        with self._lock:
            is_typing = self._pads[terminal].is_typing(self._now_ms()) and self._is_keyed(terminal)
        return Feedback(AGAIN, self._word("enter_first"), SHORT_MS) if is_typing else None

    def answered(self, terminal: str, granted: bool) -> Feedback | None:
        """Note that a card was answered; return what to show next: an amount that still waits, or None."""
        with self._lock:
            pad = self._pads[terminal]
            if granted:
                pad.paid()
            amount_minor = pad.armed_minor(self._now_ms())
        return self._feedback(terminal, Said(keypad.ARMED, amount_minor)) if amount_minor else None

    def _is_keyed(self, terminal: str) -> bool:
        found = self._terminal_of(terminal)
        is_paid = found is not None and found.enabled and found.purpose == wire.PAY
        return is_paid and found is not None and found.amount_mode == rules.KEYED

    def _word(self, name: str) -> str:
        return texts.word(name, self._language)

    def _feedback(self, terminal: str, said: Said) -> Feedback | None:
        amount = texts.amount(said.amount_minor)
        if said.what == keypad.TYPING:
            return Feedback(KEYING, f"{self._word('keying')} {amount}", keypad.PAUSE_MS)
        if said.what == keypad.ARMED:
            left_ms = self._pads[terminal].left_ms(self._now_ms())
            return Feedback(KEYING, f"{self._word('keying')} {amount}\n{self._word('present')}", left_ms)
        if said.what == keypad.CLEARED and said.amount_minor:
            return self._feedback(terminal, Said(keypad.ARMED, said.amount_minor))
        if said.what == keypad.CLEARED:
            return Feedback(KEYING, self._word("cleared"), SHORT_MS)
        if said.what == keypad.CODE:
            return Feedback(KEYING, f"{self._word('code')} {'*' * said.digits}".strip(), keypad.PAUSE_MS)
        if said.what == keypad.TOO_MUCH:
            return Feedback(AGAIN, f"{self._word('too_much')} {amount}", SHORT_MS)
        # the answer to an emergency code is shown when it has come
        return Feedback(AGAIN, self._word("unclear"), SHORT_MS) if said.what == keypad.UNCLEAR else None
