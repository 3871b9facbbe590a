from datetime import time, timezone
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.addons.campus_card.campus_core import schedule as core
from odoo.addons.campus_card.campus_core.access import working_time
from odoo.exceptions import UserError

from ..models.campus_schedule_window import WEEKDAYS


class CampusScheduleImport(models.TransientModel):
    """Makes a schedule out of a calendar of working times, after a look at what becomes of it."""

    _name = "campus.schedule.import"
    _description = "Schedule from Working Times"

    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    calendar_id = fields.Many2one(
        "resource.calendar",
        "Working Times",
        required=True,
        domain="[('company_id', 'in', [company_id, False])]",
    )
    name = fields.Char("Name of the Schedule", compute="_compute_name", store=True, readonly=False)
    holidays = fields.Selection(
        [
            (core.CLOSED, "Does not hold on holidays"),
            (core.AS_USUAL, "Holds on holidays too"),
        ],
        "On Holidays",
        required=True,
        default=core.CLOSED,
        help="Working times know nothing of the holidays of the campus.",
    )
    is_two_weeks = fields.Boolean(related="calendar_id.two_weeks_calendar")
    first_week = fields.Selection(
        [(core.ODD_WEEKS, "Odd weeks of the term"), (core.EVEN_WEEKS, "Even weeks of the term")],
        "First Week Becomes",
        required=True,
        default=core.ODD_WEEKS,
    )
    losses = fields.Text("Not as in the Working Times", compute="_compute_outcome")
    is_empty = fields.Boolean(compute="_compute_outcome")
    preview = fields.Json("What Becomes of It", compute="_compute_outcome")

    @api.depends("calendar_id")
    def _compute_name(self):
        for wizard in self:
            wizard.name = wizard.calendar_id.name or False

    @api.depends("calendar_id", "holidays", "first_week", "company_id")
    @api.depends_context("lang")
    def _compute_outcome(self):
        words = self._loss_words()
        for wizard in self:
            plan = wizard._plan()
            wizard.losses = "\n".join(words[name] for name in plan.losses) or False
            wizard.is_empty = bool(wizard.calendar_id) and not plan.windows
            made = self.env["campus.schedule"].new(wizard._prepare_schedule_vals(plan))
            wizard.preview = made._preview(None) if wizard.calendar_id else False

    @api.model
    def _loss_words(self):
        return {
            working_time.FLEXIBLE: self.env._(
                "Flexible hours say how long people work, not when: there are no times to take over."
            ),
            working_time.BY_DURATION: self.env._(
                "The times are made up around 12:00 from how long people work. Look whether they are meant."
            ),
            working_time.TWO_WEEKS: self.env._(
                "The two weeks alternate without end; here they are odd and even weeks of the term, so the times of "
                "one week alone do not hold between terms."
            ),
            working_time.TIME_ZONE: self.env._(
                "The working times are in another time zone. The hours are taken as the campus's clock shows them."
            ),
            working_time.PERSONAL: self.env._("Days off of single people are left out."),
            working_time.PART_OF_DAY: self.env._("Times off that are shorter than a day are left out."),
            working_time.ROUNDED: self.env._("Times are rounded to whole minutes."),
            working_time.EMPTY: self.env._("Times that end before they begin are left out."),
        }

    def _plan(self):
        self.ensure_one()
        first_is_odd = self.first_week != core.EVEN_WEEKS
        return working_time.plan(self._source(), self.env.company._campus_today(), first_is_odd)

    def _source(self):
        calendar = self.calendar_id
        rows = calendar.attendance_ids.filtered(lambda row: row._is_work_period())
        zone = self.company_id.partner_id.tz or "UTC"
        return working_time.Source(
            hours=[
                working_time.Hours(
                    int(row.dayofweek),
                    row.hour_from,
                    row.hour_to,
                    int(row.week_type) if row.week_type else None,
                )
                for row in rows
            ],
            leaves=[self._leave(leave) for leave in calendar.leave_ids if leave.time_type == "leave"],
            is_two_weeks=calendar.two_weeks_calendar,
            is_flexible=calendar.flexible_hours,
            is_by_duration=calendar.duration_based,
            is_other_zone=bool(calendar) and calendar.tz != zone,
        )

    def _leave(self, leave):
        zone = ZoneInfo(self.calendar_id.tz or "UTC")
        first, last = (
            moment.replace(tzinfo=timezone.utc).astimezone(zone)
            for moment in (leave.date_from, leave.date_to)
        )
        is_whole = first.time().replace(second=0) == time() and last.time() >= time(23, 59)
        return working_time.Leave(
            first.date(), last.date(), is_whole, bool(leave.resource_id), leave.name or ""
        )

    def _prepare_schedule_vals(self, plan):
        windows = [
            {
                **{name: number in window.weekdays for number, name in enumerate(WEEKDAYS)},
                "start_min": window.start_min,
                "end_min": window.end_min,
                "weeks": window.weeks,
            }
            for window in plan.windows
        ]
        closed = [{"day": day, "is_closed": True, "reason": reason} for day, reason in plan.closed]
        return {
            "name": self.name or self.calendar_id.name,
            "company_id": self.company_id.id,
            "holidays": self.holidays,
            "window_ids": [(0, 0, window) for window in windows],
            "exception_ids": [(0, 0, one) for one in closed],
        }

    def action_import(self):
        """Make the schedule, and show it."""
        self.ensure_one()
        plan = self._plan()
        if not plan.windows:
            raise UserError(self.env._("%s has no times that a schedule could have.", self.calendar_id.name))
        made = self.env["campus.schedule"].create(self._prepare_schedule_vals(plan))
        if plan.losses:
            words = self._loss_words()
            text = " ".join(words[name] for name in plan.losses)
            made.message_post(
                body=self.env._("Made from the working times %s.", self.calendar_id.name) + " " + text
            )
        return made.get_formview_action()
