from odoo.addons.campus_card.campus_core import errors
from odoo.addons.campus_card.campus_core.taps import charge, journal_chain, wire

from .frame import refuse_fork
from .known_taps import half_hash, masked

CONFLICT = charge.Decision(wire.REFUSED, errors.CONFLICT)


class Sorter:
    """Splits a batch: what is known is answered as before, the rest is fresh.

    After :meth:`run`: ``fresh``: indexes of entries that are to be decided. ``again``: ``{index: Decision}`` of
    entries that have their answer. ``twice``: ``{index: index of the entry before it with the same tap}``.
    ``conflicts``: entries that say of a tap something else than before. ``gaps``: what the journal lacks, None
    where nobody had to ask.
    """

    def __init__(self, cr, batch, frame, known, ends, apart):
        self._cr, self._edge, self._sent = cr, batch.edge, batch.sent
        self._frame, self._known, self._ends, self._apart = frame, known, ends, apart
        self._seen = {}
        self.fresh, self.again, self.twice, self.conflicts, self.gaps = [], {}, {}, [], None

    def run(self):
        """Sort all entries; returns itself.

        :raise WireError: ``journal_fork``; numbers up to the head that the server has no tap for fill a gap,
            or they are a fork
        """
        sent, known_taps, seen = self._sent, self._known, self._seen
        for index, entry in enumerate(sent.entries):
            known = known_taps.get((entry.uuid, entry.kind)) if known_taps else None
            if known is not None:
                self._keep_known(index, entry, known)
                continue
            first = seen.setdefault((entry.uuid, entry.kind), index)
            if first != index:
                self.twice[index] = first
            elif entry.kind == wire.FINAL and not self._ends.may_end(entry, self._tap_before(entry)):
                # who knows the id of a tap does not say what became of it: a conflict, for eyes
                self._refuse(index, entry)
            else:
                self._take_fresh(index, entry)
        return self

    def _take_fresh(self, index, entry):
        if index < self._sent.fresh_from and not self._fills_gap(entry):
            if not self._apart.is_forgotten(entry):
                refuse_fork(self._frame.head)
            self.again[index] = charge.Decision(entry.outcome, entry.code)
            return
        self.fresh.append(index)

    def _tap_before(self, final):
        index = self._seen.get((final.uuid, wire.TAP))
        return None if index is None else self._sent.entries[index]

    def _keep_known(self, index, entry, known):
        """The first answer to a tap that the server has; ``conflict`` if it is another tap by now."""
        sent = self._sent
        is_before = index < sent.fresh_from and known.journal == sent.journal
        if is_before and (known.seq, known.chain_hash) != (entry.seq, half_hash(sent.hashes[index])):
            refuse_fork(self._frame.head)
        if self._is_same(index, entry, known):
            self.again[index] = charge.Decision(
                known.outcome, known.code, known.amount_minor, known.balance_minor, known.numbers or {}
            )
        else:
            self._refuse(index, entry)

    def _refuse(self, index, entry):
        self.conflicts.append(entry)
        self.again[index] = CONFLICT

    def _is_same(self, index, entry, known):
        """Say whether an entry states what is stored of its tap, as far as that is stored.

        The journal around it may be another: after a fork an edge writes its taps anew.
        """
        sent, edge_id = self._sent, self._edge.id
        if (known.edge_id, known.journal, known.seq, known.chain_hash) == (
            edge_id,
            sent.journal,
            entry.seq,
            half_hash(sent.hashes[index]),
        ):
            return True
        terminal = self._frame.terminals.get(entry.terminal)
        pairs = (
            (entry.amount_minor, known.amount_minor),
            (entry.card, known.card_id),
            (terminal and terminal.id, known.terminal_id),
            # what a conflict was told as is not stored
            (entry.outcome, None if known.code == errors.CONFLICT else known.outcome),
        )
        return (
            (known.purpose, known.mode, known.credential, known.at_ms, known.edge_id)
            == (entry.purpose, entry.mode, masked(entry), entry.at_ms, edge_id)
        ) and all(one is None or other is None or one == other for one, other in pairs)

    def _fills_gap(self, entry):
        """Say whether the entry's number was missing; the gaps of the journal are read once per batch."""
        if self.gaps is None:
            entries = self._sent.entries
            self._cr.execute(
                """SELECT first_seq, last_seq FROM campus_tap_review
                    WHERE edge_id = %s AND reason = 'gap' AND journal = %s AND filled IS NOT TRUE
                      AND first_seq <= %s AND last_seq >= %s""",
                [self._edge.id, self._sent.journal, entries[-1].seq, entries[0].seq],
            )
            self.gaps = journal_chain.Ranges(self._cr.fetchall())
        return entry.seq in self.gaps
