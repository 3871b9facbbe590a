from odoo import api, fields, models
from odoo.tools import format_date


class CampusHoliday(models.Model):
    """A day on which the school is free, or one that is worked in exchange for another."""

    _name = "campus.holiday"
    _description = "Holiday"
    _order = "day, id"

    name = fields.Char(required=True, translate=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    day = fields.Date(required=True)
    kind = fields.Selection(
        [("holiday", "Holiday"), ("working", "Working day")],
        required=True,
        default="holiday",
        help="A working day is worked though it is a weekend, in exchange for a free day.",
    )
    like_day = fields.Date(
        "Happens As On",
        help="The timetable of this day is followed on the working day. Empty: its own weekday's.",
    )

    _day_unique = models.Constraint("UNIQUE(company_id, day)", "This day is in the list already.")
    _like_check = models.Constraint(
        "CHECK (kind = 'working' OR like_day IS NULL)",
        "Only a working day happens as on another day.",
    )

    @api.depends("day", "name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for holiday in self:
            holiday.display_name = f"{format_date(self.env, holiday.day)} {holiday.name or ''}".strip()

    @api.onchange("kind")
    def _onchange_kind(self):
        if self.kind == "holiday":
            self.like_day = False

    @api.model
    def _missing_year(self, company):
        """The year for which nobody has entered holidays yet, from October on the next one; else None."""
        today = company._campus_today()
        years = [today.year] + ([today.year + 1] if today.month >= 10 else [])
        for year in years:
            within = [
                ("company_id", "=", company.id),
                ("day", ">=", f"{year}-01-01"),
                ("day", "<=", f"{year}-12-31"),
            ]
            # sudo: who sees the overview need not see the list
            if not self.sudo().search_count(within, limit=1):
                return year
        return None
