"""A campus without Odoo for the edge's tests: cards, terminals, keys, and the snapshots it signs."""

import json
import time
from dataclasses import dataclass, field

from campus_core.credentials import signing
from campus_core.taps import alone

SALT = "00112233445566778899aabbccddeeff"
LIMITS = {"tap_minor": 5000, "card_minor": 10_000, "edge_minor": 500_000, "snapshot_age_s": 86_400}


def now_ms():
    return int(time.time() * 1000)


def uid_of(card):
    """The UID of a card of the tests."""
    return f"04{card:06X}"


@dataclass
class Campus:
    """Changes are made by its methods, which remember what a delta has to carry."""

    cards: dict = field(default_factory=dict)
    terminals: dict = field(default_factory=dict)
    phones: list = field(default_factory=list)
    leases: dict = field(default_factory=dict)
    limits: dict = field(default_factory=lambda: dict(LIMITS))
    version: int = 1
    key_number: int = 1
    bus: dict | None = None
    issued_at_ms: int | None = None

    def __post_init__(self):
        self.changed = {}
        self.add_terminal("T01")
        self.add_terminal("D01", purpose="door", amount_minor=0)

    # -- keys ----------------------------------------------------------------------------
    def key(self, number):
        return signing.SigningKey(bytes([number]) * 32)

    @property
    def ring(self):
        ring = signing.KeyRing(())
        for number in range(max(1, self.key_number - 1), self.key_number + 1):
            ring = ring.rotated(f"k{number}", self.key(number).public)
        return ring

    # -- content -------------------------------------------------------------------------
    def add_cards(self, numbers, state="active"):
        for number in numbers:
            key = alone.card_key(SALT, uid_of(number))
            self.cards[number] = [number, key, state, None, "2099-12-31", f"李明{number}", None]
            self.touch(("cards", number))

    def set_state(self, card, state):
        self.cards[card][2] = state
        self.touch(("cards", card))

    def remove(self, card):
        del self.cards[card]
        self.touch(("removed", card))

    def add_terminal(self, code, purpose="pay", amount_mode="fixed", amount_minor=350, enabled=True):
        self.terminals[code] = {
            "code": code, "name": code, "purpose": purpose, "amount_mode": amount_mode,
            "amount_minor": amount_minor, "enabled": enabled,
        }  # fmt: skip
        self.touch(("terminals", code))

    def lease(self, card, uuid, amount_minor, until_ms=None):
        self.leases[uuid] = [card, uuid, amount_minor, until_ms or now_ms() + 3_600_000]
        self.touch(("leases", uuid))

    def touch(self, what):
        self.version += 1
        self.changed[what] = self.version

    # -- snapshots -----------------------------------------------------------------------
    def content(self, since=0):
        def fresh(kind, rows):
            return [row for name, row in rows.items() if self.changed.get((kind, name), 0) > since]

        return {
            "version": self.version,
            "since": since,
            "issued_at_ms": self.issued_at_ms or now_ms(),
            "company": "School",
            "currency": "CNY",
            "salt": SALT,
            "keys": self.ring.to_wire(),
            "limits": self.limits,
            "terminals": list(self.terminals.values()),
            "cards": fresh("cards", self.cards),
            "phones": self.phones,
            "leases": list(self.leases.values()),
            "removed": [n for (kind, n), v in self.changed.items() if kind == "removed" and v > since],
            "bus": self.bus,
        }

    def signed(self, since=0, key_number=None):
        """Signature and body of a full snapshot or a delta."""
        body = json.dumps(self.content(since), ensure_ascii=False).encode()
        number = key_number or self.key_number
        return signing.sign_snapshot(f"k{number}", self.key(number), body), body
