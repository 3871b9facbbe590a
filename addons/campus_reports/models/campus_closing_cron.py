import datetime as dt
import logging

from odoo import api, models
from odoo.exceptions import UserError
from psycopg2 import OperationalError

_logger = logging.getLogger(__name__)


class CampusClosingCron(models.Model):
    """Closes the days before today at night, and tells finance why a day could not be closed."""

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

    def _prepare_closed_vals(self, sums):
        vals = super()._prepare_closed_vals(sums)
        self.activity_feedback(["campus_reports.mail_activity_type_day_open"])
        return vals
