from odoo.addons.campus_card.campus_core import money
from odoo.addons.campus_card.campus_core.shown_name import shown_name
from odoo.addons.campus_card.campus_core.taps import charge, wire

from .sort import CONFLICT


class Answerer:
    """Puts into words what an edge gets to hear about each tap, after the commit.

    Until then other batches would wait for the pockets. ``sorter``: the batch's ``sort.Sorter``; ``decided``:
    ``[(Line, Decision)]``.
    """

    def __init__(self, env, batch, sorter, decided):
        self._ledger, self._entries = env["campus.ledger"], batch.sent.entries
        self._sorter, self._decided = sorter, decided

    def run(self):
        """Return the answers' JSON, one per entry in the order of the batch."""
        answers = [None] * len(self._entries)
        for index, decision in self._sorter.again.items():
            answers[index] = self._present(self._entries[index], decision)
        for line, decision in self._decided:
            answer = self._present(line.entry, decision)
            if line.terminal and line.terminal.shows_names and line.card and line.entry.mode == wire.ASK:
                answer["name"] = shown_name(line.card.name)
            answers[line.index] = answer
        for index, first in self._sorter.twice.items():
            answers[index] = self._present_twice(index, first, answers[first])
        return answers

    def _present(self, entry, decision):
        """One answer, as in the contract; texts are for the reader's display."""
        outcome, code, amount_minor, balance_minor, numbers, _review = decision
        answer = {
            "uuid": entry.uuid,
            "seq": entry.seq,
            "outcome": outcome,
            "code": code,
            "amount_minor": amount_minor,
            "balance_minor": balance_minor,
            "numbers": dict(numbers),
        }
        if entry.mode == wire.ASK:
            answer["name"] = ""
            answer["text"] = self._text(code, amount_minor, balance_minor, numbers)
        return answer

    def _text(self, code, amount_minor, balance_minor, numbers):
        if code != charge.OK:
            return self._ledger._explain({"code": code, "numbers": numbers})
        amounts = (amount_minor, balance_minor)
        return "  ".join([money.format_minor(minor) for minor in amounts if minor is not None])

    def _present_twice(self, index, first, answer):
        """The answer to an entry whose tap stands in the same batch before it, with ``answer``."""
        entry, before = self._entries[index], self._entries[first]
        if entry.content == before.content:
            return {**answer, "seq": entry.seq}
        return self._present(entry, CONFLICT)


def missing(sent, head):
    """``gaps`` of the answer: what the server has lost or never got, for the edge to send (again).

    ``sent``: a ``journal_chain.Batch``; ``head``: where the server stood before it, or None.
    """
    gaps = [(sent.journal, *sent.gap)] if sent.gap else []
    if sent.is_new_journal:
        # after a restore also what an older journal had sent may be missing: nobody here can know
        gaps.append((head.journal, head.seq + 1, wire.MAX_SEQ))
    return {"gaps": [wire.Gap._make(gap)._asdict() for gap in gaps]} if gaps else {}
