"""A campus with doors, and an edge at them whose readers the test plays by hand."""

import json
import time
from dataclasses import dataclass, field

from campus_core.access import types
from campus_core.access.types import Door, Rule, Site, Zone
from campus_core.access.wire import lockdown_to_wire, profile, site_to_wire
from campus_core.schedule import Calendar
from campus_edge.config import parse
from campus_edge.edge import Edge
from campus_edge.ports.base import Port, PortEvent
from campus_edge.protocols.base import CardSeen, Input, KeysPressed, ReaderState, Tamper
from campus_edge.readers.drivers import DRIVERS
from campus_edge.server.http import Identity
from campus_edge.server.identity import Paired
from support.edge_campus import Campus, uid_of
from support.edge_rig import KEY, until

OUTSIDE, BUILDING, LAB = 1, 2, 3
#: What a reader is told beside the answers to cards.
BESIDE = ("asking", "keying", "unlock", "relock")
HOLDER = 1000


def site(**more):
    """A building with a main door (in D01, out D02) and in it a lab (in D03); ``more`` replaces parts."""
    parts = {
        "zones": [Zone(OUTSIDE), Zone(BUILDING, OUTSIDE), Zone(LAB, BUILDING)],
        "doors": [
            Door(11, OUTSIDE, BUILDING, "Main", {"in": "D01", "out": "D02"}),
            Door(12, BUILDING, LAB, "Lab", {"in": "D03"}),
        ],
        "rules": [Rule(1, "Everybody", doors=frozenset({11})), Rule(2, "Lab", doors=frozenset({11, 12}))],
    } | more
    return Site(
        doors={one.door: one for one in parts["doors"]},
        zones={one.zone: one for one in parts["zones"]},
        rules={one.rule: one for one in parts["rules"]},
        schedules=parts.get("schedules", {}),
        calendar=parts.get("calendar", Calendar()),
    )


@dataclass
class DoorCampus(Campus):
    """Cards 1 to 9 belong to holders 1001 to 1009; ``rights``: card -> rules."""

    site: Site = field(default_factory=site)
    rights: dict = field(default_factory=dict)
    pins: dict = field(default_factory=dict)
    names: dict = field(default_factory=dict)
    numbers: dict = field(default_factory=dict)
    positions: list = field(default_factory=list)
    holders: list = field(default_factory=list)
    opened: list = field(default_factory=list)
    orders: list = field(default_factory=list)
    ended: list = field(default_factory=list)

    def __post_init__(self):
        super().__post_init__()
        for code in ("D02", "D03"):
            self.add_terminal(code, purpose="door", amount_minor=0)

    def give(self, rules, *cards):
        """Give cards these rules; none takes them away."""
        for card in cards:
            self.rights[card] = tuple(rules)
            self.touch(("rights", card))

    def change(self, **values):
        """Change other parts."""
        for name, value in values.items():
            setattr(self, name, value)
            self.touch(("access", name))

    def content(self, since=0):
        def is_fresh(*what):
            return not since or self.changed.get(what, 0) > since

        access = {
            "edge": 7,
            "profiles": {profile(rules): list(rules) for rules in self.rights.values() if rules},
            "people": [
                [card, HOLDER + card, profile(rules) if rules else ""]
                for card, rules in self.rights.items()
                if is_fresh("rights", card)
            ],
            "pins": list(map(list, self.pins.items())) if is_fresh("access", "pins") else [],
            "names": list(map(list, self.names.items())) if is_fresh("access", "names") else [],
            "numbers": list(map(list, self.numbers.items())) if is_fresh("access", "numbers") else [],
            "positions": list(map(list, self.positions)) if is_fresh("access", "positions") else [],
            "holders": list(map(list, self.holders)) if is_fresh("access", "holders") else [],
            "opened": self.opened,
            "lockdowns": {"orders": list(map(lockdown_to_wire, self.orders)), "ended": self.ended},
        }
        if is_fresh("access", "site"):
            access |= site_to_wire(self.site)
        return super().content(since) | {"access": access}


class Hand(Port):
    """A port whose events the test makes; what is shown is kept."""

    def __init__(self, config, sink):
        super().__init__(config.terminal, sink)
        self.shown = []

    def _serve(self):
        self._emit(ReaderState("ready"))
        self._stopping.wait()

    def show(self, feedback):
        self.shown.append(feedback)

    def event(self, event):
        self._sink(PortEvent(self.name, event, time.monotonic_ns()))


class DoorEdge:
    """A whole edge; ``wiring`` are more settings of readers, by terminal."""

    def __init__(self, server, folder, boards=(), **wiring):
        self.ports = {}
        rows = [
            {"terminal": code, "driver": "osdp", **wiring.get(code, {})}
            for code in ("D01", "D02", "D03", "T01")
        ]
        data = {"edge": {"state_folder": str(folder), "language": "en_US"}, "reader": rows}
        data["board"] = list(boards)
        paired = Paired(Identity(server.edge, "Door", server.url, KEY), server.campus.ring)
        self.server = server
        self.edge = Edge(parse(data, folder, tuple(DRIVERS)), paired, self._port)

    def _port(self, config, sink):
        port = self.ports[config.terminal] = Hand(config, sink)
        return port

    def __enter__(self):
        self.edge.start()
        return self

    def __exit__(self, *error):
        self.edge.stop()

    def ready(self):
        """Wait for the list of now."""
        assert until(lambda: self.edge.snapshot.version == self.server.campus.version)
        return self.settled()

    def settled(self):
        """Wait until the loop has done what was posted before."""
        done = []
        self.edge._loop.post(done.append, True)
        assert until(lambda: done)
        return self

    def present(self, card, terminal="D01"):
        """Put a card on a reader; what the reader shows then."""
        port = self.ports[terminal]
        before = len(port.shown)
        port.event(CardSeen(f"uid:{uid_of(card)}"))
        assert until(lambda: [shown for shown in port.shown[before:] if shown.outcome not in BESIDE])
        return next(shown for shown in port.shown[before:] if shown.outcome not in BESIDE)

    def tap(self, card, terminal="D01"):
        """Put a card on a reader; all its reasons, none when it opens, and the entry's note."""
        before = self.edge.journal.head_seq
        self.present(card, terminal)
        return self.told(before)

    def told(self, after=0):
        """The notes of the taps after an entry, as the server reads them."""
        from campus_core.access import told

        return [told.read(entry.rule) for entry in self.entries(after) if entry.kind == "tap"][-1]

    def entries(self, after=0):
        from campus_edge.journal import store

        return self.edge.journal.read(lambda base: list(store.entries(base, after)))

    def events(self):
        """Codes of the events in the journal."""
        return [entry.code for entry in self.entries() if entry.kind == "event"]

    def keys(self, keys, terminal="D01"):
        self.ports[terminal].event(KeysPressed(keys))

    def input(self, number, is_on, terminal="D01"):
        self.ports[terminal].event(Input(number, is_on))

    def tamper(self, is_open, terminal="D01"):
        self.ports[terminal].event(Tamper(is_open))


def push(server, values):
    """Tell every subscribed websocket, as Odoo's bus does."""
    message = [{"id": 1, "message": {"type": "campus_access", "payload": values}}]
    for link in list(server.sockets):
        link.send(0x1, json.dumps(message).encode())


def lockdown(number=5, zone=BUILDING, level=types.STAFF, is_drill=False):
    return types.Lockdown(number, zone, level, is_drill)
