from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.addons.campus_card.campus_core import schedule as core
from odoo.exceptions import ValidationError

PREVIEW_DAYS = 35


class CampusSchedule(models.Model):
    """When a right holds or a door stands open: weekly times, term weeks, holidays, exceptions for a date."""

    _name = "campus.schedule"
    _description = "Schedule"
    _inherit = ["mail.thread"]
    _order = "name, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True, tracking=True)
    active = fields.Boolean(default=True, tracking=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    first_day = fields.Date("First Day", tracking=True)
    last_day = fields.Date("Last Day", tracking=True)
    holidays = fields.Selection(
        [
            (core.CLOSED, "Does not hold on holidays"),
            (core.AS_USUAL, "Holds on holidays too"),
            (core.ONLY, "Holds on holidays only"),
        ],
        "On Holidays",
        required=True,
        default=core.CLOSED,
        tracking=True,
    )
    window_ids = fields.One2many("campus.schedule.window", "schedule_id", "Times", copy=True)
    exception_ids = fields.One2many("campus.schedule.exception", "schedule_id", "Exceptions", copy=True)
    preview_from = fields.Date("Show From", compute="_compute_preview_from", readonly=False)
    preview = fields.Json(compute="_compute_preview")

    _days_check = models.Constraint(
        "CHECK (last_day >= first_day)", "A schedule's first day cannot be after the last one."
    )

    def _compute_preview_from(self):
        for schedule in self:
            today = self.env.company._campus_today()
            schedule.preview_from = today - timedelta(days=today.weekday())

    @api.depends("preview_from", "first_day", "last_day", "holidays", "window_ids", "exception_ids")
    @api.depends_context("lang")
    def _compute_preview(self):
        for schedule in self:
            schedule.preview = schedule._preview(schedule.preview_from)

    def _preview(self, first):
        """What the calendar shows from a day on: ``[{day, week, is_holiday, follows, times}]``."""
        first = first or self.env.company._campus_today()
        first -= timedelta(days=first.weekday())
        calendar = (self.company_id or self.env.company)._campus_calendar()
        made = self._to_core()
        found = []
        for number in range(PREVIEW_DAYS):
            day = first + timedelta(days=number)
            followed = calendar.working_days.get(day)
            found.append(
                {
                    "day": str(day),
                    "week": calendar.week(followed or day),
                    "is_holiday": calendar.is_holiday(day),
                    "follows": str(followed) if followed else False,
                    "times": [
                        f"{_clock(start)}–{_clock(end)}" for start, end in core.times(made, calendar, day)
                    ],
                }
            )
        return found

    def _to_core(self):
        """The schedule as the rules know it."""
        self.ensure_one()
        exceptions = defaultdict(list)
        for one in self.exception_ids.filtered("day"):
            exceptions[one.day] += [] if one.is_closed else [(one.start_min, one.end_min)]
        return core.Schedule(
            windows=tuple(window._to_core() for window in self.window_ids if window._weekdays()),
            first_day=self.first_day or None,
            last_day=self.last_day or None,
            holidays=self.holidays or core.CLOSED,
            exceptions={day: tuple(sorted(times)) for day, times in exceptions.items()},
        )

    @api.constrains("exception_ids")
    def _check_exceptions(self):
        for schedule in self:
            closed = [one.day for one in schedule.exception_ids if one.is_closed]
            twice = [one.day for one in schedule.exception_ids if not one.is_closed and one.day in closed]
            if twice or len(closed) > len(set(closed)):
                raise ValidationError(
                    self.env._("%s: a day is either closed or has times, and is closed once.", schedule.name)
                )


def _clock(minutes):
    return f"{minutes // 60 % 24 if minutes != core.DAY_MIN else 24:02d}:{minutes % 60:02d}"
