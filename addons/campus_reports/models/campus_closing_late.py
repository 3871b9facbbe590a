import datetime as dt

from odoo import api, fields, models
from odoo.tools import format_date


class CampusClosing(models.Model):
    """If the books were locked over open card days, these days are booked later, with the consent of two
    people.
    """

    _inherit = "campus.closing"

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
        if self.move_ids and self.move_ids[0].date != self.date:
            vals["late_booking_id"] = self.env["campus.late.booking"]._for_day(self.company_id, self.date).id
            note = self.env._(
                "Booked on %(date)s, because the books were locked: %(reason)s",
                date=format_date(self.env, self.move_ids[0].date),
                reason=self.env["campus.late.booking"].browse(vals["late_booking_id"]).reason,
            )
            self.message_post(body=note)
        return vals
