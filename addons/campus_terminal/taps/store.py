from odoo.addons.campus_card.campus_core.taps import charge, told, wire
from odoo.addons.campus_card.db import own_cursor, prepared
from odoo.addons.campus_card.db.prepared import Statement

from . import rows
from .reviews import Reviews, is_held

_STORE_HEAD = Statement(
    "edge_head_store",
    """INSERT INTO campus_edge_head (edge_id, journal, seq, hash, reported_seq, uid_hour, uid_minor, uid_hit_hour)
       VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
           ON CONFLICT (edge_id) DO UPDATE SET journal = excluded.journal, seq = excluded.seq,
              hash = excluded.hash, reported_seq = excluded.reported_seq, uid_hour = excluded.uid_hour,
              uid_minor = excluded.uid_minor, uid_hit_hour = excluded.uid_hit_hour""",
)


class Storer:
    """Stores what a batch decided: one INSERT per table, all in one message.

    ``loaded``: the :class:`load.Loader` that has run; ``decider``: likewise. After :meth:`run`: ``head_seq``:
    newest number that the server has of the edge's journal.
    """

    def __init__(self, env, batch, frame, loaded, decider):
        self._env, self._batch, self._frame = env, batch, frame
        self._loaded, self._later = loaded, decider.later
        self._decided = [pair for pair in decider.decided if not pair[0].is_apart]
        self._elsewhere = [pair for pair in decider.decided if pair[0].is_apart]
        self._reviews = [
            (reason, line.entry.uuid, line.entry.kind, {"is_held": is_held(line.entry, decision, reason)})
            for line, decision in decider.decided
            for reason in decision.review
        ]
        entries = batch.sent.entries
        self._conflicts = loaded.sorter.conflicts + [
            entries[index]
            for index, first in loaded.sorter.twice.items()
            if entries[index].content != entries[first].content
        ]
        self.head_seq = 0

    def run(self):
        """Store all, and commit where nothing is left to do; returns itself."""
        cr, calls = self._env.cr, self._calls()
        sent, gaps = self._batch.sent, self._loaded.sorter.gaps
        is_plain = not (self._later or self._reviews or self._conflicts or gaps)
        if is_plain and not (self._elsewhere or sent.is_new_journal or sent.gap):
            own_cursor.finish(cr, *calls)
            return self
        prepared.run_all(cr, *calls)
        if self._elsewhere:
            self._loaded.apart.stored(self._env, cr.fetchall())
        self._env["campus.ledger"]._forget()
        self._take_back()
        self._note_journal()
        reviews = Reviews(self._env, self._batch, self._loaded.book.on)
        reviews.store(self._reviews, self._decided)
        if self._conflicts:
            reviews.store_conflicts(self._conflicts)
        return self

    def _calls(self):
        """The statements that store a batch, see ``prepared.run_all``."""
        loaded, calls = self._loaded, []
        if self._decided:
            calls.append(rows.taps_call(loaded.columns, self._decided))
        if loaded.book.fresh.transfers:
            calls.append(rows.transfers_call(self._batch, loaded.lines, loaded.book, self._env.uid))
        calls.append(self._head_call())
        if self._elsewhere:
            calls.append(loaded.apart.call(self._elsewhere))
        return calls

    def _head_call(self):
        head, sent, hour = self._frame.head, self._batch.sent, self._frame.uid_hour
        last = sent.entries[-1]
        moves_on = head is None or sent.is_new_journal or last.seq > head.seq
        self.head_seq, link = (last.seq, sent.hashes[-1]) if moves_on else (head.seq, head.hash)
        values = self._batch.edge.id, sent.journal, self.head_seq, link, sent.head_seq
        return _STORE_HEAD, *values, hour.hour, hour.minor, hour.hit_hour

    def _take_back(self):
        """Reverse charges whose readers have shown red."""
        if not self._later:
            return
        requests = [
            {
                "uuid": told.later_uuid(told.TAKE_BACK, uuid),
                "reverses_uuid": uuid,
                "origin": f"campus.edge,{self._batch.edge.id}",
            }
            for uuid in self._later
        ]
        answers = self._env["campus.ledger"]._reverse(requests)
        for uuid, answer in zip(self._later, answers, strict=True):
            # what an edge takes back is always seen by somebody; the day waits only where it failed
            reason, state = (charge.TAKEN_BACK, "notice") if answer["ok"] else (charge.NOT_TAKEN_BACK, "open")
            self._reviews.append((reason, uuid, wire.FINAL, {"state": state}))

    def _note_journal(self):
        """Write down what the journal as a whole shows: another journal, a gap, a gap that is filled."""
        edges, edge, sent = self._env["campus.edge"], self._batch.edge, self._batch.sent
        if sent.is_new_journal:
            edges._note_journal(edge, self._frame.head, self._frame.reported_seq)
        if sent.gap:
            edges._note_gap(edge, sent.journal, *sent.gap)
        if self._loaded.sorter.gaps:
            last = sent.entries[sent.fresh_from - 1]
            edges._fill_gaps(edge, sent.journal, sent.entries[0].seq, last.seq)
