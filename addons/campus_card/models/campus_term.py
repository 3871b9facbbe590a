from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..campus_core import schedule


class CampusTerm(models.Model):
    """A term of the school: its weeks are counted from the one that the first day is in."""

    _name = "campus.term"
    _description = "Term"
    _order = "first_day desc, id"

    name = fields.Char(required=True, translate=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    first_day = fields.Date(required=True, help="The week of this day is the first week, from its Monday on.")
    last_day = fields.Date(required=True)
    week_count = fields.Integer("Weeks", compute="_compute_week_count")

    _days_check = models.Constraint(
        "CHECK (last_day >= first_day)", "A term's first day cannot be after the last one."
    )

    @api.depends("first_day", "last_day")
    def _compute_week_count(self):
        for term in self:
            is_whole = term.first_day and term.last_day
            term.week_count = term._to_core().week(term.last_day) or 0 if is_whole else 0

    @api.constrains("first_day", "last_day", "company_id")
    def _check_overlap(self):
        for term in self:
            other = self.search(
                [
                    ("id", "!=", term.id),
                    ("company_id", "=", term.company_id.id),
                    ("first_day", "<=", term.last_day),
                    ("last_day", ">=", term.first_day),
                ],
                limit=1,
            )
            if other:
                raise ValidationError(
                    self.env._(
                        "%(term)s and %(other)s overlap: a day is in one term.",
                        term=term.name,
                        other=other.name,
                    )
                )

    def _to_core(self):
        return schedule.Term(self.first_day, self.last_day)


class ResCompany(models.Model):
    """What the campus knows about its days, for all rules that ask for one."""

    _inherit = "res.company"

    def _campus_calendar(self):
        """Return the :class:`~campus_core.schedule.Calendar` of the company."""
        self.ensure_one()
        of_company = [("company_id", "=", self.id)]
        # sudo: the days of a school are no secret, and every rule that asks for them sees them all
        days = self.env["campus.holiday"].sudo().search(of_company)
        # sudo: as above
        terms = self.env["campus.term"].sudo().search(of_company, order="first_day")
        free = days.filtered(lambda day: day.kind == "holiday")
        return schedule.Calendar(
            zone=ZoneInfo(self._campus_zone_name()),
            terms=tuple(term._to_core() for term in terms),
            holidays=frozenset(free.mapped("day")),
            working_days={one.day: one.like_day or one.day for one in days - free},
        )
