from odoo import api, models
from odoo.tools import SQL

from ..day_entries import Sum

# The day is grouped before anything else is joined: one pass over its transfers. A pocket
# is booked on its plan's liability account, a debt on the company's account for debts,
# every other ledger account on its own; that is looked up for the few groups.
DAY_SUMS = """
SELECT COALESCE(place.journal_id, %(journal_id)s),
       COALESCE(day.debit_gl_id, debit_plan.liability_account_id,
                CASE WHEN debit_holder THEN %(debt_gl_id)s END),
       COALESCE(day.credit_gl_id, credit_plan.liability_account_id,
                CASE WHEN credit_holder THEN %(debt_gl_id)s END),
       place.id, day.debit_place_id IS NOT NULL, day.kind, day.is_reversal,
       day.transfer_count, day.amount_minor
  FROM (SELECT CASE WHEN debit.wallet_id IS NULL THEN debit.id END AS debit_place_id,
               CASE WHEN credit.wallet_id IS NULL THEN credit.id END AS credit_place_id,
               debit.plan_id AS debit_plan_id, credit.plan_id AS credit_plan_id,
               debit.gl_account_id AS debit_gl_id, credit.gl_account_id AS credit_gl_id,
               debit.wallet_id IS NOT NULL AND debit.plan_id IS NULL AS debit_holder,
               credit.wallet_id IS NOT NULL AND credit.plan_id IS NULL AS credit_holder,
               transfer.kind, transfer.reverses_id IS NOT NULL AS is_reversal,
               COUNT(*) AS transfer_count, SUM(transfer.amount_minor) AS amount_minor
          FROM campus_transfer transfer
          JOIN campus_account debit ON debit.id = transfer.debit_account_id
          JOIN campus_account credit ON credit.id = transfer.credit_account_id
         WHERE transfer.company_id = %(company_id)s AND transfer.booking_date = %(date)s
         GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10) AS day
  LEFT JOIN campus_pocket_plan debit_plan ON debit_plan.id = day.debit_plan_id
  LEFT JOIN campus_pocket_plan credit_plan ON credit_plan.id = day.credit_plan_id
  LEFT JOIN campus_account place ON place.id = COALESCE(day.debit_place_id, day.credit_place_id)
 ORDER BY day.kind, day.is_reversal, place.id, day.debit_plan_id, day.credit_plan_id
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
