import time

from odoo import api, models
from psycopg2 import errors as pg_errors

from ..campus_core import errors as core_errors
from ..campus_core import journal_chain, tap_charge, wire
from ..campus_core.errors import WireError


class Order:
    """A batch on its way through the house: what was read, decided and has to be stored.

    ``answers``: one dict per entry. ``reviews``: what needs eyes. ``twice``: index of an entry whose
    tap stands in the batch before, and that one's index. ``conflicts``: entries that say of a tap
    something else than before. ``verdicts``: the batch's own decisions, by tap. ``lines``: what is
    known of the fresh entries before anything is locked; ``decided``: each with its decision.
    """

    def __init__(self, edge, batch):
        self.edge, self.batch = edge, batch
        self.now_ms = int(time.time() * 1000)
        self.answers = [None] * len(batch.entries)
        self.places, self.keys, self.known = {}, {}, {}
        self.first_uses, self.used_up, self.proven_cards = {}, {}, frozenset()
        self.fresh, self.lines, self.decided = [], [], []
        self.verdicts = {}
        self.reviews = []
        self.later = []
        self.gaps, self.twice, self.conflicts = None, {}, []
        self.reported_seq = 0


class CampusTaps(models.AbstractModel):
    """Taking a batch of taps: a few statements however long it is, one transaction, exactly once.

    No ORM record per tap: resolve credentials, lock the pockets in the order of their ids,
    decide each entry in pure Python, store with one COPY per table.
    """

    _name = "campus.taps"
    _description = "Taps on Their Way In"

    @api.model
    def _take(self, edge, body):
        """Take what an edge sends.

        :param edge: named tuple or record with ``id`` and ``company_id`` (an int)
        :param body: the request's JSON
        :return: the answer's JSON, see ``docs/dev/edge_wire.md``
        :raise WireError: the request as a whole is refused; nothing was stored
        """
        batch = journal_chain.parse_batch(body)
        journal_chain.chain(batch)
        for check_transfers in (False, True):
            try:
                order = Order(edge, batch)
                with self.env["campus.ledger"]._own_transaction() as env:
                    taken = env["campus.taps"]._take_here(order, check_transfers)
                # Put into words after the commit: until then other batches wait for these pockets.
                self._answer(order)
                return {**taken, "answers": order.answers}
            except WireError as error:
                if error.code == core_errors.JOURNAL_FORK:
                    self._note_fork(edge, batch)
                raise
            except (pg_errors.LockNotAvailable, pg_errors.DeadlockDetected) as error:
                raise WireError(core_errors.TRY_AGAIN) from error
            except pg_errors.UniqueViolation:
                # An id of the batch belongs to money that did not come from a tap: find out which.
                if check_transfers:
                    raise
        raise AssertionError("unreachable")

    @api.model
    def _take_here(self, order, check_transfers):
        head = self._lock_head(order)
        if not journal_chain.place_after(order.batch, head):
            self._refuse_fork(order, head)
        self._load(order, head, check_transfers)
        self._decide(order)
        self._store(order, head)
        return {
            "server_time_ms": order.now_ms,
            "head_seq": max(
                order.batch.entries[-1].seq, head.seq if head and not order.batch.is_new_journal else 0
            ),
            "snapshot": self._snapshot_version(),
        }

    @api.model
    def _snapshot_version(self):
        """Version that a snapshot taken now would have."""
        self.env.cr.execute("SELECT campus_snapshot_version()")
        return self.env.cr.fetchone()[0]

    @api.model
    def _lock_head(self, order):
        # Everything below is looked up by key. Tables that grow by thousands of rows a second are
        # never as analysed as the planner would like, and reading one whole costs more than all else.
        self.env.cr.execute(
            """SET LOCAL enable_seqscan = off;
               SELECT journal::text, seq, hash, reported_seq FROM campus_edge_head
                WHERE edge_id = %s FOR NO KEY UPDATE""",
            [order.edge.id],
        )
        row = self.env.cr.fetchone()
        if not row:
            return None
        order.reported_seq = row[3]
        return journal_chain.Head(*row[:3])

    @api.model
    def _refuse_fork(self, order, head):
        """The edge has written another history under numbers that the server has: it is sick."""
        raise WireError(core_errors.JOURNAL_FORK, head_seq=head.seq, head_hash=head.hash)

    @api.model
    def _note_fork(self, edge, batch):
        """Keep the fork in mind, in a transaction that the refusal does not undo."""
        with self.env["campus.ledger"]._own_transaction() as env:
            env["campus.edge"]._note_fork(edge, batch.journal, batch.entries[0].seq)

    @api.model
    def _decide(self, order):
        book, terms = order.book, order.terms
        for line in order.lines:
            entry, place, key = line.entry, line.place, line.key
            if entry.kind == wire.FINAL:
                decision = self._decide_final(order, entry, place, key)
            elif entry.uuid in order.taken:
                decision = tap_charge.Decision(
                    wire.REFUSED, core_errors.CONFLICT, review=(core_errors.CONFLICT,)
                )
            else:
                decision = tap_charge.decide(book, entry, place, key, terms)
            order.verdicts.setdefault(entry.uuid, decision)
            order.decided.append((line, decision))

    @api.model
    def _decide_final(self, order, entry, place, key):
        """What an edge has told its reader when the server's answer did not come in time.

        Granted though nothing was charged: charge. Refused though it was charged: take it back.
        """
        tap = order.known.get((entry.uuid, wire.TAP)) or order.verdicts.get(entry.uuid)
        charged = tap is not None and tap.outcome == wire.GRANTED and tap.code == tap_charge.OK
        if entry.outcome == wire.GRANTED and not (charged and entry.purpose == wire.PAY):
            return tap_charge.decide(order.book, entry, place, key, order.terms)
        if entry.outcome == wire.REFUSED and charged and entry.purpose == wire.PAY:
            order.later.append(entry.uuid)
            return tap_charge.Decision(
                wire.REFUSED, entry.code or core_errors.ABANDONED, tap.amount_minor, review=()
            )
        return tap_charge.Decision(entry.outcome, entry.code or tap_charge.OK, entry.amount_minor)
