import datetime as dt
import json
from random import Random
from uuid import NAMESPACE_URL, uuid5
from zoneinfo import ZoneInfo

from odoo import api, models
from odoo.addons.campus_access.models.campus_access_site import moment_ms
from odoo.addons.campus_access.passage_rows import month_of
from odoo.addons.campus_card.campus_core import errors
from odoo.addons.campus_card.campus_core.access import told, types
from odoo.addons.campus_card.campus_core.access.decide import decide
from odoo.addons.campus_card.campus_core.access.positions import Passage, Positions
from odoo.addons.campus_card.campus_core.taps import wire
from odoo.addons.campus_terminal.taps.known_taps import half_hash, masked

from ..generator import campus, doors
from ..generator.event import uuid7

#: The youngest card list that a decision was made with, in seconds.
LIST_AGE_S = 40
REFUSALS = {"lost": errors.CARD_LOST, "frozen": errors.CARD_FROZEN}


class CampusDemo(models.AbstractModel):
    """The week at the doors: each passage is decided by the product's own rules, and stored as from an edge."""

    _inherit = "campus.demo"

    @api.model
    def _load_passages(self, company, walks, readers, partners, cards, drill):
        edge = self.env["campus.edge"].search(
            [("company_id", "=", company.id), ("name", "=", doors.EDGE_NAME)]
        )
        # sudo: nobody may read who a passage is of, and this loader looks only whether there are any
        if self.env["campus.passage"].sudo().search_count([("edge_id", "=", edge.id)], limit=1):
            return
        week = Week(self.env, walks, readers, partners, cards, drill)
        rows = week.rows(f"campus-demo/{company.id}")
        for month in sorted({month_of(row["uuid"]) for row in rows}):
            self.env.cr.execute("SELECT campus_passage_room(%s, %s)", [company.id, month])
        journal = str(uuid5(NAMESPACE_URL, f"campus-demo/{company.id}/doors"))
        for day in sorted({row["occurred_at"][:10] for row in rows}):
            self._store_passages(company, edge, journal, [r for r in rows if r["occurred_at"][:10] == day])

    @api.model
    def _store_passages(self, company, edge, journal, rows):
        received = dt.datetime.fromisoformat(rows[-1]["occurred_at"]) + dt.timedelta(seconds=2)
        self.env.cr.execute(
            "SELECT to_jsonb(row) FROM campus_passage_take(%s, %s, %s, %s, %s) AS row",
            [company.id, edge.id, journal, received, json.dumps(rows)],
        )
        stored = [row for (row,) in self.env.cr.fetchall()]
        self.env["campus.position"]._take(company, self.env["campus.passage"]._moves(stored))


class Week:
    """Decides the steps of a week one after the other, as the edge of the house would have done."""

    def __init__(self, env, walks, readers, partners, cards, drill):
        """``readers``: {code: (door, side)}; ``cards``: {person: card}; ``drill``: the order, or None."""
        self.env, self.walks, self.readers = env, walks, readers
        self.partners, self.cards = partners, cards
        house = env["campus.door"].browse({door.id for door, _side in readers.values()})
        self.site = env["campus.access.site"]._site(house)
        self.positions = Positions(self.site)
        self.rules = self._rules_of_all()
        self.zone = ZoneInfo(campus.TZ)
        self.drill = drill
        self.edge = house.edge_ids[:1].id

    def _rules_of_all(self):
        self.env.flush_all()
        self.env.cr.execute(
            """SELECT partner_id, array_agg(right_id ORDER BY right_id) FROM campus_access_member
                WHERE partner_id = ANY(%s) GROUP BY partner_id""",
            [self.partners.ids],
        )
        return {partner: tuple(rules) for partner, rules in self.env.cr.fetchall()}

    def rows(self, seed):
        """Rows for ``campus_passage_take``, in the order of their journal."""
        found = []
        steps = [(step.at, step) for step in self.walks.steps() if step.person in self.cards]
        happened = [*steps, *((event.at, event) for event in self.walks.events())]
        rng, previous = Random(seed), wire.ZERO_HASH
        for seq, (at, one) in enumerate(sorted(happened, key=lambda pair: pair[0]), 1):
            at_ms = self._ms(at)
            entry = self._event(one, at_ms) if hasattr(one, "code") else self._tap(one, at_ms, seq)
            entry = entry._replace(seq=seq, uuid=uuid7(rng, self._utc(at_ms)))
            previous = wire.chain_hash(previous, entry)
            found.append(self._row(entry, previous))
        return found

    def _ms(self, at):
        return round(at.replace(tzinfo=self.zone).timestamp() * 1000)

    @staticmethod
    def _utc(at_ms):
        return dt.datetime.fromtimestamp(at_ms / 1000, dt.timezone.utc).replace(tzinfo=None)

    def _event(self, event, at_ms):
        return wire.TapEntry(
            0, wire.EVENT, "", event.door, at_ms, wire.DOOR, "event:", None, None, wire.TOLD, None, event.code,
            None, 1,
        )  # fmt: skip

    def _tap(self, step, at_ms, seq):
        code = step.door if step.side == "in" else f"{step.door}-OUT"
        record, side = self.readers[code]
        door, card = self.site.doors[record.id], self.cards[step.person]
        holder = self.partners[step.person].id
        verdict = self._decide(step, door, side, holder, card, at_ms)
        if verdict.granted:
            left, entered = door.goes(side)
            passage = Passage(holder, entered, at_ms, self.edge, seq, left, door.door, side)
            self.positions.take([passage])
        first = verdict.reasons[0].code if verdict.reasons else "ok"
        return wire.TapEntry(
            0, wire.TAP, "", code, at_ms, wire.DOOR, f"uid:{card.uid}", card.id, None, wire.TOLD,
            wire.GRANTED if verdict.granted else wire.REFUSED, first,
            told.note(verdict, LIST_AGE_S + seq % 200), 1,
        )  # fmt: skip

    def _decide(self, step, door, side, holder, card, at_ms):
        refusal = errors.Refusal(REFUSALS[card.state]) if card.state in REFUSALS else None
        person = types.Person(holder, self.rules.get(holder, ()), refusal)
        verdict = decide(self.site, door, side, person, self._state(step, door, holder, at_ms), at_ms)
        if step.pin == "wrong" and verdict.granted:
            return types.Verdict((errors.Refusal(errors.ACCESS_PIN_WRONG),), verdict.rule)
        return verdict

    def _state(self, step, door, holder, at_ms):
        last = self.positions.at_door(holder, door.door)
        before = ()
        if step.mate is not None:
            before = (types.Presented(self.partners[step.mate].id, at_ms - 5_000),)
        return types.State(
            zone=self.positions.zone(holder),
            entered=self.positions.entered(holder),
            door_side=last.side if last else None,
            door_ms=last.at_ms if last else 0,
            counts=self.positions.counts(),
            lockdowns=self._lockdowns(at_ms),
            before=before,
            shown=frozenset({types.PIN} if step.pin else ()),
        )

    def _lockdowns(self, at_ms):
        order = self.drill
        if not order or not moment_ms(order.raised_at) <= at_ms < moment_ms(order.ended_at):
            return ()
        return (types.Lockdown(order.number, order.zone_id.id, order.level, order.is_drill),)

    def _row(self, entry, chain_hash):
        said = told.read(entry.rule or "")
        record, side = self.readers[entry.terminal]
        return {
            "uuid": entry.uuid,
            "kind": entry.kind,
            "seq": entry.seq,
            "chain_hash": half_hash(chain_hash),
            "terminal_id": (record.in_terminal_id if side == "in" else record.out_terminal_id).id,
            "card_id": entry.card,
            "credential": masked(entry),
            "mode": entry.mode,
            "outcome": entry.outcome,
            "code": entry.code,
            "rule": entry.rule,
            "right_id": said and said.rule,
            "reasons": " ".join(said.reasons) if said else None,
            "warnings": " ".join(said.warnings) if said else None,
            "list_age_s": said and said.age_s,
            "snapshot": str(entry.snapshot),
            "occurred_at": self._utc(entry.at_ms).isoformat("T", "milliseconds"),
        }
