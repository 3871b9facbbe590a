from odoo import api, models
from odoo.tools import SQL

from ..day_entries import Booking, Group, sums

# One pass over the day's transfers, with as few and small groups as possible: all pockets of a plan are one
# group (the plan's id, negative), every other account is a group.
DAY_GROUPS = """
SELECT COALESCE(-debit.plan_id, debit.id), COALESCE(-credit.plan_id, credit.id),
       transfer.kind, transfer.reverses_id IS NOT NULL, COUNT(*), SUM(transfer.amount_minor)
  FROM campus_transfer transfer
  JOIN campus_account debit ON debit.id = transfer.debit_account_id
  JOIN campus_account credit ON credit.id = transfer.credit_account_id
 WHERE transfer.company_id = %(company_id)s AND transfer.booking_date = %(date)s
 GROUP BY 1, 2, 3, 4
"""
# The general ledger account of each group: for pockets the liability account of their plan, for debts the
# company's account for debts, for other ledger accounts their own.
BOOKINGS = """
SELECT -plan.id, plan.liability_account_id, NULL::int, TRUE FROM campus_pocket_plan plan WHERE plan.id = ANY(%(plans)s)
 UNION ALL
SELECT account.id, COALESCE(account.gl_account_id, CASE WHEN account.kind = 'debt' THEN %(debt_gl_id)s END),
       account.journal_id, account.kind = 'debt'
  FROM campus_account account WHERE account.id = ANY(%(accounts)s)
"""


class CampusDaySums(models.AbstractModel):
    """Sums of the transfers of a business day, computed by the database."""

    _name = "campus.day.sums"
    _description = "Sums of a Business Day"

    @api.model
    def _sum_day(self, company, date):
        """:return: list of :class:`Sum` of the company's transfers booked on this date"""
        self.env["campus.account"].flush_model()
        self.env["campus.pocket.plan"].flush_model()
        rows = self.env.execute_query(SQL(DAY_GROUPS, company_id=company.id, date=date))
        groups = [Group(*row) for row in rows]
        keys = {key for group in groups for key in (group.debit_key, group.credit_key)}
        rows = self.env.execute_query(
            SQL(
                BOOKINGS,
                plans=[-key for key in keys if key < 0],
                accounts=[key for key in keys if key > 0],
                debt_gl_id=company.campus_debt_account_id.id or None,
            )
        )
        bookings = {row[0]: Booking(*row[1:]) for row in rows}
        return sums(groups, bookings, company.campus_journal_id.id or None)

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
