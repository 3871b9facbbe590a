import datetime as dt

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

# Odoo's lock dates and the type of journal of each (None: all). The tax lock is left out, because entries of
# the card have no taxes.
LOCKS = {
    "fiscalyear_lock_date": None,
    "hard_lock_date": None,
    "sale_lock_date": "sale",
    "purchase_lock_date": "purchase",
}


class ResCompany(models.Model):
    """Days are closed at night if the company wants that. Lock dates are refused over open card days."""

    _inherit = "res.company"

    campus_close_daily = fields.Boolean(
        string="Close Days Automatically",
        help="Every night all days before today are closed. If a day cannot be closed, card finance gets an "
        "activity with the reason.",
    )

    def _validate_locks(self, values):
        """Refuse a lock date after card days that are not booked yet: they could never be closed."""
        res = super()._validate_locks(values)
        locks = {name: fields.Date.to_date(values[name]) for name in LOCKS if values.get(name)}
        if locks:
            # sudo: whoever locks the books may not be able to see every branch, or the card
            branches = self.sudo().search([("id", "child_of", self.ids), ("campus_journal_id", "!=", False)])
            for company in branches:
                company._check_campus_days_booked(locks, self)
        return res

    def _check_campus_days_booked(self, locks, lockers):
        """:param locks: the new lock dates by field, of ``lockers``: this company and its parents"""
        journals = self.env["campus.account"].search([("company_id", "=", self.id)]).journal_id
        types = {None, *(self.campus_journal_id | journals).mapped("type")}
        above = self.parent_ids & lockers
        later = [
            date
            for name, date in locks.items()
            if LOCKS[name] in types and any(date > (company[name] or dt.date.min) for company in above)
        ]
        first = self.env["campus.closing"]._first_unbooked_day(self)
        if later and first and max(later) >= first:
            raise UserError(
                self.env._(
                    "%(company)s: the card day of %(day)s is not closed yet, and its entry could not be booked any "
                    "more. Close the card days first, or lock the books until %(before)s at most.",
                    company=self.name,
                    day=format_date(self.env, first),
                    before=format_date(self.env, first - dt.timedelta(days=1)),
                )
            )
