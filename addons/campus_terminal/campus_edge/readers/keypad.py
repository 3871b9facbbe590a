"""Turns the keys of one terminal into an amount or an emergency code; without I/O and clock.

=============================== ==========================================================
keys                            meaning
=============================== ==========================================================
digits ``#``                    an amount in cents: ``350#`` is 3.50, for the next card
digits ``.`` digits ``#``       the same with a point, where a keyboard has one: ``3.5#``
``<``                           remove the last digit
``*``, ``C``                    clear what was typed; if nothing was, the amount that waits
number ``*`` eight digits ``#`` an emergency code; where amounts are keyed, after the amount
=============================== ==========================================================

A number alone is no credential, because anybody could type the number of another person. Ten seconds
without a key clear what was typed; a minute without a card clears the amount.
"""

from __future__ import annotations

from typing import Final, NamedTuple

ENTER, STAR, CLEAR, BACK, POINT = "#", "*", "C", "<", "."
#: A key without a meaning here.
UNKNOWN: Final = "?"
DIGITS: Final = frozenset("0123456789")
PAUSE_MS: Final = 10_000
WAIT_MS: Final = 60_000
#: An amount has at most seven digits, because eight digits are an emergency code.
AMOUNT_DIGITS_MAX: Final = 7
MAXIMUM_MINOR: Final = 10**AMOUNT_DIGITS_MAX - 1
CODE_DIGITS: Final = 8
NUMBER_DIGITS_MAX: Final = 20
#: Where amounts are keyed, fewer digits before a star are a wrongly typed amount.
NUMBER_DIGITS_MIN: Final = 5

# -- what a key has led to ----------------------------------------------------------
TYPING, ARMED, CLEARED, CODE, SHOWN = "typing", "armed", "cleared", "code", "shown"
TOO_MUCH, UNCLEAR = "too_much", "unclear"


class Said(NamedTuple):
    """``what``: one of the words above. ``amount_minor``: typed, armed or allowed at most, in cents;
    ``credential``: the emergency code that was shown, in the wire's form; ``digits``: typed of it."""

    what: str
    amount_minor: int = 0
    credential: str = ""
    digits: int = 0

    def __repr__(self) -> str:
        return f"Said({self.what})"


class Keypad:
    """The keys of one terminal. ``now_ms`` is any clock that only goes forward."""

    def __init__(self, maximum_minor: int = MAXIMUM_MINOR, wait_ms: int = WAIT_MS) -> None:
        if not 0 < maximum_minor <= MAXIMUM_MINOR:
            raise ValueError(f"keyed amounts must be from 1 to {MAXIMUM_MINOR} cents")
        self._maximum_minor, self._wait_ms = maximum_minor, wait_ms
        self._typed = ""
        self._number: str | None = None
        #: An error. Until enter, a clear key or a pause, keys are ignored: the rest must not become an amount.
        self._wrong: Said | None = None
        self._key_ms = 0
        self._amount_minor: int | None = None
        self._until_ms = 0

    def armed_minor(self, now_ms: int) -> int | None:
        """Return the amount that waits for a card, in cents."""
        return self._amount_minor if now_ms < self._until_ms else None

    def left_ms(self, now_ms: int) -> int:
        """Return how long the amount still waits."""
        return max(self._until_ms - now_ms, 0) if self._amount_minor is not None else 0

    def is_typing(self, now_ms: int) -> bool:
        """Say whether somebody has begun to key something."""
        return bool(self._typed or self._number or self._wrong) and now_ms - self._key_ms <= PAUSE_MS

    def paid(self) -> None:
        """Forget the amount, because it was paid."""
        self._amount_minor = None

    def press(self, keys: str, now_ms: int, is_keyed: bool) -> list[Said]:
        """Take keys; ``is_keyed`` says that amounts are keyed at this terminal. Never raises."""
        if now_ms - self._key_ms > PAUSE_MS:
            self._forget()
        self._key_ms = now_ms
        self._amount_minor = self.armed_minor(now_ms)
        said = (self._press(key, now_ms, is_keyed) for key in keys)
        return [each for each in said if each is not None]

    def _forget(self) -> None:
        self._typed, self._number, self._wrong = "", None, None

    def _press(self, key: str, now_ms: int, is_keyed: bool) -> Said | None:
        if self._wrong is not None and key not in (STAR, CLEAR, ENTER):
            return self._wrong
        if key in DIGITS:
            return self._digit(key, is_keyed)
        if key == ENTER:
            return self._enter(now_ms, is_keyed)
        if key == STAR and self._is_number(is_keyed):
            self._typed, self._number = "", self._typed
            return Said(CODE)
        if key in (STAR, CLEAR):
            return self._clear()
        if key == BACK:
            self._typed = self._typed[:-1]
            return self._shown(is_keyed)
        if key == POINT and is_keyed and self._number is None and POINT not in self._typed:
            self._typed += POINT
            return self._shown(is_keyed)
        return self._fail(Said(UNCLEAR))

    def _digit(self, key: str, is_keyed: bool) -> Said | None:
        self._typed += key
        if self._number is not None:
            return self._shown(is_keyed) if len(self._typed) <= CODE_DIGITS else self._fail(Said(UNCLEAR))
        if len(self._typed) > NUMBER_DIGITS_MAX:
            return self._fail(Said(UNCLEAR))
        cents = _cents(self._typed)
        if cents is None:
            return self._fail(Said(UNCLEAR))
        # while an amount waits, the digits may be a campus number
        if is_keyed and self._amount_minor is None and cents > self._maximum_minor:
            return self._fail(Said(TOO_MUCH, self._maximum_minor))
        return self._shown(is_keyed)

    def _shown(self, is_keyed: bool) -> Said | None:
        """Return what a display shows of the typed keys."""
        if self._number is not None:
            return Said(CODE, digits=len(self._typed))
        return Said(TYPING, _cents(self._typed) or 0) if is_keyed else None

    def _is_number(self, is_keyed: bool) -> bool:
        is_first = self._number is None and self._typed != "" and POINT not in self._typed
        is_after_amount = self._amount_minor is not None and len(self._typed) >= NUMBER_DIGITS_MIN
        return is_first and (not is_keyed or is_after_amount)

    def _clear(self) -> Said:
        if not self._typed and self._number is None and self._wrong is None:
            self._amount_minor = None
        self._forget()
        return Said(CLEARED, self._amount_minor or 0)

    def _enter(self, now_ms: int, is_keyed: bool) -> Said | None:
        typed, number, wrong = self._typed, self._number, self._wrong
        self._forget()
        if wrong is not None:
            return wrong
        if number is not None:
            is_whole = len(typed) == CODE_DIGITS
            return Said(SHOWN, credential=f"emergency:{number}#{typed}") if is_whole else Said(UNCLEAR)
        if not typed and (not is_keyed or self._amount_minor is not None):
            return Said(ARMED, self._amount_minor) if self._amount_minor else None
        amount_minor = _cents(typed) if is_keyed else None
        if not amount_minor:
            return Said(UNCLEAR)
        if amount_minor > self._maximum_minor:
            return Said(TOO_MUCH, self._maximum_minor)
        self._amount_minor, self._until_ms = amount_minor, now_ms + self._wait_ms
        return Said(ARMED, amount_minor)

    def _fail(self, wrong: Said) -> Said:
        self._forget()
        self._wrong = wrong
        return wrong


def _cents(typed: str) -> int | None:
    """Return the typed amount in cents; None for more than two decimals."""
    whole, point, rest = typed.partition(POINT)
    if not point:
        return int(typed or "0")
    return int(whole or "0") * 100 + int(rest.ljust(2, "0")) if len(rest) <= 2 else None
