import hashlib
import json
import uuid

from odoo.addons.campus_card.campus_core import errors
from odoo.addons.campus_card.campus_core.taps import charge, wire

from .known_taps import half_hash, masked

HELD_WITHOUT_CODE = frozenset((charge.UNKNOWN_CARD, charge.NO_MERCHANT))


class Reviews:
    """Puts stored taps on the list of what needs eyes. ``on``: the business day of the batch."""

    def __init__(self, env, batch, on):
        self._env, self._batch = env, batch
        self._common = {"edge_id": batch.edge.id, "company_id": batch.edge.company_id, "booking_date": on}

    def store(self, found, decided):
        """Store what was found: ``[(reason, uuid, kind, more values)]``.

        What an edge decided without knowing the time makes one review per journal, not one per tap: a canteen
        whose edge starts without a network serves hundreds before anybody tells it the time.
        """
        doubtful = {tap for reason, tap, *_more in found if reason == charge.CLOCK_DOUBT}
        if doubtful:
            seqs = [line.entry.seq for line, _decision in decided if line.entry.uuid in doubtful]
            edges = self._env["campus.edge"]
            edges._note_doubt(self._batch.edge, self._batch.sent.journal, min(seqs), max(seqs))
        self._create([each for each in found if each[0] != charge.CLOCK_DOUBT])

    def store_conflicts(self, conflicts):
        """One tap, told twice and not the same: the first is the record, the other waits for eyes.

        Makes a review for each content of the entries ``conflicts`` that is new, on the tap that is stored.
        """
        by_hash = {_content_hash(entry): entry for entry in conflicts}
        # sudo: as for making them
        reviews = self._env["campus.tap.review"].sudo()
        same = [("company_id", "=", self._batch.edge.company_id), ("content_hash", "in", list(by_hash))]
        seen = set(reviews.search_fetch(same, ["content_hash"]).mapped("content_hash"))
        self._create(
            [
                (errors.CONFLICT, entry.uuid, entry.kind, self._evidence(entry, content))
                for content, entry in by_hash.items()
                if content not in seen
            ]
        )

    def _evidence(self, entry, content_hash):
        """What a review keeps of the second content."""
        return {
            "journal": self._batch.sent.journal,
            "first_seq": entry.seq,
            "last_seq": entry.seq,
            "content_hash": content_hash,
            "evidence": {**entry._asdict(), "credential": masked(entry)},
        }

    def _create(self, found):
        if not found:
            return
        cr = self._env.cr
        cr.execute(
            "SELECT uuid::text, kind, id FROM campus_tap WHERE company_id = %s AND uuid = ANY(%s::uuid[])",
            [self._batch.edge.company_id, [tap for _reason, tap, _kind, _more in found]],
        )
        taps = {(tap, kind): tap_id for tap, kind, tap_id in cr.fetchall()}
        # sudo: what an edge sends is written down by the server alone
        self._env["campus.tap.review"].sudo().create(
            [
                # of an end that was not believed the review is about the tap
                {**self._common, "reason": reason, "tap_id": taps.get((tap, kind)) or taps.get((tap, wire.TAP)),
                 **more}
                for reason, tap, kind, more in found
            ]
        )  # fmt: skip


def is_held(entry, decision, reason):
    """Say whether somebody has to decide about money: goods are gone, and nobody was charged, or a
    charge is asked back too late."""
    if decision.code == errors.HELD:
        return True
    unpaid = decision.outcome == wire.GRANTED and decision.balance_minor is None
    return entry.purpose == wire.PAY and unpaid and reason in HELD_WITHOUT_CODE


def _content_hash(entry):
    """Digest of all but the place in a journal, in the form of a uuid."""
    digest = hashlib.sha256(json.dumps(entry.content).encode()).hexdigest()
    return str(uuid.UUID(half_hash(digest)))
