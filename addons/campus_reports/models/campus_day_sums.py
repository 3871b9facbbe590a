from odoo import api, models
from odoo.tools import SQL

from ..day_entries import Sum

# One pass over the day's transfers, on as few and small keys as will do: a pocket counts
# by its plan (negative), every other account by itself. What the few groups are booked on
# is looked up afterwards: a pocket on its plan's liability account, a debt on the company's
# account for debts, every other ledger account on its own.
DAY_SUMS = """
SELECT COALESCE(debit.journal_id, credit.journal_id, %(journal_id)s),
       COALESCE(debit.gl_account_id, debit_plan.liability_account_id,
                CASE WHEN debit.kind = 'debt' THEN %(debt_gl_id)s END) AS debit_gl_id,
       COALESCE(credit.gl_account_id, credit_plan.liability_account_id,
                CASE WHEN credit.kind = 'debt' THEN %(debt_gl_id)s END) AS credit_gl_id,
       CASE WHEN debit.kind <> 'debt' THEN debit.id
            WHEN credit.kind <> 'debt' THEN credit.id END AS place_id,
       COALESCE(debit.kind <> 'debt', FALSE) AS place_is_debit,
       day.kind, day.is_reversal, SUM(day.transfer_count)::bigint, SUM(day.amount_minor)::bigint
  FROM (SELECT COALESCE(-debit.plan_id, debit.id) AS debit_key,
               COALESCE(-credit.plan_id, credit.id) AS credit_key,
               transfer.kind, transfer.reverses_id IS NOT NULL AS is_reversal,
               COUNT(*) AS transfer_count, SUM(transfer.amount_minor) AS amount_minor
          FROM campus_transfer transfer
          JOIN campus_account debit ON debit.id = transfer.debit_account_id
          JOIN campus_account credit ON credit.id = transfer.credit_account_id
         WHERE transfer.company_id = %(company_id)s AND transfer.booking_date = %(date)s
         GROUP BY 1, 2, 3, 4) AS day
  LEFT JOIN campus_account debit ON debit.id = day.debit_key
  LEFT JOIN campus_account credit ON credit.id = day.credit_key
  LEFT JOIN campus_pocket_plan debit_plan ON debit_plan.id = -day.debit_key
  LEFT JOIN campus_pocket_plan credit_plan ON credit_plan.id = -day.credit_key
 GROUP BY 1, 2, 3, 4, 5, 6, 7
 ORDER BY day.kind, day.is_reversal, place_id, debit_gl_id, credit_gl_id
"""


class CampusDaySums(models.AbstractModel):
    """The transfers of a business day, summed in the database."""

    _name = "campus.day.sums"
    _description = "Sums of a Business Day"

    @api.model
    def _sum_day(self, company, date):
        """:return: list of :class:`Sum` of the company's transfers booked on this date"""
        self.env["campus.account"].flush_model()
        self.env["campus.pocket.plan"].flush_model()
        rows = self.env.execute_query(
            SQL(
                DAY_SUMS,
                company_id=company.id,
                date=date,
                journal_id=company.campus_journal_id.id or None,
                debt_gl_id=company.campus_debt_account_id.id or None,
            )
        )
        return [Sum(*row) for row in rows]

    @api.model
    def _open_days(self, company, closed_until, date):
        """Days with transfers after the last closed one, up to and with ``date``."""
        rows = self.env.execute_query(
            SQL(
                """WITH RECURSIVE days AS (
                       (SELECT min(booking_date) AS day FROM campus_transfer
                         WHERE company_id = %(company)s
                           AND booking_date > COALESCE(%(closed)s, DATE '0001-01-01'))
                       UNION ALL
                       SELECT (SELECT min(booking_date) FROM campus_transfer
                                WHERE company_id = %(company)s AND booking_date > days.day)
                         FROM days WHERE days.day IS NOT NULL)
                   SELECT day FROM days WHERE day <= %(date)s""",
                company=company.id,
                closed=closed_until or None,
                date=date,
            )
        )
        return [row[0] for row in rows]
