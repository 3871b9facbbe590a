"""Turns the text of a reader, a till's scanner or a person into a typed credential.

========================= ============== ============================================
text                      credential     example
========================= ============== ============================================
``uid:``                  ``Uid``        ``uid:04A1B2C3``
``sun:``, an address      ``Sun``        ``sun:picc_data=EF96…&cmac=94EE…``
``qr:``, ``CC1.…``        ``Qr``         ``qr:CC1.AEAQ…``
``emergency:``, ``…#…``   ``Emergency``  ``emergency:2025001#1234 5678``
``number:``               ``Number``     ``number:2025001``
``board:``                refused        ``board:423187757:12``
anything else             ``Scan``       ``3283263748``, ``04:A1:B2:C3``, ``K000123``
========================= ============== ============================================

``parse`` says what a text claims. ``sun.verify``, ``qr_code.verify`` and ``emergency.decide`` say
whether the claim is true. ``board:`` is what an edge writes about an event of a controller board, which has read
the card: nobody shows it. The ``text`` of a credential is its form for the wire and the journal;
parsing it gives the same credential. Write only ``mask(text)`` into a log.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from .. import errors, numbers
from ..errors import CredentialError, UidError
from . import emergency, qr_code, sun, uids

MAX_TEXT: Final = 1024
NUMBER_MAX: Final = 64
BOARD: Final = "board"

_KNOWN_PREFIX: Final = re.compile(r"(uid|sun|qr|emergency|number|board):", re.IGNORECASE)
_SUN_QUERY: Final = re.compile(r"(?:[?&]|\A)(?:cmac|c)=", re.IGNORECASE)
_BOARD: Final = re.compile(r"[0-9]{1,10}:[0-9]{1,10}\Z")
_KEEP: Final = 4


@dataclass(frozen=True)
class Uid:
    """A canonical UID that a reader has read without any proof."""

    text: str
    uid: str


@dataclass(frozen=True)
class Sun:
    """A message of an NTAG 424 DNA chip."""

    text: str
    message: sun.SunMessage


@dataclass(frozen=True)
class Qr:
    """The dynamic code that a phone shows."""

    text: str
    code: qr_code.Code


@dataclass(frozen=True)
class Emergency:
    """A campus number and the eight digits of its emergency code."""

    text: str
    number: str
    code: str


@dataclass(frozen=True)
class Number:
    """A card number or campus number, printed or typed."""

    text: str
    number: str


@dataclass(frozen=True)
class Scan:
    """A bare scan: the UIDs it may mean (canonical, likeliest first), and a number."""

    text: str
    uids: tuple[str, ...]
    number: str


Credential = Uid | Sun | Qr | Emergency | Number | Scan


def parse(text: object) -> Credential:
    """Return the credential that ``text`` claims to be.

    Raises ``CredentialError`` (``credential_malformed``): more than 1024 characters, control
    characters, or a known prefix before text in the wrong form.
    """
    if not isinstance(text, str) or len(text) > MAX_TEXT:
        raise CredentialError(errors.CREDENTIAL_MALFORMED)
    text = text.strip()
    if not text or not _is_printable(text):
        raise CredentialError(errors.CREDENTIAL_MALFORMED)
    prefix = _KNOWN_PREFIX.match(text)
    if prefix:
        return _PARSERS[prefix.group(1).lower()](text[prefix.end() :].strip())
    return _bare(text)


def mask(text: object) -> str:
    """Return the part of a credential that a log may hold: its kind and at most its last four characters."""
    if not isinstance(text, str):
        return "?"
    text = text.strip()
    prefix = _KNOWN_PREFIX.match(text)
    kind = prefix.group(1).lower() if prefix else "scan"
    rest = text[prefix.end() if prefix else 0 :]
    if kind == BOARD and _BOARD.match(rest):
        # serial number and index of an event say nothing of a card
        return f"{BOARD}:{rest}"
    plain = kind in ("uid", "number") or (kind == "scan" and len(rest) <= uids.MAX_TEXT and "#" not in rest)
    if not plain or not _is_printable(rest):
        return f"{kind}:({len(rest)})"
    return f"{kind}:{uids.mask(rest, _KEEP)}"


def _uid(text: str) -> Credential:
    try:
        found = uids.normalise(text)
    except UidError:
        # some scanners type "UID:" before any form of the UID
        found_uids = tuple(uids.candidates(text))
        if not found_uids:
            raise CredentialError(errors.CREDENTIAL_MALFORMED) from None
        return Scan(text, found_uids, text)
    return Uid(f"uid:{found}", found)


def _sun(text: str) -> Sun:
    return Sun(f"sun:{text}", sun.parse(text))


def _qr(text: str) -> Qr:
    return Qr(f"qr:{text.upper()}", qr_code.parse(text))


def _emergency(text: str) -> Emergency:
    number, code = emergency.parse(text)
    return Emergency(f"emergency:{number}#{code}", number, code)


def _number(text: str) -> Number:
    number = numbers.normalise(text)
    if not number or len(number) > NUMBER_MAX:
        raise CredentialError(errors.CREDENTIAL_MALFORMED)
    return Number(f"number:{number}", number)


def _board(text: str) -> Credential:
    raise CredentialError(errors.CREDENTIAL_MALFORMED)


def _bare(text: str) -> Credential:
    if text[: len(qr_code.PREFIX)].upper() == qr_code.PREFIX:
        return _qr(text)
    if _SUN_QUERY.search(text):
        return _sun(text)
    found_uids = tuple(uids.candidates(text))
    if not found_uids and ("#" in text or "＃" in text):
        return _emergency(text)
    number = numbers.normalise(text)
    if not found_uids and not 0 < len(number) <= NUMBER_MAX:
        raise CredentialError(errors.CREDENTIAL_MALFORMED)
    return Scan(text, found_uids, number)


def _is_printable(text: str) -> bool:
    if text.isascii():
        return text.isprintable()
    return not any(unicodedata.category(letter) in ("Cc", "Cs", "Cn") for letter in text)


_PARSERS: Final[dict[str, Callable[[str], Credential]]] = {
    "uid": _uid,
    "sun": _sun,
    "qr": _qr,
    "emergency": _emergency,
    "number": _number,
    BOARD: _board,
}
