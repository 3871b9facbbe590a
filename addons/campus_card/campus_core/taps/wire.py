"""The wire between an edge and the server: entries, their chain, signed requests.

Contract: ``docs/dev/edge_wire.md``. Callers have the keys and the clock.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple

from .. import errors
from ..errors import WireError
from ..money import MAX_MINOR

MAX_ENTRIES: Final = 500
MAX_BODY_BYTES: Final = 1 << 20
CLOCK_WINDOW_MS: Final = 120_000
ZERO_HASH: Final = "0" * 64

TAP, FINAL, EVENT = "tap", "final", "event"
ASK, TOLD = "ask", "told"
GRANTED, REFUSED = "granted", "refused"
PAY, DOOR, ATTEND, GATE, BALANCE = "pay", "door", "attend", "gate", "balance"

KINDS: Final = frozenset({TAP, FINAL, EVENT})
MODES: Final = frozenset({ASK, TOLD})
OUTCOMES: Final = frozenset({GRANTED, REFUSED})
PURPOSES: Final = frozenset({PAY, DOOR, ATTEND, GATE, BALANCE})

_UUID_PATTERN: Final = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_UUID: Final = re.compile(_UUID_PATTERN + r"\Z")
_UUIDS: Final = re.compile(f"(?:{_UUID_PATTERN}\n)+")
_UUID_LENGTH: Final = 36
_HASH: Final = re.compile(r"[0-9a-f]{64}\Z")
_NONCE: Final = re.compile(r"[0-9a-f]{32}\Z")
#: The year 2100 in milliseconds since 1970: a later time comes from a broken clock or an attack.
MAX_MS: Final = 4_102_444_800_000
MAX_SEQ: Final = 1 << 53
#: Begins the ``rule`` of an entry that an edge decided before it knew the time for certain.
DOUBTFUL_CLOCK: Final = "doubtful clock: "
Column = Sequence[Any]
Check = Callable[[Column], bool]
#: Allowed combinations of kind, mode and outcome.
TOGETHER: Final = frozenset(
    {(TAP, ASK, None), (EVENT, TOLD, None)}
    | {(kind, TOLD, outcome) for kind in (TAP, FINAL) for outcome in OUTCOMES}
)
#: JSON for chains and signatures: ASCII, without blanks.
encode = json.JSONEncoder(ensure_ascii=True, separators=(",", ":"), check_circular=False).encode


class TapEntry(NamedTuple):
    """One line of a journal, in the order of its chain text; see the contract for each value."""

    seq: int
    kind: str
    uuid: str
    terminal: str
    at_ms: int
    purpose: str
    credential: str
    card: int | None
    amount_minor: int | None
    mode: str
    outcome: str | None
    code: str | None
    rule: str | None
    snapshot: int

    @property
    def content(self) -> tuple[object, ...]:
        """All values except the place in a journal: entries with equal content are the same tap."""
        return tuple(self[1:])


class Gap(NamedTuple):
    """Numbers of a journal that the server lacks, ``first`` and ``last`` included."""

    journal: str
    first_seq: int
    last_seq: int


def parse_gaps(values: object) -> list[Gap]:
    """Return the readable ``gaps`` of an answer; an older server sends none."""
    found = []
    for value in values if isinstance(values, list) else ():
        gap = [value.get(name) for name in Gap._fields] if isinstance(value, dict) else [None]
        if is_uuid(gap[0]) and type(gap[1]) is int and type(gap[2]) is int and 1 <= gap[1] <= gap[2]:
            found.append(Gap._make(gap))
    return found


def chain_hash(previous: str, entry: TapEntry) -> str:
    """Return the hash (64 hex digits) of ``entry`` after the entry with hash ``previous``."""
    return hashlib.sha256(bytes.fromhex(previous) + encode(entry).encode()).hexdigest()


def signing_text(edge: str, method: str, path: str, body: bytes, time_ms: int | str, nonce: str) -> bytes:
    """Return the bytes that a request's signature covers; ``path`` includes the query.

    ``edge`` is the sender's uuid, so a request of one edge is never valid for another.
    """
    digest = hashlib.sha256(body).hexdigest()
    return f"campus-v1\n{edge}\n{method}\n{path}\n{digest}\n{time_ms}\n{nonce}".encode()


def is_uuid(text: object) -> bool:
    """Say whether ``text`` is a uuid in its canonical lower-case form."""
    return isinstance(text, str) and _UUID.match(text) is not None


def is_hash(text: object) -> bool:
    """Say whether ``text`` is a chain hash."""
    return isinstance(text, str) and _HASH.match(text) is not None


def is_nonce(text: object) -> bool:
    """Say whether ``text`` is a nonce of a signed request."""
    return isinstance(text, str) and _NONCE.match(text) is not None


def is_text(text: str) -> bool:
    """Say whether ``text`` can be stored: no NUL (PostgreSQL refuses it), no lone surrogate."""
    return "\0" not in text and (text.isascii() or not any("\ud800" <= letter <= "\udfff" for letter in text))


def parse_entry(values: object) -> TapEntry:
    """Return the entry that a list of JSON values states.

    Raises ``WireError`` (``malformed``, with ``field``) for a wrong form. Whether terminal, card and
    amount exist and fit is not checked here.
    """
    if not isinstance(values, list) or len(values) != len(TapEntry._fields):
        raise WireError(errors.MALFORMED, field="entries")
    for value, (name, fits) in zip(values, CHECKS.items(), strict=True):
        if not fits((value,)):
            raise WireError(errors.MALFORMED, field=name)
    entry = TapEntry._make(values)
    if (entry.kind, entry.mode, entry.outcome) not in TOGETHER:
        raise WireError(errors.MALFORMED, field="outcome")
    if entry.kind == EVENT:
        _check_event(entry)
    return entry


def _check_event(entry: TapEntry) -> None:
    """Refuse an event that is not of a door, has an amount, or does not say what happened."""
    wrong = {"purpose": entry.purpose != DOOR, "amount_minor": entry.amount_minor is not None}
    for name, is_wrong in {**wrong, "code": not entry.code}.items():
        if is_wrong:
            raise WireError(errors.MALFORMED, field=name)


# -- checks of values: each checks a whole column, which takes little longer than one value -----


def _types(column: Column) -> set[type]:
    return set(map(type, column))


def _whole(low: int, high: int) -> Check:
    return lambda column: _types(column) <= {int} and low <= min(column) and max(column) <= high


def _word(words: frozenset[str]) -> Check:
    return lambda column: _types(column) <= {str} and words.issuperset(column)


def _text(longest: int) -> Check:
    return lambda column: (
        _types(column) <= {str} and max(map(len, column)) <= longest and is_text("".join(column))
    )


def _optional(fits: Check) -> Check:
    def check(column: Column) -> bool:
        present = [value for value in column if value is not None]
        return not present or fits(present)

    return check


def _uuid(column: Column) -> bool:
    return (
        _types(column) <= {str}
        and set(map(len, column)) <= {_UUID_LENGTH}
        and _UUIDS.fullmatch("\n".join(column) + "\n") is not None
    )


#: The check for the values of each field.
CHECKS: Final[dict[str, Check]] = {
    "seq": _whole(1, MAX_SEQ),
    "kind": _word(KINDS),
    "uuid": _uuid,
    "terminal": _text(32),
    "at_ms": _whole(0, MAX_MS),
    "purpose": _word(PURPOSES),
    "credential": _text(1024),
    "card": _optional(_whole(1, (1 << 31) - 1)),
    "amount_minor": _optional(_whole(-MAX_MINOR - 1, MAX_MINOR)),
    "mode": _word(MODES),
    "outcome": _optional(_word(OUTCOMES)),
    "code": _optional(_text(64)),
    "rule": _optional(_text(200)),
    "snapshot": _whole(0, (1 << 63) - 1),
}
