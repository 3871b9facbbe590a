"""The base of all reader protocols: events, feedback and the decoder's interface.

A *decoder* does no input or output and has no clock. The port that owns the line calls::

    decoder.reset()                        # after the port was opened, and again after a reconnect
    while True:
        write(decoder.poll(now_ms))        # at least every decoder.poll_ms, and before each feed
        for event in decoder.feed(read()): # b"" is fine: collects what poll() has found
            ...

``now_ms`` is a monotonic clock in whole milliseconds. Rules for every decoder:

- ``feed`` never raises, whatever the bytes; any chunking of the same bytes gives the same events;
- bytes that are not understood are counted and reported as ``Noise``, never as a card;
- a card that stays on the reader gives one ``CardSeen``;
- memory is bounded for any input.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Protocol, TypeAlias

from campus_core.credentials import credential as credentials
from campus_core.credentials import uids
from campus_core.taps import wire

# -- outcomes of feedback -----------------------------------------------------------
GRANTED: Final = wire.GRANTED
REFUSED: Final = wire.REFUSED
#: The server is being asked: lamp neither green nor red.
ASKING: Final = "asking"
#: The card could not be read or left too early: hold it again.
AGAIN: Final = "again"
#: Somebody presses keys: show the text, without lamp and buzzer.
KEYING: Final = "keying"
#: The door's lock stays open for everybody from now on, or no longer: no lamp, no text.
UNLOCK, RELOCK = "unlock", "relock"

#: The most characters of a credential, as on the wire.
MAX_CREDENTIAL: Final = 1024
UID, SUN, QR, NUMBER, EMERGENCY = "uid", "sun", "qr", "number", "emergency"

# -- states of a reader ------------------------------------------------------------
OPENING: Final = "opening"
READY: Final = "ready"
#: The device is not there (unplugged, no connection); the port keeps trying.
LOST: Final = "lost"
#: The device is there but does not answer as it should.
SICK: Final = "sick"
STOPPED: Final = "stopped"


@dataclass(frozen=True, slots=True)
class CardSeen:
    """A card, phone or code was shown.

    ``credential`` is the wire's form: ``uid:04A1B2C3`` (a canonical UID of ``campus_core.credentials.uids``),
    ``sun:`` and the query of the URL that an NTAG 424 card made, ``qr:`` and the text of a code,
    ``number:``. A keyboard reader whose form of UIDs is not known gives the bare text if it may mean
    several cards; ``campus_core.credentials.credential.parse`` reads all of these.
    """

    credential: str

    def __repr__(self) -> str:
        return f"CardSeen({mask(self.credential)})"


@dataclass(frozen=True, slots=True)
class CardGone:
    """The card has left the reader; some readers cannot notice that, there it is assumed after a pause."""

    credential: str

    def __repr__(self) -> str:
        return f"CardGone({mask(self.credential)})"


@dataclass(frozen=True, slots=True)
class KeysPressed:
    """Keys of a keypad: digits, ``#`` enter, ``*``, ``C`` clear, ``<`` back, ``.``; ``?`` any other."""

    keys: str

    def __repr__(self) -> str:
        # the keys may be an emergency code: do not show them
        return f"KeysPressed({len(self.keys)})"


@dataclass(frozen=True, slots=True)
class Noise:
    """Something was not understood: ``count`` bytes (``reason`` ``garbage``) or frames (else)."""

    reason: str
    count: int = 1


@dataclass(frozen=True, slots=True)
class Tamper:
    """The reader's case was opened (``on``) or closed again."""

    on: bool
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Input:
    """The level of an input of the reader: a door contact, a button, an alarm; reported again and again."""

    number: int
    is_on: bool


@dataclass(frozen=True, slots=True)
class Rekeyed:
    """The reader has its next key: the present one is no longer needed."""


@dataclass(frozen=True, slots=True)
class ReaderState:
    """The reader is now in ``state``, one of this module's states; ``detail`` is for people."""

    state: str
    detail: str = ""


Event: TypeAlias = CardSeen | CardGone | KeysPressed | Noise | Tamper | Input | Rekeyed | ReaderState


@dataclass(frozen=True, slots=True)
class Feedback:
    """What the reader shows the person: lamp, buzzer, relay by ``outcome``, display by ``text``.

    ``outcome`` is ``granted`` (green; a door's relay closes), ``refused`` (red), ``asking``,
    ``again`` or ``keying``; ``unlock`` and ``relock`` switch the lock alone. ``text`` has lines split by ``\\n``; a reader shows what fits. It goes back to idle
    after ``duration_ms``.
    """

    outcome: str
    text: str = ""
    duration_ms: int = 1500


class Decoder(Protocol):
    """One reader's protocol; the module's docstring says how to call it."""

    @property
    def poll_ms(self) -> int:
        """The longest pause until the next call of ``poll``, in milliseconds; read it after each call."""

    def reset(self) -> None:
        """Forget partly received data; the line was opened again."""

    def poll(self, now_ms: int) -> bytes:
        """Do what is due at ``now_ms``; return bytes to write, maybe none."""

    def feed(self, data: bytes) -> list[Event]:
        """Take the bytes read, maybe none; return the events since the last call."""

    def answer(self, feedback: Feedback) -> bytes:
        """Return the bytes that make the reader show ``feedback``; none if it cannot or must wait."""


def of_uid(raw: bytes) -> str | None:
    """Return the credential of a UID in the card's byte order, or None if it cannot be a card's UID.

    For ISO/IEC 14443-3 cards. None also for a random UID (4 bytes that begin with 08, table 5) and for
    the cascade tag 88, which is the beginning of a longer UID.
    """
    if len(raw) not in uids.SIZES or not any(raw) or (len(raw) == 4 and raw[0] in (0x08, 0x88)):
        return None
    return f"{UID}:{raw.hex().upper()}"


def mask(credential: str) -> str:
    """Return ``credential`` for a log: its kind and no more than its last four characters."""
    return credentials.mask(credential)
