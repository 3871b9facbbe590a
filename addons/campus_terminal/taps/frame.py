from collections import namedtuple

import orjson
from odoo.addons.campus_card.campus_core import errors
from odoo.addons.campus_card.campus_core.errors import WireError
from odoo.addons.campus_card.campus_core.taps import journal_chain, wire
from odoo.addons.campus_card.campus_core.taps.resolved import Terminal
from odoo.addons.campus_card.campus_core.taps.told import Caps
from odoo.addons.campus_card.campus_core.taps.uid_hour import UidHour
from odoo.addons.campus_card.db.bulk import column
from odoo.addons.campus_card.db.prepared import Statement
from odoo.addons.campus_card.ledger.wallets import PLAN_COLUMNS

from .. import card_memory

# What surrounds a batch: the edge's head, locked; the company's day and settings; the terminals and the pocket
# plans. Read after the day is locked, so that a day just closed is seen. One JSON text: a driver takes longer
# for fifteen columns.
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
# ``head``: where the server stands in the edge's journal, None before the first batch; ``reported_seq``: newest
# number that the edge has told of; ``uid_hour``: what it has charged within the hour to cards that prove
# nothing. ``snapshot``: the database's version of cards; ``news``: what its edge's list must have, see
# ``data/snapshot_schema.sql``; ``seen``: the database's snapshot. ``closed_until``: an ISO day or None.
# ``debt_limit_minor``: most that a holder may owe by charges that came late; ``uid_limit_minor``: most that one
# tap may charge with a bare UID (0: no cap); ``chip_required``: chips must speak. ``terminals``: ``{code: Terminal}``;
# ``plans``: lists of ``PLAN_COLUMNS``; ``history``: ``Caps`` of edges on their own, old ones first. ``memory``:
# of cards, None where it is of no use.
Frame = namedtuple(
    "Frame",
    "head reported_seq uid_hour snapshot news tz closed_until debt_limit_minor uid_limit_minor chip_required"
    " terminals plans seen history memory",
)


def call(batch):
    """Return the statement that the transaction of ``batch`` begins with, as ``prepared.run_all`` takes it."""
    edge, entries = batch.edge, batch.sent.entries
    codes = column({entry.terminal for entry in entries})
    is_told = any(entry.mode == wire.TOLD for entry in entries)
    return (
        _FRAME, edge.id, batch.now_ms, edge.id, edge.id, codes, batch.since, is_told, edge.company_id,
    )  # fmt: skip


def read(cr, batch):
    """Return the :class:`Frame` of ``batch`` from the row of :func:`call`, which is at hand.

    :raise WireError: the batch is none that follows on what the server has (``journal_fork``), or the edge's
        first two came at once (``try_again``)
    """
    journal, seq, chain_hash, reported_seq, hour, *rest = orjson.loads(cr.fetchone()[0])
    snapshot, news, tz, closed_until, debt_limit, uid_limit, chip_required, *lists = rest
    terminals, plans, life, seen, changed, history = lists
    head = journal_chain.Head(journal, seq, chain_hash) if journal else None
    if head is None:
        begin_head(cr, batch)
    memory = batch.memory
    if memory and not memory.catch_up(batch.since, life, snapshot, changed or ()):
        memory = None
    if not journal_chain.place_after(batch.sent, head):
        refuse_fork(head)
    terminals = {code: Terminal._make(values) for code, *values in terminals or ()}
    return Frame(
        head, reported_seq or 0, UidHour(*hour), snapshot, news, tz, closed_until, debt_limit, uid_limit,
        chip_required, terminals, plans, seen, tuple(Caps._make(values) for values in history or ()), memory,
    )  # fmt: skip


def begin_head(cr, batch):
    """Make the row by whose lock the batches of an edge go one after the other: the first one has none.

    Without it several first batches at once would each be measured as if the edge had sold nothing.

    :raise WireError: another batch of the edge has made it meanwhile (``try_again``)
    """
    cr.execute(
        """INSERT INTO campus_edge_head (edge_id, journal, seq, hash, reported_seq)
           VALUES (%s, %s, 0, %s, 0) ON CONFLICT DO NOTHING""",
        [batch.edge.id, batch.sent.journal, wire.ZERO_HASH],
    )
    if not cr.rowcount:
        raise WireError(errors.TRY_AGAIN)


def refuse_fork(head):
    """Refuse a batch whose edge has written another history under numbers that the server has: it is sick."""
    raise WireError(errors.JOURNAL_FORK, head_seq=head.seq, head_hash=head.hash)
