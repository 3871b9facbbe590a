"""The snapshot in memory: cards, terminals, limits, leases, phones, keys.

It is compact: 100,000 cards are two dictionaries of tuples. It has keyed digests of UIDs instead of UIDs.
One thread applies snapshots and freezes; any thread may read.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from campus_core import errors
from campus_core.credentials.signing import KeyRing
from campus_core.errors import WireError
from campus_core.taps import alone, rules, wire
from campus_core.taps.alone import Card, Limits, Terminal

from . import access
from .access import Access, AccessUpdate

#: States in which a card pays; a freeze may only set other states.
_OPEN: Final = frozenset({"active"})
#: The largest difference between the clocks of an edge and its server.
SLACK_MS: Final = wire.CLOCK_WINDOW_MS


class CardRow(NamedTuple):
    """A card in the snapshot; ``key`` is None for a card without a UID."""

    key: int | None
    state: str
    valid_from: str | None
    valid_until: str | None
    name: str
    floor_minor: int | None


class Phone(NamedTuple):
    """A phone that carries a card."""

    card: int
    certificate: int
    revoked: bool


class Lease(NamedTuple):
    """Money that the server has set aside for this edge."""

    card: int
    amount_minor: int
    until_ms: int


@dataclass(frozen=True)
class Bus:
    """The source of pushed freezes: the websocket's path and the secret name of the channel."""

    url: str = ""
    channel: str = ""


class Update(NamedTuple):
    """A parsed snapshot body, not yet applied."""

    version: int
    since: int
    issued_at_ms: int
    salt: str
    keys: KeyRing
    limits: Limits
    terminals: dict[str, Terminal]
    cards: dict[int, CardRow]
    phones: dict[int, Phone]
    leases: dict[str, Lease]
    removed: list[int]
    bus: Bus
    currency: str
    access: AccessUpdate | None = None


def parse(body: bytes) -> Update:
    """Parse a snapshot's body. Raises ``WireError`` (``malformed``)."""
    try:
        data = json.loads(body)
        cards = _cards(data.pop("cards", []))
        return Update(
            version=_whole(data["version"]),
            since=_whole(data.get("since") or 0),
            issued_at_ms=_whole(data["issued_at_ms"]),
            salt=bytes.fromhex(data["salt"]).hex(),
            keys=KeyRing.from_wire(data["keys"]),
            limits=_limits(data["limits"]),
            terminals={row["code"]: _terminal(row) for row in data.get("terminals", [])},
            cards=cards,
            phones={phone: Phone(card, cert, bool(off)) for card, phone, cert, off in data.get("phones", [])},
            leases={name: Lease(card, amount, until) for card, name, amount, until in data.get("leases", [])},
            removed=[_whole(card) for card in data.get("removed", [])],
            bus=Bus(**{name: str(data["bus"][name]) for name in ("url", "channel")})
            if data.get("bus")
            else Bus(),
            currency=str(data.get("currency") or ""),
            access=access.parse(data.get("access")),
        )
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise WireError(errors.MALFORMED, field="snapshot", detail=str(error)[:80]) from error


def _whole(value: Any) -> int:
    if type(value) is not int:
        raise TypeError("a whole number is expected")
    return value


def _limits(values: Mapping[str, Any]) -> Limits:
    # an older server does not send this limit: then there is none
    known = {"uid_minor": 0, **values}
    return Limits(**{name: _whole(known[name]) for name in Limits.__slots__})


def _terminal(row: Mapping[str, Any]) -> Terminal:
    return Terminal(
        code=str(row["code"]),
        purpose=str(row["purpose"]),
        amount_mode=str(row.get("amount_mode") or rules.FIXED),
        amount_minor=_whole(row.get("amount_minor") or 0),
        enabled=bool(row.get("enabled", True)),
        name=str(row.get("name") or ""),
    )


def _cards(rows: list[Any]) -> dict[int, CardRow]:
    """Turn the parsed rows into tuples. To save memory, free each row and share equal texts."""
    words: dict[Any, Any] = {}
    cards = {}
    rows.reverse()
    while rows:
        card, key, state, start, end, name, floor = rows.pop()
        share = words.setdefault
        cards[_whole(card)] = CardRow(
            int(key, 16) if key else None,
            share(state, state),
            share(start, start) or None,
            share(end, end) or None,
            name or "",
            floor if floor is None else share(_whole(floor), floor),
        )
    return cards


class Snapshot:
    """The present snapshot; its version is 0 until a full snapshot was applied."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.version = 0
        self.issued_at_ms = 0
        #: When the server last confirmed the snapshot.
        self.confirmed_at_ms = 0
        self.limits = Limits()
        self.keys = KeyRing(())
        self.bus = Bus()
        self.currency = ""
        self.salt = ""
        self.terminals: dict[str, Terminal] = {}
        self.phones: dict[int, Phone] = {}
        self.access = Access()
        self._revoked: frozenset[int] = frozenset()
        self._cards: dict[int, CardRow] = {}
        self._keys: dict[int, int] = {}
        self._leases: dict[str, Lease] = {}
        self._leases_of: dict[int, list[Lease]] = {}

    def __len__(self) -> int:
        """Return the number of cards."""
        return len(self._cards)

    # -- reading -------------------------------------------------------------------------
    def card_of_uid(self, uid: str) -> int | None:
        """Return the card with a canonical UID."""
        return self._keys.get(int(alone.card_key(self.salt, uid), 16)) if self.version else None

    def terminal(self, code: str) -> Terminal | None:
        """Return a terminal of this edge by its code."""
        return self.terminals.get(code)

    def card(self, card: int | None, now_ms: int, lease_used_minor: int = 0) -> Card | None:
        """Return a card for the decision, or None; ``lease_used_minor`` of its leases are already spent."""
        row = self._cards.get(card) if card is not None else None
        if row is None or card is None:
            return None
        leases = self._leases_of.get(card, ())
        lease_minor = sum(lease.amount_minor for lease in leases if lease.until_ms > now_ms)
        return Card(
            card,
            row.state,
            row.valid_from,
            row.valid_until,
            row.name,
            row.floor_minor,
            max(lease_minor - lease_used_minor, 0),
        )

    @property
    def revoked_phones(self) -> frozenset[int]:
        """Phones that no longer carry a card. A phone that is not listed may be new and is accepted."""
        return self._revoked

    # -- writing -------------------------------------------------------------------------
    def apply(self, update: Update, now_ms: int | None = None) -> set[int]:
        """Apply a full snapshot or a delta; return the cards whose leases have changed.

        A delta that does not begin at this version raises ``WireError`` (``malformed``). So does a full
        snapshot that is older than this one, because that may be a replay. It is accepted if this one
        is from after ``now_ms``: then the server's clock was wrong.
        """
        with self._lock:
            if update.since:
                if update.since != self.version or update.salt != self.salt:
                    raise WireError(errors.MALFORMED, field="since")
                return self._merge(update)
            newest_ms = self.issued_at_ms if now_ms is None else min(self.issued_at_ms, now_ms - SLACK_MS)
            if update.issued_at_ms < newest_ms:
                raise WireError(errors.MALFORMED, field="issued_at_ms")
            return self._replace(update)

    def freeze(self, states: Iterable[tuple[int, str]]) -> int:
        """Apply pushed states at once; return how many cards were closed.

        Only states that close a card are applied, because a push is not signed and must not give
        rights. A state that opens a card comes with the signed delta.
        """
        done = 0
        with self._lock:
            for card, state in states:
                row = self._cards.get(card)
                if row is not None and state not in _OPEN:
                    self._cards[card] = row._replace(state=state)
                    done += 1
        return done

    def _replace(self, update: Update) -> set[int]:
        keys = {row.key: card for card, row in update.cards.items() if row.key is not None}
        self._cards, self._keys = update.cards, keys
        self.phones = update.phones
        self.access.take(update.access, is_full=True)
        return self._take_small(update)

    def _merge(self, update: Update) -> set[int]:
        for card in update.removed:
            self._forget_key(card)
            self._cards.pop(card, None)
        for card, row in update.cards.items():
            self._forget_key(card)
            if row.key is not None:
                self._keys[row.key] = card
            self._cards[card] = row
        self.phones = self.phones | update.phones
        self.access.take(update.access, is_full=False)
        return self._take_small(update)

    def _take_small(self, update: Update) -> set[int]:
        """Apply the parts that every snapshot has completely; return the cards whose leases changed."""
        changed = {lease.card for _name, lease in self._leases.items() ^ update.leases.items()}
        self.terminals, self._leases = update.terminals, update.leases
        self._take_head(update)
        return changed

    def _take_head(self, update: Update) -> None:
        by_card: dict[int, list[Lease]] = {}
        for lease in self._leases.values():
            if lease.amount_minor > 0:
                by_card.setdefault(lease.card, []).append(lease)
        self._leases_of = by_card
        self._revoked = frozenset(name for name, phone in self.phones.items() if phone.revoked)
        self.limits, self.keys, self.bus = update.limits, update.keys, update.bus
        self.salt, self.currency = update.salt, update.currency
        self.issued_at_ms, self.version = update.issued_at_ms, update.version
        self.confirmed_at_ms = update.issued_at_ms

    def confirm(self, at_ms: int) -> None:
        """Note that the server confirmed at ``at_ms`` that nothing has changed."""
        self.confirmed_at_ms = at_ms

    def _forget_key(self, card: int) -> None:
        row = self._cards.get(card)
        if row is not None and row.key is not None and self._keys.get(row.key) == card:
            del self._keys[row.key]
