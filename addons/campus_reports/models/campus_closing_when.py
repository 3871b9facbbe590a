import datetime as dt
import logging

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date
from psycopg2 import OperationalError

_logger = logging.getLogger(__name__)


class CampusClosing(models.Model):
    """When a day is closed: at night, after its taps were reviewed, and later with the consent of two people if
    the books were locked. Finance is told why a day could not be closed.
    """

    _inherit = "campus.closing"

    @api.model
    def _cron_close_days(self):
        companies = self.env["res.company"].search([("campus_close_daily", "=", True)])
        self.env["ir.cron"]._commit_progress(remaining=len(companies))
        for company in companies:
            # A job has no language; its texts are written in the company's.
            self.with_context(lang=company.partner_id.lang)._close_overdue(company)
            self.env["ir.cron"]._commit_progress(1)

    @api.model
    def _close_overdue(self, company):
        """Close all days before today that have transfers. Stop at the first one that is refused."""
        yesterday = self._business_today(company) - dt.timedelta(days=1)
        days = self.env["campus.day.sums"]._open_days(company, self._closed_until(company), yesterday)
        for day in days:
            try:
                self._close_day(company, day)
            except UserError as error:
                _logger.warning("Campus card day %s of company %s stays open", day, company.id)
                self._report_open_day(company, day, str(error))
                return
            except OperationalError:
                # Another transaction holds the day; the next run tries again.
                _logger.info("Campus card day %s of company %s is busy", day, company.id)
                return

    @api.model
    def _report_open_day(self, company, day, reason):
        """Tell card finance the reason, once per day."""
        closing = self.search([("company_id", "=", company.id), ("date", "=", day)])
        closing = closing or self.create({"company_id": company.id, "date": day})
        closing._remind_finance("campus_reports.mail_activity_type_day_open", reason)

    # -- days that are booked later ----------------------------------------------

    late_booking_id = fields.Many2one(
        "campus.late.booking", readonly=True, index="btree_not_null", ondelete="restrict"
    )

    def _lock_date_blockers(self, sums):
        reasons = super()._lock_date_blockers(sums)
        if reasons and self.env["campus.late.booking"]._for_day(self.company_id, self.date):
            return []
        return reasons

    @api.model
    def _first_unbooked_day(self, company):
        """The first day that is not booked yet, today at the latest. None if the company has no cards."""
        self.env.cr.execute("SELECT closed_until FROM campus_day WHERE company_id = %s", [company.id])
        row = self.env.cr.fetchone()
        if not row:
            return None
        today = self._business_today(company)
        next_day = max(today, row[0] + dt.timedelta(days=1)) if row[0] else today
        open_days = self.env["campus.day.sums"]._open_days(company, row[0], next_day)
        return min([*open_days, next_day])

    @api.model
    def _locked_until(self, company, date, journals):
        """The last date of the locked period that contains ``date``; None if ``date`` is not locked."""
        locked_until, day = None, date
        while locks := [
            lock
            for journal in journals
            for lock, _field in company._get_violated_lock_dates(day, False, journal)
        ]:
            locked_until = max(locks)
            day = locked_until + dt.timedelta(days=1)
        return locked_until

    def _entry_date(self, journals):
        """The date on which this day is booked: the day itself, unless a late booking was approved."""
        locked_until = self._locked_until(self.company_id, self.date, journals)
        if locked_until and self.env["campus.late.booking"]._for_day(self.company_id, self.date):
            return locked_until + dt.timedelta(days=1)
        return self.date

    def _prepare_closed_vals(self, sums):
        vals = super()._prepare_closed_vals(sums)
        self.activity_feedback(["campus_reports.mail_activity_type_day_open"])
        if self.move_ids and self.move_ids[0].date != self.date:
            vals["late_booking_id"] = self.env["campus.late.booking"]._for_day(self.company_id, self.date).id
            note = self.env._(
                "Booked on %(date)s, because the books were locked: %(reason)s",
                date=format_date(self.env, self.move_ids[0].date),
                reason=self.env["campus.late.booking"].browse(vals["late_booking_id"]).reason,
            )
            self.message_post(body=note)
        return vals

    # -- taps that wait for a review ---------------------------------------------

    def _close_blockers(self):
        reasons = super()._close_blockers()
        waiting = self.env["campus.tap.review"].search_count(
            [
                ("company_id", "=", self.company_id.id),
                ("booking_date", "<=", self.date),
                ("state", "=", "open"),
            ]
        )
        if waiting:
            reasons.append(self.env._("%s taps wait for review (Ledger, Taps to Review).", waiting))
        return reasons
