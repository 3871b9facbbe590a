from odoo import api, fields, models
from odoo.addons.campus_card.campus_core import schedule as core
from odoo.exceptions import ValidationError

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
WEEK_MAX = 60


class CampusScheduleTimes(models.AbstractModel):
    """From a minute of a day to a later one, maybe of the next day; people read and write it as clock times."""

    _name = "campus.schedule.times"
    _description = "Times of a Schedule"

    start_min = fields.Integer("Starts (minute of the day)", default=8 * 60)
    end_min = fields.Integer("Ends (minute after that midnight)", default=18 * 60)
    starts = fields.Float(compute="_compute_clock", inverse="_inverse_clock")
    ends = fields.Float(
        compute="_compute_clock",
        inverse="_inverse_clock",
        help="A time that is not after the start is on the next day.",
    )

    @api.depends("start_min", "end_min")
    def _compute_clock(self):
        for times in self:
            times.starts = times.start_min / 60
            is_next_day = times.end_min > core.DAY_MIN
            times.ends = (times.end_min - core.DAY_MIN if is_next_day else times.end_min) / 60

    def _inverse_clock(self):
        for times in self:
            start, end = round(times.starts * 60), round(times.ends * 60)
            times.write({"start_min": start, "end_min": end + core.DAY_MIN if end <= start else end})

    @api.constrains("start_min", "end_min")
    def _check_times(self):
        for times in self:
            if not self._is_possible(times.start_min, times.end_min):
                raise ValidationError(
                    self.env._("A time starts between 0:00 and 23:59 and lasts at most a day.")
                )

    @staticmethod
    def _is_possible(start, end):
        return 0 <= start < core.DAY_MIN and start < end <= start + core.DAY_MIN


class CampusScheduleWindow(models.Model):
    """A time of the week, in all weeks or in some weeks of the term."""

    _name = "campus.schedule.window"
    _inherit = ["campus.schedule.times"]
    _description = "Time of the Week"
    _order = "schedule_id, start_min, id"

    schedule_id = fields.Many2one("campus.schedule", required=True, index=True, ondelete="cascade")
    monday = fields.Boolean("Mon", default=True)
    tuesday = fields.Boolean("Tue", default=True)
    wednesday = fields.Boolean("Wed", default=True)
    thursday = fields.Boolean("Thu", default=True)
    friday = fields.Boolean("Fri", default=True)
    saturday = fields.Boolean("Sat")
    sunday = fields.Boolean("Sun")
    weeks = fields.Selection(
        [
            (core.ALL_WEEKS, "Every week"),
            (core.ODD_WEEKS, "Odd weeks of the term"),
            (core.EVEN_WEEKS, "Even weeks of the term"),
            (core.LISTED_WEEKS, "Some weeks of the term"),
        ],
        required=True,
        default=core.ALL_WEEKS,
    )
    week_list = fields.Char("Term Weeks", help="Numbers and ranges, such as 1-8, 10, 12.")

    @api.constrains("weeks", "week_list")
    def _check_weeks(self):
        for window in self.filtered(lambda window: window.weeks == core.LISTED_WEEKS):
            if not window._weeks_listed():
                raise ValidationError(
                    self.env._(
                        "“%s” are no weeks of a term: write them as 1-8, 10, 12.", window.week_list or ""
                    )
                )

    @api.constrains(*WEEKDAYS)
    def _check_weekdays(self):
        for window in self:
            if not window._weekdays():
                raise ValidationError(self.env._("Choose at least one day of the week for each time."))

    def _weekdays(self):
        return frozenset(number for number, name in enumerate(WEEKDAYS) if self[name])

    def _weeks_listed(self):
        """The weeks of the list; empty for a text that is none."""
        found = set()
        for part in (self.week_list or "").replace("，", ",").split(","):
            first, _dash, last = (text.strip() for text in part.replace("–", "-").partition("-"))
            if not first.isdecimal() or not (last or first).isdecimal():
                return frozenset()
            found |= set(range(int(first), min(int(last or first), WEEK_MAX) + 1))
        return frozenset(week for week in found if 0 < week <= WEEK_MAX)

    def _to_core(self):
        listed = self._weeks_listed() if self.weeks == core.LISTED_WEEKS else frozenset()
        return core.Window(self._weekdays(), self.start_min, self.end_min, self.weeks, listed)


class CampusScheduleException(models.Model):
    """What replaces all times of a schedule on one date; several rows of one date add up."""

    _name = "campus.schedule.exception"
    _inherit = ["campus.schedule.times"]
    _description = "Exception of a Schedule"
    _order = "day, start_min, id"

    schedule_id = fields.Many2one("campus.schedule", required=True, index=True, ondelete="cascade")
    day = fields.Date(required=True)
    is_closed = fields.Boolean("Closed All Day")
    reason = fields.Char()
