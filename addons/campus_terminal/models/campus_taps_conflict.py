import hashlib
import json
import uuid

from odoo import api, models
from odoo.addons.campus_card.campus_core import errors
from odoo.addons.campus_card.campus_core.taps import charge, wire


class CampusTapsConflict(models.AbstractModel):
    """One tap, told twice and not the same: the first is the record, the other waits for eyes."""

    _inherit = "campus.taps"

    @api.model
    def _is_same(self, order, index, known):
        """Say whether an entry states what is stored of its tap, as far as that is stored.

        The journal around it may be another: after a fork an edge writes its taps anew.
        """
        entry, batch = order.batch.entries[index], order.batch
        if (known.edge_id, known.journal, known.seq, known.mark) == (
            order.edge.id,
            batch.journal,
            entry.seq,
            self._mark(batch.hashes[index]),
        ):
            return True
        place = order.places.get(entry.terminal)
        pairs = (
            (entry.amount_minor, known.amount_minor),
            (entry.card, known.card_id),
            (place and place.id, known.terminal_id),
        )
        return (
            (known.purpose, known.mode, known.credential, known.at_ms, known.edge_id)
            == (entry.purpose, entry.mode, self._masked(entry), entry.at_ms, order.edge.id)
        ) and all(one is None or other is None or one == other for one, other in pairs)

    @api.model
    def _store(self, order):
        entries = order.batch.entries
        order.conflicts += [
            entries[index]
            for index, first in order.twice.items()
            if entries[index].content != entries[first].content
        ]
        res = super()._store(order)
        if order.conflicts:
            self._store_conflicts(order)
        return res

    @api.model
    def _answer(self, order):
        res = super()._answer(order)
        for index, first in order.twice.items():
            order.answers[index] = self._answer_twice(order, index, first)
        return res

    @api.model
    def _answer_twice(self, order, index, first):
        """The answer to an entry whose tap stands in the same batch before it."""
        entry, before = order.batch.entries[index], order.batch.entries[first]
        if entry.content == before.content:
            return {**order.answers[first], "seq": entry.seq}
        decision = charge.Decision(wire.REFUSED, errors.CONFLICT)
        return self._present(entry, decision)

    @api.model
    def _store_conflicts(self, order):
        """A review for each content that is new, on the tap that is stored."""
        marks = {self._content_mark(entry): entry for entry in order.conflicts}
        # sudo: as for making them
        reviews = self.env["campus.tap.review"].sudo()
        same = [("company_id", "=", order.edge.company_id), ("content_mark", "in", list(marks))]
        seen = set(reviews.search_fetch(same, ["content_mark"]).mapped("content_mark"))
        self._create_reviews(
            order,
            [
                (errors.CONFLICT, entry.uuid, entry.kind, self._evidence(order, entry, mark))
                for mark, entry in marks.items()
                if mark not in seen
            ],
        )

    @api.model
    def _evidence(self, order, entry, mark):
        """What a review keeps of the second content."""
        return {
            "journal": order.batch.journal,
            "first_seq": entry.seq,
            "last_seq": entry.seq,
            "content_mark": mark,
            "evidence": {**entry._asdict(), "credential": self._masked(entry)},
        }

    @api.model
    def _content_mark(self, entry):
        """Digest of all but the place in a journal, in the form of a uuid."""
        digest = hashlib.sha256(json.dumps(entry.content).encode()).hexdigest()
        return str(uuid.UUID(self._mark(digest)))
