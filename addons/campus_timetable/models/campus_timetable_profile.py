from odoo import api, fields, models
from odoo.addons.campus_card.campus_core.timetable import plan_types
from odoo.addons.campus_card.campus_core.timetable.plan_file import fits
from odoo.exceptions import ValidationError

UNKNOWN = [("refuse", "Refuse the row"), ("leave", "Leave it empty and say so")]


class CampusTimetableProfile(models.Model):
    """The meaning of the columns in the file of one timetable program.

    The rules that read the file are in ``campus_core.timetable``. A profile is their configuration.
    """

    _name = "campus.timetable.profile"
    _description = "Timetable File Profile"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    source = fields.Char(
        "Program",
        required=True,
        help="Short name of the timetable program. A lesson that was imported is found again by it and by its key.",
    )
    company_id = fields.Many2one(
        "res.company", index=True, ondelete="restrict", help="Empty: for every company."
    )
    encoding = fields.Selection(
        [
            ("auto", "Recognise"),
            ("utf-8", "UTF-8"),
            ("gb18030", "GB18030 (GBK, GB2312)"),
            ("utf-16", "UTF-16"),
        ],
        required=True,
        default="auto",
        help="Encoding of CSV files.",
    )
    separators = fields.Char(
        default="+,;，；、", help="Each of these signs stands between two teachers or groups of one cell."
    )
    day_names = fields.Char(
        "Names of the Weekdays",
        help="Seven names from Monday on with commas, if the program has names of its own.",
    )
    unknown_room = fields.Selection(UNKNOWN, required=True, default="refuse")
    unknown_teacher = fields.Selection(UNKNOWN, required=True, default="refuse")
    column_ids = fields.One2many("campus.timetable.profile.column", "profile_id", "Columns", copy=True)
    period_ids = fields.One2many("campus.timetable.profile.period", "profile_id", "Periods", copy=True)

    @api.constrains("column_ids")
    def _check_columns(self):
        for profile in self:
            targets = [
                target for target in profile.column_ids.mapped("target") if target != plan_types.IGNORE
            ]
            if len(targets) != len(set(targets)):
                raise ValidationError(self.env._("Two columns of the profile mean the same."))
            if not {plan_types.COURSE, plan_types.COURSE_CODE} & set(targets) or not {
                plan_types.WEEKDAY,
                plan_types.WHEN,
            } & set(targets):
                raise ValidationError(
                    self.env._("A profile needs a column for the course and one for the day of the week.")
                )

    @api.constrains("day_names")
    def _check_day_names(self):
        for profile in self.filtered("day_names"):
            if len(profile._day_words()) != 7:
                raise ValidationError(
                    self.env._("Write seven names of weekdays, from Monday on, with commas.")
                )

    def _day_words(self):
        names = (self.day_names or "").replace("，", ",").split(",")
        return {name.strip(): number for number, name in enumerate(names) if name.strip()}

    def _to_core(self):
        """The profile in the form that ``campus_core`` needs."""
        self.ensure_one()
        return plan_types.PlanProfile(
            source=self.source,
            columns=tuple(
                plan_types.PlanColumn(column.header, column.target, column.required)
                for column in self.column_ids
            ),
            periods={period.name: (period.start_min, period.end_min) for period in self.period_ids},
            day_words=self._day_words(),
            separators=self.separators or ",",
            encoding=self.encoding,
        )

    @api.model
    def _detect(self, table):
        """The profile whose columns the table has; of several, the one that uses most columns."""
        profiles = self.search([("company_id", "in", (False, self.env.company.id))])
        found = [(fits(table, profile._to_core()), -place, profile) for place, profile in enumerate(profiles)]
        best = max(found, key=lambda one: one[:2], default=(0, 0, self.browse()))
        return best[2] if best[0] else self.browse()


class CampusTimetableProfileColumn(models.Model):
    """The meaning of one column."""

    _name = "campus.timetable.profile.column"
    _description = "Column of a Timetable File"
    _order = "profile_id, sequence, id"

    profile_id = fields.Many2one("campus.timetable.profile", required=True, index=True, ondelete="cascade")
    sequence = fields.Integer(default=10)
    header = fields.Char(required=True, help="As in the file; width, case and spaces do not matter.")
    target = fields.Selection(
        [
            (plan_types.KEY, "Key of the lesson"),
            (plan_types.COURSE_CODE, "Course number"),
            (plan_types.COURSE, "Course name"),
            (plan_types.GROUPS, "Groups"),
            (plan_types.TEACHERS, "Teachers"),
            (plan_types.ROOM, "Room"),
            (plan_types.WEEKDAY, "Day of the week"),
            (plan_types.PERIODS, "Periods"),
            (plan_types.STARTS, "Start"),
            (plan_types.ENDS, "End"),
            (plan_types.WEEKS, "Weeks"),
            (plan_types.WHEN, "Day, periods and weeks together"),
            (plan_types.IGNORE, "Not used"),
        ],
        "Meaning",
        required=True,
        default=plan_types.IGNORE,
    )
    required = fields.Boolean(help="A file without this column is not of this program, and no cell is empty.")


class CampusTimetableProfilePeriod(models.Model):
    """A period of the day: its name in the file and its time."""

    _name = "campus.timetable.profile.period"
    _inherit = ["campus.schedule.times"]
    _description = "Period of a Timetable File"
    _order = "profile_id, start_min, id"

    profile_id = fields.Many2one("campus.timetable.profile", required=True, index=True, ondelete="cascade")
    name = fields.Char("Period", required=True, help="As in the file: 1, 2, 3 or 08:00.")
    start_min = fields.Integer(default=8 * 60)
    end_min = fields.Integer(default=8 * 60 + 45)

    _name_unique = models.Constraint("UNIQUE(profile_id, name)", "This period is in the table already.")
