import datetime as dt
import json

from odoo.addons.campus_card.campus_core import errors
from odoo.addons.campus_card.campus_core.access import told
from odoo.addons.campus_card.campus_core.errors import Refusal, WireError
from odoo.addons.campus_card.campus_core.taps import charge, wire
from odoo.addons.campus_card.db.prepared import Statement, array
from odoo.addons.campus_terminal.taps.apart import Apart
from odoo.addons.campus_terminal.taps.known_taps import Known, half_hash, masked

from ..passage_rows import MIN_MS, month_of

EVENT = "event"
EPOCH = dt.datetime(1970, 1, 1)
_KINDS = (wire.TAP, wire.FINAL, EVENT)
# Refusals that are about the tap itself, and not about the card or the door.
_EARLY = frozenset((errors.TERMINAL_UNKNOWN, errors.TERMINAL_DISABLED))
_TAKE = Statement("passages_take", "SELECT to_jsonb(row) FROM campus_passage_take(%s, %s, %s, %s, %s) AS row")
_KNOWN = Statement(
    "passages_known",
    """SELECT uuid::text, kind, outcome, code, NULL, NULL, NULL, journal::text, seq,
              replace(chain_hash::text, '-', ''), card_id, 'door', mode, terminal_id, credential,
              (EXTRACT(EPOCH FROM occurred_at) * 1000)::bigint, company_id, edge_id
         FROM campus_passage
        WHERE company_id = %s AND month = ANY(%s::date[]) AND uuid = ANY(%s::uuid[])""",
)


class Passages(Apart):
    """Entries about doors: passages and events.

    ``take``: ``take(env, rows)``, what follows when they are stored; ``keep_days``: ``keep_days()``, how many days
    the company keeps them; ``decide``: ``decide(edge id, terminal id, card, refusal, now_ms)``, the verdict of the
    server about a tap that asks, None where doors are not set up.
    """

    def __init__(self, batch, take, keep_days, decide):
        super().__init__(batch)
        self._take, self._keep_days, self._decide = take, keep_days, decide
        self._doubts, self._notes = {}, {}

    def check(self):
        """Take events of doors, and no others."""
        if any(entry.kind not in _KINDS for entry in self.batch.sent.entries):
            raise WireError(errors.MALFORMED, field="kind")

    def takes(self, entry):
        return entry.purpose == wire.DOOR

    def read_known(self, cr, entries):
        uuids = {entry.uuid for entry in entries}
        rows = _KNOWN.rows(cr, self.batch.edge.company_id, array(set(map(month_of, uuids))), array(uuids))
        return {(uuid, kind): Known._make(values) for uuid, kind, *values in rows}

    def is_forgotten(self, entry):
        """Only what is older than passages are kept may have been erased."""
        if not self.takes(entry):
            return False
        day_ms = 86_400_000
        return MIN_MS <= entry.at_ms < self.batch.now_ms - self._keep_days() * day_ms

    def judge(self, entry, judged, terminal, card):
        """What the edge has decided stays; what the server knew better is noted by :meth:`call`.

        Of a tap that asks the server decides, as an edge would.
        """
        if entry.kind == EVENT:
            return charge.Decision(None, entry.code or "")
        if entry.mode != wire.TOLD:
            return self._asked(entry, judged, terminal, card)
        code = entry.code or (charge.OK if entry.outcome == wire.GRANTED else errors.ABANDONED)
        self._doubts[entry.uuid] = " ".join(judged.review) or None
        return charge.Decision(entry.outcome, code)

    def _asked(self, entry, judged, terminal, card):
        refused = isinstance(judged, charge.Decision) and judged.outcome != wire.GRANTED
        if entry.kind != wire.TAP or terminal is None or card is None or (refused and judged.code in _EARLY):
            return judged
        refusal = Refusal(judged.code, judged.numbers) if refused else None
        verdict = self._decide(self.batch.edge.id, terminal.id, card, refusal, self.batch.now_ms)
        if verdict is None:
            return judged
        self._notes[entry.uuid] = told.note(verdict, 0)
        if verdict.granted:
            return charge.Decision(wire.GRANTED, charge.OK)
        first = verdict.reasons[0]
        return charge.Decision(wire.REFUSED, first.code, numbers=first.numbers)

    def call(self, decided):
        batch = self.batch
        rows = [self._row(line, decision) for line, decision in decided]
        received = _time(batch.now_ms)
        return _TAKE, batch.edge.company_id, batch.edge.id, batch.sent.journal, received, json.dumps(rows)

    def stored(self, env, rows):
        self._take(env, [row for (row,) in rows])

    def make_room(self, env):
        months = {month_of(entry.uuid) for entry in self.batch.sent.entries if self.takes(entry)}
        for month in sorted(months):
            env.cr.execute("SELECT campus_passage_room(%s, %s)", [self.batch.edge.company_id, month])
        return bool(months)

    def _row(self, line, decision):
        entry = line.entry
        rule = self._notes.get(entry.uuid, entry.rule)
        said = told.read(rule or "")
        return {
            "uuid": entry.uuid,
            "kind": entry.kind,
            "seq": entry.seq,
            "chain_hash": half_hash(self.batch.sent.hashes[line.index]),
            "terminal_id": line.terminal and line.terminal.id,
            "card_id": line.card and line.card.card_id,
            "credential": masked(entry),
            "passage_uuid": _follows(entry),
            "mode": entry.mode,
            "outcome": decision.outcome,
            "code": decision.code,
            "rule": rule,
            "right_id": said and said.rule,
            "reasons": " ".join(said.reasons) if said else None,
            "warnings": " ".join(said.warnings) if said else None,
            "list_age_s": said and said.age_s,
            "doubt": self._doubt(entry),
            "snapshot": str(entry.snapshot),
            "occurred_at": _time(entry.at_ms),
        }

    def _doubt(self, entry):
        """What the server knew better, and whether the edge knew the time: also of refusals and events."""
        found = (self._doubts.get(entry.uuid) or "").split()
        if (entry.rule or "").startswith(wire.DOUBTFUL_CLOCK):
            found.append(charge.CLOCK_DOUBT)
        return " ".join(dict.fromkeys(found)) or None


def _follows(entry):
    """The passage that an event follows, if it names one."""
    _kind, _colon, text = entry.credential.partition(":")
    return text if entry.kind == EVENT and wire.is_uuid(text) else None


def _time(at_ms):
    return (EPOCH + dt.timedelta(milliseconds=at_ms)).isoformat("T", "milliseconds")
