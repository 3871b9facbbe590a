from odoo import api, fields, models
from odoo.addons.campus_card.campus_core import schedule
from odoo.addons.campus_card.campus_core.timetable import types
from odoo.addons.campus_card.campus_core.timetable.weeks import clock_text, weeks_in, weeks_text
from odoo.exceptions import UserError, ValidationError

from ..const import LATER

#: What decides when and where a lesson takes place.
PLACING = {
    "term_id",
    "weekday",
    "start_min",
    "end_min",
    "starts",
    "ends",
    "weeks",
    "week_list",
    "room_id",
    "active",
}
#: What a lesson is; what differs on one date is a change and leaves the lesson as it is.
KEPT = {"course_id", "term_id"}


class CampusLesson(models.Model):
    """A lesson of every week, or of some weeks, of a term; what takes place follows from it by itself."""

    _name = "campus.lesson"
    _description = "Lesson"
    _inherit = ["mail.thread", "campus.schedule.times"]
    _order = "term_id, weekday, start_min, id"
    _check_company_auto = True

    active = fields.Boolean(default=True, tracking=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    term_id = fields.Many2one(
        "campus.term",
        required=True,
        index=True,
        check_company=True,
        ondelete="restrict",
        default=lambda self: self._default_term(),
        tracking=True,
    )
    course_id = fields.Many2one(
        "campus.course", required=True, index=True, check_company=True, ondelete="restrict", tracking=True
    )
    group_ids = fields.Many2many(
        "campus.study.group", string="Groups", check_company=True, ondelete="restrict"
    )
    teacher_ids = fields.Many2many(
        "res.partner",
        "campus_lesson_teacher_rel",
        "lesson_id",
        "partner_id",
        "Teachers",
        ondelete="restrict",
    )
    room_id = fields.Many2one(
        "campus.zone", "Room", index="btree_not_null", check_company=True, ondelete="restrict", tracking=True
    )
    weekday = fields.Selection(
        [
            ("0", "Monday"),
            ("1", "Tuesday"),
            ("2", "Wednesday"),
            ("3", "Thursday"),
            ("4", "Friday"),
            ("5", "Saturday"),
            ("6", "Sunday"),
        ],
        required=True,
        default="0",
        tracking=True,
    )
    start_min = fields.Integer(default=8 * 60, tracking=True)
    end_min = fields.Integer(default=9 * 60 + 40, tracking=True)
    weeks = fields.Selection(
        [
            (schedule.ALL_WEEKS, "Every week"),
            (schedule.ODD_WEEKS, "Odd weeks of the term"),
            (schedule.EVEN_WEEKS, "Even weeks of the term"),
            (schedule.LISTED_WEEKS, "Some weeks of the term"),
        ],
        required=True,
        default=schedule.ALL_WEEKS,
        tracking=True,
    )
    week_list = fields.Char("Term Weeks", help="Numbers and ranges, such as 1-8, 10, 12.", tracking=True)
    source = fields.Char("Imported From", readonly=True, copy=False)
    source_key = fields.Char("Key in the File", readonly=True, copy=False)
    source_no = fields.Integer(readonly=True, copy=False, help="Tells lessons of one key apart.")
    change_ids = fields.One2many("campus.lesson.change", "lesson_id", "Changes")

    _times_check = models.Constraint(
        "CHECK (start_min >= 0 AND start_min < 1440 AND end_min > start_min AND end_min <= start_min + 1440)",
        "A lesson starts between 0:00 and 23:59 and lasts at most a day.",
    )
    _source_unique = models.UniqueIndex(
        "(term_id, source, source_key, source_no) WHERE source_key IS NOT NULL AND active",
        "This row was imported already.",
    )

    @api.model
    def _default_term(self):
        """The term of today, else the next one."""
        company = self.env.company
        return self.env["campus.term"].search(
            [("company_id", "=", company.id), ("last_day", ">=", company._campus_today())],
            order="first_day",
            limit=1,
        )

    @api.depends("course_id", "weekday", "start_min", "end_min")
    @api.depends_context("lang")
    def _compute_display_name(self):
        weekdays = dict(self._fields["weekday"]._description_selection(self.env))
        for lesson in self:
            when = f"{weekdays.get(lesson.weekday, '')} {clock_text(lesson.start_min)}–{clock_text(lesson.end_min)}"
            lesson.display_name = f"{lesson.course_id.name}, {when}" if lesson.course_id else ""

    @api.constrains("weeks", "week_list")
    def _check_weeks(self):
        for lesson in self.filtered(lambda lesson: lesson.weeks == schedule.LISTED_WEEKS):
            if not weeks_in(lesson.week_list or ""):
                raise ValidationError(
                    self.env._(
                        "“%s” are no weeks of a term: write them as 1-8, 10, 12.", lesson.week_list or ""
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        lessons = super().create([self._tidy(vals) for vals in vals_list])
        lessons._book()
        return lessons

    def write(self, vals):
        if KEPT & vals.keys() and any(lesson.change_ids for lesson in self.with_context(active_test=False)):
            raise UserError(
                self.env._(
                    "A lesson with changes keeps its course and its term. Archive it and make a new one."
                )
            )
        done = super().write(self._tidy(vals))
        if PLACING & vals.keys():
            self._book()
        return done

    def unlink(self):
        if any(lesson.change_ids for lesson in self):
            raise UserError(self.env._("A lesson with changes is kept. Archive it instead."))
        return super().unlink()

    @api.model
    def _tidy(self, vals):
        """Weeks are written in one way, so that two lists of the same weeks are equal."""
        listed = weeks_in(vals.get("week_list") or "")
        return {**vals, "week_list": weeks_text(listed)} if listed else vals

    def _book(self):
        """Take the rooms of these lessons for the whole term."""
        if self.env.context.get("campus_booking") is not LATER:
            self.env["campus.room.use"]._book_lessons(self)

    def _to_core(self):
        """The lesson as the rules know it."""
        self.ensure_one()
        listed = weeks_in(self.week_list or "") if self.weeks == schedule.LISTED_WEEKS else None
        return types.Lesson(
            lesson=self.id,
            term=self.term_id._to_core(),
            when=schedule.Window(
                frozenset({int(self.weekday)}),
                self.start_min,
                self.end_min,
                self.weeks,
                listed or frozenset(),
            ),
            room=self.room_id.id or None,
            teachers=frozenset(self.teacher_ids.ids),
            groups=frozenset(self.group_ids.ids),
        )
