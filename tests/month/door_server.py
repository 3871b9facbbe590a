"""What the server itself would decide at a door: its own tables, asked without the lists that edges are sent."""

from door_machine import Says

from campus_core.access import types
from campus_core.access.decide import decide, right_at
from campus_core.access.positions import Passage, Positions
from campus_core.access.wire import site_from_wire
from campus_core.errors import Refusal

#: Runs in the server's own Odoo: places and rights as its models know them.
FACTS = """
from odoo.addons.campus_card.campus_core.access import wire
own = env["campus.access.site"]
doors = env["campus.door"].search([("id", "in", doors)])
people = env["res.partner"].browse(people)
answer = {"site": wire.site_to_wire(own._site(doors)), "rules": [[p.id, own._rules_of(p)] for p in people]}
"""
POSITIONS = """
SELECT partner_id, zone_id, at_ms, edge_number, number, left_zone_id, door_id, side FROM campus_position
 WHERE company_id = 1 ORDER BY partner_id
"""
ORDERS = (
    "SELECT number, zone_id, level, is_drill FROM campus_lockdown WHERE company_id = 1 AND state = 'active'"
)
#: Why a card in this state opens nothing.
STATES = {
    "lost": "card_lost",
    "frozen": "card_frozen",
    "expired": "card_expired",
    "returned": "card_returned",
}
#: Reasons that depend on where people are: no page about rights knows them.
OF_PLACES = frozenset(
    ("access_passback", "access_passback_time", "access_unverified", "access_zone_full", "access_interlock",
     "access_first_missing", "access_escort_missing", "access_second_missing")
)  # fmt: skip


class DoorServer:
    """``learn`` reads everything anew; ``says`` decides with it."""

    def __init__(self, world):
        self.world = world
        self.site, self.rules, self.positions = types.Site(), {}, Positions(types.Site())
        self.orders, self._before = (), {}

    def learn(self, house):
        """Read places, rights, positions and lockdowns."""
        doors = sorted({door for door, _left, _entered in house.doors.values()})
        people = [person.holder for person in house.people]
        facts = self.world.shell.run(FACTS, doors=doors, people=people)
        self.site = site_from_wire(facts["site"])
        self.rules = {holder: tuple(rules) for holder, rules in facts["rules"]}
        self.positions = Positions(self.site)
        self.positions.take(Passage(*row) for row in self.world.query(POSITIONS))
        self.orders = tuple(types.Lockdown(*row) for row in self.world.query(ORDERS))

    def says(self, terminal, person, at_ms, is_connected=True):
        """The decision about a card at a terminal at this moment."""
        door, side = self._place(terminal)
        holder = types.Person(person.holder, self.rules.get(person.holder, ()), self._refusal(person))
        last = self.positions.at_door(person.holder, door.door)
        state = types.State(
            zone=self.positions.zone(person.holder),
            entered=self.positions.entered(person.holder),
            door_side=last.side if last else None,
            door_ms=last.at_ms if last else 0,
            is_connected=is_connected,
            counts=self.positions.counts(),
            lockdowns=self.orders,
            before=tuple(self._before.get((door.door, side), ())),
        )
        verdict = decide(self.site, door, side, holder, state, at_ms)
        self._remember(door, side, holder, verdict, at_ms)
        return Says(verdict.granted, _codes(verdict.reasons), verdict.rule, _codes(verdict.warnings))

    def went(self, terminal, person, at_ms):
        """Somebody has gone through."""
        door, side = self._place(terminal)
        left, entered = door.goes(side)
        passage = Passage(person.holder, entered, at_ms, 0, 0, left, door.door, side)
        self.positions.take([passage])

    def why(self, terminal, person, at_ms):
        """What the page *Who Can Open What* answers an auditor: ``(codes, right)``."""
        auditor = self.world.person("auditor")
        door, side = self._place(terminal)
        values = {"about": "person", "partner_id": person.holder, "side": side,
                  "moment": self.world.utc(at_ms)}  # fmt: skip
        [why] = auditor.rpc("campus.access.why", "create", [values])
        [line] = auditor.rpc(
            "campus.access.why.line", "search_read", [["why_id", "=", why], ["door_id", "=", door.door]],
            ["codes", "right_id", "is_open", "reasons"],
        )  # fmt: skip
        return frozenset((line["codes"] or "").split()), line["right_id"] and line["right_id"][0]

    def _place(self, terminal):
        return next(
            (door, side)
            for door in self.site.doors.values()
            for side, code in door.sides.items()
            if code == terminal
        )

    def _refusal(self, person):
        [(state,)] = self.world.query("SELECT state FROM campus_card WHERE id = %s", [person.card])
        return Refusal(STATES[state]) if state in STATES else None

    def _remember(self, door, side, person, verdict, at_ms):
        """Whoever is let through, or waits for company alone, can be the company of the next."""
        if _codes(verdict.reasons) <= {"access_escort_missing", "access_second_missing"}:
            rule = right_at(self.site, door, side, person, at_ms).rule
            alone = rule is not None and not rule.needs_escort
            seen = self._before.setdefault((door.door, side), [])
            seen.append(types.Presented(person.holder, at_ms, alone))


def _codes(reasons):
    return frozenset(reason.code for reason in reasons)
