import time
from collections import namedtuple

import orjson
from odoo import api, models, modules
from odoo.addons.campus_card.campus_core import errors as core_errors
from odoo.addons.campus_card.campus_core.errors import WireError
from odoo.addons.campus_card.campus_core.taps import charge, journal_chain, told, wire
from odoo.addons.campus_card.campus_core.taps.uid_hour import UidHour
from odoo.addons.campus_card.db import own_cursor
from odoo.addons.campus_card.db.bulk import column
from odoo.addons.campus_card.db.prepared import Statement
from odoo.addons.campus_card.models.campus_ledger_wallets import PLAN_COLUMNS
from psycopg2 import errors as pg_errors

from .. import card_memory

# All that a batch stands in: the edge's head, locked; the company's day and settings; the terminals
# and the pocket plans. Read after the day is locked, so that a day just closed is seen. One JSON text: a driver
# takes longer for fifteen columns.
_FRAME = Statement(
    "tap_frame",
    f"""WITH head AS MATERIALIZED (
            SELECT journal::text, seq, hash, reported_seq, uid_hour, uid_minor, uid_hit_hour
              FROM campus_edge_head
             WHERE edge_id = %s FOR NO KEY UPDATE)
        SELECT json_build_array(
               head.journal, head.seq, head.hash, head.reported_seq,
               json_build_array(COALESCE(campus_uid_hour_minor, 0), %s::bigint, COALESCE(head.uid_hour, 0),
                                COALESCE(head.uid_minor, 0), COALESCE(head.uid_hit_hour, 0)),
               campus_snapshot_version(),
               campus_snapshot_news(company.id, %s), partner.tz, day.closed_until,
               COALESCE(campus_debt_limit_minor, 0), COALESCE(campus_uid_limit_minor, 0),
               COALESCE(campus_chip_required, FALSE),
               (SELECT json_agg(json_build_array(code, id, purpose, enabled, amount_mode, amount_minor,
                                                 COALESCE(merchant_id, 0), COALESCE(shows_names, FALSE),
                                                 COALESCE(accept_numbers, FALSE)))
                  FROM campus_terminal WHERE edge_id = %s AND active AND code = ANY(%s)),
               (SELECT json_agg(json_build_array({PLAN_COLUMNS}))
                  FROM campus_pocket_plan plan WHERE plan.company_id = company.id),
               (SELECT life FROM campus_snapshot_life), pg_current_snapshot()::text,
               (SELECT json_agg(json_build_array(changed.card_id, card.uid))
                  FROM (SELECT card_id FROM campus_snapshot_card
                         WHERE company_id = company.id AND changed_version >= %s
                         LIMIT {card_memory.MAX_CHANGES + 1}) AS changed
                  LEFT JOIN campus_card card ON card.id = changed.card_id),
               CASE WHEN %s THEN campus_offline_history(company.id) END)::text
          FROM res_company company
          JOIN res_partner partner ON partner.id = company.partner_id
          LEFT JOIN campus_day day ON day.company_id = company.id
          LEFT JOIN head ON TRUE
         WHERE company.id = %s""",
)
# ``debt_limit_minor``: most that a holder may owe by charges that came late; ``uid_limit_minor``: most that one
# tap may charge with a bare UID (0: no cap); ``chip_required``: chips must speak; ``history``: of ``told.Caps``,
# where an edge has answered alone; ``seen``: the database's snapshot, ``snapshot`` its version;
# ``news``: what its edge's list must have, see ``data/snapshot_schema.sql``.
# ``closed_until`` as in JSON; terminals, plans and changed cards are lists of lists, or None.
Frame = namedtuple(
    "Frame",
    "snapshot news tz closed_until debt_limit_minor uid_limit_minor chip_required terminals plans life seen"
    " changed history",
)

_CONFLICT = charge.Decision(wire.REFUSED, core_errors.CONFLICT, review=(core_errors.CONFLICT,))


class Order:
    """A batch on its way through the house: what was read, decided and has to be stored.

    ``answers``: one dict per entry. ``reviews``: what needs eyes. ``twice``: index of an entry whose
    tap stands in the batch before, and that one's index. ``conflicts``: entries that say of a tap
    something else than before. ``has_dated``: some entry is about a moment that is over;
    ``holdings``: which card had its UID when; ``listed``: how lists state cards; ``risk``: what the edge has charged alone;
    ``uid_hour``: what it has charged within the hour to cards that prove nothing.
    ``verdicts``: the batch's own decisions, by tap. ``lines``: what is known of the fresh entries
    before anything is locked; ``decided``: each with its decision.
    ``is_careful``: nothing is taken for granted, see ``CampusTaps._take``. ``memory``: of cards, None
    where it is of no use.
    """

    def __init__(self, edge, batch, is_careful):
        self.edge, self.batch, self.is_careful = edge, batch, is_careful
        self.now_ms = int(time.time() * 1000)
        self.answers = [None] * len(batch.entries)
        self.places, self.keys, self.cards, self.known = {}, {}, {}, {}
        self.first_uses, self.used_up, self.good_once = {}, {}, ()
        self.proven_cards, self.taken = frozenset(), frozenset()
        self.has_dated, self.holdings, self.risk = False, {}, told.Risk()
        self.listed = {}
        self.uid_hour = None
        self.fresh, self.lines, self.decided, self.columns = [], [], [], {}
        self.verdicts = {}
        self.reviews = []
        self.head, self.frame, self.memory, self.since = None, None, None, None
        self.later = []
        self.gaps, self.twice, self.conflicts = None, {}, []
        self.reported_seq, self.head_seq = 0, 0


class CampusTaps(models.AbstractModel):
    """Taking a batch of taps: a few statements however long it is, one transaction, exactly once.

    No ORM record per tap: resolve credentials, lock the pockets in the order of their ids,
    decide each entry in pure Python, store with one INSERT per table.
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
        # Ids that were never seen are what nearly every batch consists of: only one that runs into
        # the database's refusal is looked through for ids that belong to other taps or payments.
        for is_careful in (False, True):
            try:
                order = Order(edge, batch, is_careful)
                ledger = self.env["campus.ledger"]
                with ledger._own_transaction(*self._frame(order), settings=own_cursor.TAPS) as env:
                    env["campus.taps"]._take_here(order)
                # Put into words after the commit: until then other batches wait for these pockets.
                self._answer(order)
                return {
                    "server_time_ms": order.now_ms,
                    "head_seq": order.head_seq,
                    "snapshot": order.frame.news,
                    "answers": order.answers,
                    **self._missing(order),
                }
            except WireError as error:
                if error.code == core_errors.JOURNAL_FORK:
                    self._note_fork(edge, batch)
                raise
            except (pg_errors.LockNotAvailable, pg_errors.DeadlockDetected) as error:
                raise WireError(core_errors.TRY_AGAIN) from error
            except card_memory.Outdated as error:
                if is_careful:
                    raise WireError(core_errors.TRY_AGAIN) from error
            except pg_errors.UniqueViolation:
                if is_careful:
                    raise
        raise AssertionError("unreachable")

    @api.model
    def _missing(self, order):
        """``gaps`` of the answer: what the server has lost or never got, for the edge to send (again)."""
        batch, head = order.batch, order.head
        gaps = [(batch.journal, *batch.gap)] if batch.gap else []
        if batch.is_new_journal:
            # after a restore also what an older journal had sent may be missing: nobody here can know
            gaps.append((head.journal, head.seq + 1, wire.MAX_SEQ))
        return {"gaps": [wire.Gap._make(gap)._asdict() for gap in gaps]} if gaps else {}

    @api.model
    def _frame(self, order):
        """What the transaction of a batch begins with: the shared lock of the day, then the frame."""
        edge, since = order.edge, None
        codes = column({entry.terminal for entry in order.batch.entries})
        is_told = any(entry.mode == wire.TOLD for entry in order.batch.entries)
        if not modules.module.current_test:
            # a test's transaction takes back what it has changed
            order.memory = card_memory.of_company(self.env.registry, edge.company_id)
            since = order.memory.version
        order.since = since
        return (
            self.env["campus.ledger"]._share_day(edge.company_id),
            (_FRAME, edge.id, order.now_ms, edge.id, edge.id, codes, since, is_told, edge.company_id),
        )

    @api.model
    def _take_here(self, order):
        journal, seq, chain_hash, reported_seq, hour, *frame = orjson.loads(self.env.cr.fetchone()[0])
        order.head = journal_chain.Head(journal, seq, chain_hash) if journal else None
        order.reported_seq = reported_seq or 0
        order.uid_hour = UidHour(*hour)
        if order.head is None:
            self._begin_head(order)
        order.frame = Frame._make(frame)
        if order.memory and not order.memory.catch_up(
            order.since, order.frame.life, order.frame.snapshot, order.frame.changed or ()
        ):
            order.memory = None
        if not journal_chain.place_after(order.batch, order.head):
            self._refuse_fork(order)
        self._load(order)
        self._decide(order)
        self._store(order)

    @api.model
    def _begin_head(self, order):
        """Make the row by whose lock the batches of an edge go one after the other: the first one has none.

        Without it several first batches at once would each be measured as if the edge had sold nothing.
        """
        self.env.cr.execute(
            """INSERT INTO campus_edge_head (edge_id, journal, seq, hash, reported_seq)
               VALUES (%s, %s, 0, %s, 0) ON CONFLICT DO NOTHING""",
            [order.edge.id, order.batch.journal, wire.ZERO_HASH],
        )
        if not self.env.cr.rowcount:
            raise WireError(core_errors.TRY_AGAIN)

    @api.model
    def _refuse_fork(self, order):
        """The edge has written another history under numbers that the server has: it is sick."""
        head = order.head
        raise WireError(core_errors.JOURNAL_FORK, head_seq=head.seq, head_hash=head.hash)

    @api.model
    def _note_fork(self, edge, batch):
        """Keep the fork in mind, in a transaction that the refusal does not undo."""
        with self.env["campus.ledger"]._own_transaction() as env:
            env["campus.edge"]._note_fork(edge, batch.journal, batch.entries[0].seq)

    @api.model
    def _decide(self, order):
        for line in order.lines:
            uuid = line.entry.uuid
            ended = order.known.get((uuid, wire.FINAL)) or order.verdicts.get(uuid)
            if line.entry.kind == wire.FINAL:
                decision = self._decide_final(order, line)
            elif ended:
                decision = self._decide_ended(order, line, ended)
            elif uuid in order.taken:
                decision = _CONFLICT
            else:
                decision = self._conclude(order, line)
            order.verdicts.setdefault(uuid, decision)
            order.decided.append((line, decision))

    @staticmethod
    def _has_cost(tap):
        """Say whether a tap (as stored or decided, None without) was charged when it asked."""
        return tap is not None and tap.outcome == wire.GRANTED and tap.code == charge.OK

    @api.model
    def _is_late_end(self, order, entry):
        """Hook: say whether the end of a tap comes too late to be believed."""
        return False

    @api.model
    def _is_ended_by(self, order, line):
        """Hook: say whether the end that came before a tap may be the end of that tap."""
        return True

    @staticmethod
    def _conclude(order, line):
        return charge.conclude(order.book, line.judged, order.risk, order.uid_hour)

    @api.model
    def _decide_ended(self, order, line, ended):
        """A tap that comes after its end was told, before or in this batch: that has said what it cost."""
        if not self._is_ended_by(order, line):
            return _CONFLICT
        return charge.Decision(ended.outcome, ended.code, line.entry.amount_minor)

    @api.model
    def _decide_final(self, order, line):
        """What an edge has told its reader when the server's answer did not come in time.

        Granted though nothing was charged: charge. Refused though it was charged: take it back. That
        this is the end of that tap was seen before; where it comes too late, somebody decides.
        """
        entry = line.entry
        tap = order.known.get((entry.uuid, wire.TAP)) or order.verdicts.get(entry.uuid)
        if tap is None and entry.uuid in order.taken:
            return _CONFLICT
        charged = self._has_cost(tap) and entry.purpose == wire.PAY
        if (entry.outcome == wire.GRANTED) == charged or entry.purpose != wire.PAY:
            if not charged and entry.outcome == wire.GRANTED:
                return self._conclude(order, line)
            return charge.Decision(entry.outcome, entry.code or charge.OK, entry.amount_minor)
        is_late = self._is_late_end(order, entry)
        if entry.outcome == wire.GRANTED:
            if is_late and isinstance(line.judged, charge.Pending):
                return charge.hold(line.judged.post.amount_minor, told.Held(told.LATE_FINAL))
            return self._conclude(order, line)
        if is_late:
            return charge.Decision(
                wire.REFUSED, core_errors.HELD, tap.amount_minor, review=(told.LATE_FINAL,)
            )
        order.later.append(entry.uuid)
        return charge.Decision(wire.REFUSED, entry.code or core_errors.ABANDONED, tap.amount_minor)
