import time
import uuid

from odoo.addons.campus_card.campus_core.taps import wire
from odoo.addons.campus_card.tests.people_common import PeopleCase

from ..edge_auth import Edge

# Of a list that is newer than all changes.
NEWEST = 1 << 40


def now_ms():
    """Now, as an edge's clock has it."""
    return int(time.time() * 1000)


class Journal:
    """Writes entries as an edge does; ``send`` takes all that were written since the last time."""

    # All entries of a test are of one moment unless they say another: told again, they are the same.
    at_ms = None

    def __init__(self):
        self.start()
        self.waiting = []

    def start(self):
        """A journal of its own, from number 1."""
        self.id, self.seq, self.prev = str(uuid.uuid4()), 0, wire.ZERO_HASH

    def add(self, **values):
        """One entry; returns its uuid."""
        self.seq += 1
        defaults = {
            "seq": self.seq, "kind": "tap", "uuid": str(uuid.uuid4()), "terminal": "T-BREAK", "at_ms": self.at_ms or now_ms(),
            "purpose": "pay", "credential": "uid:04A1B2C3", "card": None, "amount_minor": None, "mode": "ask",
            "outcome": None, "code": None, "rule": None, "snapshot": 0,
        }  # fmt: skip
        entry = wire.TapEntry(**{**defaults, **values})
        self.waiting.append(entry)
        return entry.uuid

    def told(self, outcome="granted", **values):
        """An entry that was answered at the reader already."""
        code = "ok" if outcome == "granted" else values.pop("code", "abandoned")
        return self.add(**{"mode": "told", "outcome": outcome, "code": code, "snapshot": NEWEST} | values)

    def batch(self):
        """The request for what waits; afterwards nothing does."""
        entries, prev = self.waiting, self.prev
        for entry in entries:
            self.prev = wire.chain_hash(self.prev, entry)
        self.waiting = []
        return {"journal": self.id, "prev": prev, "head_seq": self.seq, "entries": [list(e) for e in entries]}


class TapCase(PeopleCase):
    """An edge with a breakfast line (3.50), a keyed terminal and a door; a holder with money."""

    roles = ("clerk", "manager", "finance", "auditor", "employee", "arts_clerk")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.merchant = cls.env["campus.account"].create(
            {"name": "Breakfast", "code": "test-breakfast", "kind": "merchant"}
        )
        cls.edge_record = cls.env["campus.edge"].create(
            {"name": "Canteen", "uuid": str(uuid.uuid4()), "state": "active"}
        )
        cls.edge = Edge(cls.edge_record.id, cls.company.id, cls.edge_record.uuid, "active")
        terminal = cls.env["campus.terminal"].create
        values = {"edge_id": cls.edge.id, "merchant_id": cls.merchant.id}
        cls.breakfast = terminal({**values, "name": "Breakfast", "code": "T-BREAK", "amount_minor": 350})
        cls.keyed = terminal({**values, "name": "Fruit", "code": "T-KEY", "amount_mode": "keyed"})
        cls.door = terminal({"name": "Door", "code": "T-DOOR", "purpose": "door", "edge_id": cls.edge.id})
        terminal({"name": "Class", "code": "T-ATTEND", "purpose": "attend", "edge_id": cls.edge.id})
        cls.wallet = cls.card.wallet_id
        cls.top_up(cls.wallet, 1000)

    def setUp(self):
        super().setUp()
        self.patch(Journal, "at_ms", now_ms())
        self.journal = Journal()
        self.Taps = self.env["campus.taps"].sudo()

    def send(self, batch=None):
        """Send what waits; the answers."""
        answers = self.Taps._take(self.edge, batch or self.journal.batch())["answers"]
        self.env.invalidate_all()
        return answers

    def tap(self, **values):
        """One tap, sent at once; its answer."""
        self.journal.add(**values)
        return self.send()[0]

    def reviews(self):
        return self.env["campus.tap.review"].search([("edge_id", "=", self.edge.id)]).mapped("reason")

    def assertAnswer(self, answer, outcome, code, balance_minor=None):
        self.assertEqual((answer["outcome"], answer["code"]), (outcome, code), answer)
        if balance_minor is not None:
            self.assertEqual(answer["balance_minor"], balance_minor)
            self.assertEqual(self.wallet.available_minor, balance_minor)
