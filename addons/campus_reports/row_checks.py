"""SQL statements for the bridge: each compares rows of the ledger with other rows. No logic.

Every statement returns rows ``(res_id, detail, expected_minor, found_minor, total)``: the row that does not
agree, a JSON object that names it, two amounts in cents (or None), and the total number of such rows.
Parameters: ``company_id``, ``most`` (number of rows wanted), ``since`` (see :data:`SINCE`).
"""

from collections import namedtuple

from odoo.addons.campus_card.db.seals import seal
from odoo.addons.campus_terminal import seals as _seals  # noqa: F401 (taps are sealed once this is imported)

#: ``kind`` of the finding; ``model`` of the rows that it names.
RowCheck = namedtuple("RowCheck", "kind model query")

# Answers since then are compared with what they moved. Transfers of closed days are compared with the sums of
# the close. One day more is read, because a day ends at different times in different time zones.
SINCE = """
SELECT COALESCE(LEAST(max(closed_at), max(date) + INTERVAL '10 hours'), TIMESTAMP '0001-01-01')
  FROM campus_closing WHERE company_id = %(company_id)s AND state = 'closed'
"""


def _sealed(table):
    return f"""
SELECT id, NULL::jsonb, NULL::bigint, NULL::bigint, count(*) OVER ()
  FROM {table} row
 WHERE company_id = %(company_id)s AND seal IS DISTINCT FROM {seal(table, "row")}
 ORDER BY id LIMIT %(most)s
"""


RESERVED = """
SELECT account.id, NULL::jsonb, COALESCE(held.minor, 0)::bigint, account.reserved_minor::bigint, count(*) OVER ()
  FROM campus_account account
  LEFT JOIN (SELECT account_id, sum(amount_minor) AS minor FROM campus_reservation
              WHERE state = 'open' GROUP BY account_id) AS held ON held.account_id = account.id
 WHERE account.company_id = %(company_id)s AND account.reserved_minor <> COALESCE(held.minor, 0)
 ORDER BY account.id LIMIT %(most)s
"""

REVERSED = """
SELECT COALESCE(noted.transfer_id, undone.transfer_id), NULL::jsonb, COALESCE(undone.minor, 0)::bigint,
       noted.reversed_minor::bigint, count(*) OVER ()
  FROM (SELECT reverses_id AS transfer_id, sum(amount_minor) AS minor FROM campus_transfer
         WHERE company_id = %(company_id)s AND reverses_id IS NOT NULL GROUP BY 1) AS undone
  FULL JOIN (SELECT note.transfer_id, note.reversed_minor, note.amount_minor = original.amount_minor AS is_whole
               FROM campus_reversal note JOIN campus_transfer original ON original.id = note.transfer_id
              WHERE original.company_id = %(company_id)s) AS noted USING (transfer_id)
 WHERE noted.reversed_minor IS DISTINCT FROM undone.minor OR NOT noted.is_whole
 ORDER BY 1 LIMIT %(most)s
"""

# An answer names the transfers that it made. A refund to a wallet that was joined moves through both wallets;
# its answer belongs to the wallet that stays.
ANSWERED = """
SELECT id, NULL::jsonb, NULL::bigint, NULL::bigint, count(*) OVER ()
  FROM campus_posting posting
 WHERE company_id = %(company_id)s AND ok AND answered_at >= %(since)s
   AND EXISTS (SELECT 1 FROM jsonb_array_elements_text(answer -> 'transfer_ids') AS made(id)
                 LEFT JOIN campus_transfer transfer ON transfer.id = made.id::bigint
                WHERE transfer.uuid IS DISTINCT FROM posting.uuid
                   OR transfer.wallet_id IS DISTINCT FROM posting.wallet_id
                  AND (SELECT COALESCE(joined_into_id, id) FROM campus_wallet WHERE id = transfer.wallet_id)
                      IS DISTINCT FROM
                      (SELECT COALESCE(joined_into_id, id) FROM campus_wallet WHERE id = posting.wallet_id))
 ORDER BY id LIMIT %(most)s
"""

# Every transfer comes from an answer or from a tap.
CAUSED = """
SELECT id, NULL::jsonb, NULL::bigint, NULL::bigint, count(*) OVER ()
  FROM campus_transfer transfer
 WHERE company_id = %(company_id)s AND posted_at >= %(since)s
   AND NOT EXISTS (SELECT 1 FROM campus_posting posting WHERE posting.uuid = transfer.uuid AND posting.ok)
   AND NOT EXISTS (SELECT 1 FROM campus_tap tap WHERE tap.uuid = transfer.uuid)
 ORDER BY id LIMIT %(most)s
"""

# A tap that the server granted was charged. A tap that an edge granted alone may wait for a review.
TAP_MONEY = """
SELECT tap.id, NULL::jsonb, tap.amount_minor::bigint, COALESCE(moved.minor, 0)::bigint, count(*) OVER ()
  FROM campus_tap tap
  LEFT JOIN LATERAL (SELECT sum(amount_minor) AS minor FROM campus_transfer transfer
                      WHERE transfer.uuid = tap.uuid AND transfer.reverses_id IS NULL) AS moved ON TRUE
 WHERE tap.company_id = %(company_id)s AND tap.received_at >= %(since)s
   AND tap.kind = 'tap' AND tap.mode = 'ask' AND tap.outcome = 'granted' AND tap.code = 'ok' AND tap.amount_minor > 0
   AND tap.amount_minor <> COALESCE(moved.minor, 0)
 ORDER BY tap.id LIMIT %(most)s
"""

# The numbers that are missing in an edge's journal show where to look. Some may be missing for another
# reason.
TAPS_GONE = """
WITH here AS (
    SELECT edge_id, count(*) AS taps, bit_xor(seal) AS seals FROM campus_tap
     WHERE company_id = %(company_id)s GROUP BY edge_id
), off AS (
    SELECT edge.id, COALESCE(noted.taps, 0) AS noted, COALESCE(here.taps, 0) AS taps
      FROM campus_edge edge
      LEFT JOIN here ON here.edge_id = edge.id
      LEFT JOIN campus_tap_count noted ON noted.edge_id = edge.id
     WHERE edge.company_id = %(company_id)s
       AND (COALESCE(noted.taps, 0), COALESCE(noted.seals, 0)) <> (COALESCE(here.taps, 0), COALESCE(here.seals, 0))
)
SELECT off.id,
       jsonb_build_object('taps', off.noted - off.taps, 'numbers', (
           SELECT array_agg(DISTINCT number) FROM (
               SELECT generate_series(seq + 1, next - 1) AS number FROM (
                   SELECT tap.seq, LEAD(tap.seq) OVER (PARTITION BY tap.journal ORDER BY tap.seq) AS next
                     FROM campus_tap tap WHERE tap.edge_id = off.id
                    UNION ALL
                   SELECT max(tap.seq), head.seq + 1 FROM campus_edge_head head
                     JOIN campus_tap tap ON tap.edge_id = head.edge_id AND tap.journal = head.journal
                    WHERE head.edge_id = off.id GROUP BY head.seq) AS step
                WHERE next > seq + 1 LIMIT 10) AS missing)),
       NULL::bigint, NULL::bigint, count(*) OVER ()
  FROM off ORDER BY off.id LIMIT %(most)s
"""

# A reservation that has ended was ended by an answer, and its captured amount was transferred.
ENDED = """
SELECT held.id, NULL::jsonb, held.captured_minor::bigint, moved.minor::bigint, count(*) OVER ()
  FROM campus_reservation held
  LEFT JOIN LATERAL (SELECT COALESCE(sum(amount_minor), 0) AS minor FROM campus_transfer transfer
                      WHERE transfer.uuid = held.uuid AND transfer.debit_account_id = held.account_id
                        AND transfer.reverses_id IS NULL) AS moved ON TRUE
 WHERE held.company_id = %(company_id)s AND held.state <> 'open' AND held.closed_at >= %(since)s
   AND (moved.minor <> held.captured_minor
        OR NOT EXISTS (SELECT 1 FROM campus_posting posting
                        WHERE posting.uuid = held.uuid AND posting.action = 'close' AND posting.ok))
 ORDER BY held.id LIMIT %(most)s
"""

# The day that posts check is the last closed one, and no entry was booked for an open day.
DAYS = """
WITH last AS (
    SELECT max(date) AS date FROM campus_closing WHERE company_id = %(company_id)s AND state = 'closed'
), wrong AS (
    SELECT (SELECT id FROM campus_closing WHERE company_id = %(company_id)s AND date = last.date) AS id,
           COALESCE(last.date, day.closed_until) AS date
      FROM last FULL JOIN (SELECT closed_until FROM campus_day WHERE company_id = %(company_id)s) AS day ON TRUE
     WHERE day.closed_until IS DISTINCT FROM last.date
     UNION
    SELECT closing.id, closing.date FROM campus_closing closing
     WHERE closing.company_id = %(company_id)s AND closing.state <> 'closed'
       AND (closing.closed_at IS NOT NULL
            OR EXISTS (SELECT 1 FROM account_move WHERE campus_closing_id = closing.id))
)
SELECT id, jsonb_build_object('date', date), NULL::bigint, NULL::bigint, count(*) OVER ()
  FROM wrong ORDER BY date LIMIT %(most)s
"""

# The sums of closed days compared with their transfers, added up again ...
CLOSED_SUMS = """
WITH day AS (
    SELECT max(date) AS closed_until FROM campus_closing
     WHERE company_id = %(company_id)s AND state = 'closed'
), counter AS (
    SELECT id FROM campus_account WHERE company_id = %(company_id)s AND wallet_id IS NULL
), moved AS (
    SELECT booking_date AS date, kind, reverses_id IS NOT NULL AS is_reversal,
           COALESCE(debit.id, credit.id) AS counter_account_id, count(*) AS transfers, sum(amount_minor) AS minor
      FROM campus_transfer transfer
      JOIN day ON transfer.booking_date <= day.closed_until
      LEFT JOIN counter debit ON debit.id = transfer.debit_account_id
      LEFT JOIN counter credit ON credit.id = transfer.credit_account_id
     WHERE company_id = %(company_id)s
     GROUP BY 1, 2, 3, 4
), line AS (
    SELECT closing.date, line.kind, COALESCE(line.is_reversal, FALSE) AS is_reversal, line.counter_account_id,
           sum(line.transfer_count) AS transfers, sum(round(line.amount * 100)) AS minor
      FROM campus_closing closing JOIN campus_closing_line line ON line.closing_id = closing.id
     WHERE closing.company_id = %(company_id)s AND closing.state = 'closed'
     GROUP BY 1, 2, 3, 4
)
SELECT closing.id,
       jsonb_build_object('date', line.date, 'kind', line.kind, 'is_reversal', is_reversal, 'where', counter.name),
       expected_minor, found_minor, count(*) OVER ()
  FROM (SELECT date, kind, is_reversal, counter_key, COALESCE(moved.minor, 0)::bigint AS expected_minor,
               COALESCE(line.minor, 0)::bigint AS found_minor
          FROM (SELECT *, COALESCE(counter_account_id, 0) AS counter_key FROM moved) AS moved
          FULL JOIN (SELECT *, COALESCE(counter_account_id, 0) AS counter_key FROM line) AS line
               USING (date, kind, is_reversal, counter_key)
         WHERE (moved.minor, moved.transfers) IS DISTINCT FROM (line.minor, line.transfers)) AS line
  LEFT JOIN campus_account counter ON counter.id = counter_key
  LEFT JOIN campus_closing closing ON closing.date = line.date AND closing.company_id = %(company_id)s
 ORDER BY line.date, line.kind, is_reversal, counter_key LIMIT %(most)s
"""

# ... and compared with what was booked for them, account by account.
CLOSED_ENTRIES = """
WITH line AS (
    SELECT line.closing_id, side.gl_id, sum(round(side.debit * 100)) AS debit, sum(round(side.credit * 100)) AS credit
      FROM campus_closing closing
      JOIN campus_closing_line line ON line.closing_id = closing.id
     CROSS JOIN LATERAL (VALUES (line.debit_gl_id, line.amount, 0), (line.credit_gl_id, 0, line.amount))
           AS side(gl_id, debit, credit)
     WHERE closing.company_id = %(company_id)s AND closing.state = 'closed'
     GROUP BY 1, 2
), booked AS (
    SELECT move.campus_closing_id AS closing_id, item.account_id AS gl_id,
           sum(round(item.debit * 100)) AS debit, sum(round(item.credit * 100)) AS credit
      FROM account_move move JOIN account_move_line item ON item.move_id = move.id
     WHERE move.company_id = %(company_id)s AND move.campus_closing_id IS NOT NULL AND move.state = 'posted'
       AND item.account_id IS NOT NULL
     GROUP BY 1, 2
)
SELECT closing_id, jsonb_build_object('date', closing.date, 'gl_id', gl_id),
       (COALESCE(line.debit, 0) - COALESCE(line.credit, 0))::bigint,
       (COALESCE(booked.debit, 0) - COALESCE(booked.credit, 0))::bigint, count(*) OVER ()
  FROM line FULL JOIN booked USING (closing_id, gl_id)
  JOIN campus_closing closing ON closing.id = closing_id
 WHERE (COALESCE(line.debit, 0), COALESCE(line.credit, 0))
       <> (COALESCE(booked.debit, 0), COALESCE(booked.credit, 0))
 ORDER BY closing.date, gl_id LIMIT %(most)s
"""

ROW_CHECKS = (
    RowCheck("reserved", "campus.account", RESERVED),
    RowCheck("reversed", "campus.transfer", REVERSED),
    RowCheck("transfer", "campus.transfer", _sealed("campus_transfer")),
    RowCheck("no_cause", "campus.transfer", CAUSED),
    RowCheck("posting", "campus.posting", _sealed("campus_posting")),
    RowCheck("answer", "campus.posting", ANSWERED),
    RowCheck("reservation", "campus.reservation", _sealed("campus_reservation")),
    RowCheck("ended", "campus.reservation", ENDED),
    RowCheck("tap", "campus.tap", _sealed("campus_tap")),
    RowCheck("tap_money", "campus.tap", TAP_MONEY),
    RowCheck("taps_gone", "campus.edge", TAPS_GONE),
    RowCheck("day", "campus.closing", DAYS),
    RowCheck("closed_sum", "campus.closing", CLOSED_SUMS),
    RowCheck("closed_entry", "campus.closing", CLOSED_ENTRIES),
)
