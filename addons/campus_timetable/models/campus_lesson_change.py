from odoo import api, fields, models
from odoo.addons.campus_card.campus_core.schedule import DAY_MIN
from odoo.addons.campus_card.campus_core.timetable import types
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date

TIMED = (types.MOVE, types.EXTRA)


class CampusLessonChange(models.Model):
    """What is different on one date, and why. The newest counts; nothing is edited or deleted."""

    _name = "campus.lesson.change"
    _description = "Change of a Lesson"
    _inherit = ["campus.schedule.times"]
    _order = "id desc"
    _check_company_auto = True

    company_id = fields.Many2one(related="lesson_id.company_id", store=True, index=True)
    lesson_id = fields.Many2one(
        "campus.lesson", required=True, index=True, ondelete="restrict", check_company=True
    )
    course_id = fields.Many2one(related="lesson_id.course_id")
    day = fields.Date(
        required=True, help="The day of the lesson in the timetable; of an extra lesson: its day."
    )
    kind = fields.Selection(
        [
            (types.CANCEL, "Cancelled"),
            (types.TEACHER, "Other Teacher"),
            (types.ROOM, "Other Room"),
            (types.MOVE, "Moved"),
            (types.EXTRA, "Extra Lesson"),
            (types.RESTORE, "As Planned Again"),
        ],
        required=True,
        default=types.CANCEL,
    )
    extra_id = fields.Many2one(
        "campus.lesson.change",
        "Of the Extra Lesson",
        index="btree_not_null",
        ondelete="restrict",
        domain="[('lesson_id', '=', lesson_id), ('day', '=', day), ('kind', '=', 'extra')]",
        help="Empty: the lesson of the timetable.",
    )
    new_day = fields.Date("New Day")
    start_min = fields.Integer(default=8 * 60)
    end_min = fields.Integer(default=9 * 60 + 40)
    room_id = fields.Many2one(
        "campus.zone", "New Room", index="btree_not_null", ondelete="restrict", check_company=True
    )
    teacher_ids = fields.Many2many(
        "res.partner",
        "campus_lesson_change_teacher_rel",
        "change_id",
        "partner_id",
        "New Teachers",
        ondelete="restrict",
    )
    reason = fields.Char(required=True)

    _room_check = models.Constraint("CHECK (kind <> 'room' OR room_id IS NOT NULL)", "Name the other room.")
    _move_check = models.Constraint(
        "CHECK (kind <> 'move' OR new_day IS NOT NULL)", "Name the day on which the lesson is now."
    )
    _times_check = models.Constraint(
        "CHECK (start_min >= 0 AND start_min < 1440 AND end_min > start_min AND end_min <= start_min + 1440)",
        "A lesson starts between 0:00 and 23:59 and lasts at most a day.",
    )

    @api.depends("lesson_id", "day", "kind")
    @api.depends_context("lang")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for change in self:
            day = change.day and format_date(self.env, change.day)
            what = f"{change.course_id.name}, {day or ''}: {kinds.get(change.kind, '')}"
            change.display_name = what if change.course_id else ""

    @api.onchange("lesson_id", "kind")
    def _onchange_kind(self):
        """A moved lesson keeps its time and room until somebody says otherwise."""
        if self.kind in TIMED and self.lesson_id:
            self.start_min, self.end_min = self.lesson_id.start_min, self.lesson_id.end_min
        if self.kind == types.MOVE and not self.new_day:
            self.new_day = self.day

    @api.model_create_multi
    def create(self, vals_list):
        changes = super().create([_in_minutes(vals) for vals in vals_list])
        for change in changes:
            change._check_new()
        self.env["campus.room.use"]._book_lessons(changes.lesson_id)
        return changes

    def write(self, vals):
        raise UserError(self.env._("A change is not edited. Enter a further one: the newest counts."))

    def unlink(self):
        raise UserError(self.env._("A change is not deleted. Enter one that says “As Planned Again”."))

    def _check_new(self):
        """A change is about a lesson that there is, and says what is different."""
        self.ensure_one()
        if self.kind == types.TEACHER and not self.teacher_ids:
            raise ValidationError(self.env._("Name the other teachers."))
        if self.kind == types.EXTRA:
            if self.extra_id:
                raise ValidationError(self.env._("An extra lesson is not added to another one."))
            return
        if self.extra_id and self.extra_id._about() != self._about():
            raise ValidationError(self.env._("The extra lesson is another one, or on another day."))
        if not self.extra_id and not self._has_lesson():
            raise ValidationError(
                self.env._(
                    "%(lesson)s is not on %(day)s.",
                    lesson=self.lesson_id.display_name,
                    day=format_date(self.env, self.day),
                )
            )

    def _has_lesson(self):
        """Whether the timetable, or a move before this change, has the lesson of that day."""
        earlier = self.search(
            [("lesson_id", "=", self.lesson_id.id), ("id", "<", self.id), ("day", "=", self.day)]
        )
        if any(change.kind == types.MOVE and not change.extra_id for change in earlier):
            return True
        return self.env["campus.timetable"]._is_on(self.lesson_id, self.day)

    def _about(self):
        return self._to_core().about

    def _to_core(self):
        """The change as the rules know it."""
        self.ensure_one()
        is_timed = self.kind in TIMED
        return types.Change(
            change=self.id,
            lesson=self.lesson_id.id,
            planned=self.day,
            kind=self.kind,
            extra=self.extra_id.id or 0,
            day=self.new_day if self.kind == types.MOVE else None,
            start_min=self.start_min if is_timed else None,
            end_min=self.end_min if is_timed else None,
            room=self.room_id.id or None,
            teachers=frozenset(self.teacher_ids.ids) or None,
        )


def _in_minutes(vals):
    """Times that were keyed in as a clock shows them; the inverse would have to write what cannot be written."""
    if not {"starts", "ends"} <= vals.keys():
        return {name: value for name, value in vals.items() if name not in ("starts", "ends")}
    start, end = round(vals["starts"] * 60), round(vals["ends"] * 60)
    kept = {name: value for name, value in vals.items() if name not in ("starts", "ends")}
    return {**kept, "start_min": start, "end_min": end + DAY_MIN if end <= start else end}
