from odoo import api, fields, models
from odoo.addons.campus_card.campus_core.timetable.weeks import clock_text
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date


class CampusExam(models.Model):
    """An exam in one room: who sits where, who is admitted, who invigilates."""

    _name = "campus.exam"
    _description = "Exam"
    _inherit = ["mail.thread", "campus.schedule.times"]
    _order = "day, start_min, id"
    _check_company_auto = True

    course_id = fields.Many2one(
        "campus.course", required=True, index=True, check_company=True, ondelete="restrict", tracking=True
    )
    active = fields.Boolean(default=True, tracking=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    day = fields.Date(required=True, tracking=True)
    start_min = fields.Integer(default=9 * 60, tracking=True)
    end_min = fields.Integer(default=11 * 60, tracking=True)
    room_id = fields.Many2one(
        "campus.zone", "Room", index="btree_not_null", check_company=True, ondelete="restrict", tracking=True
    )
    seat_max = fields.Integer("Seats in the Room", tracking=True, help="0: as many as there are candidates.")
    group_ids = fields.Many2many(
        "campus.study.group", string="Groups", check_company=True, ondelete="restrict"
    )
    invigilator_ids = fields.Many2many(
        "res.partner",
        "campus_exam_invigilator_rel",
        "exam_id",
        "partner_id",
        "Invigilators",
        ondelete="restrict",
    )
    seat_ids = fields.One2many("campus.exam.seat", "exam_id", "Candidates")
    seat_count = fields.Integer("Number of Candidates", compute="_compute_seat_count")

    _times_check = models.Constraint(
        "CHECK (start_min >= 0 AND start_min < 1440 AND end_min > start_min AND end_min <= start_min + 1440)",
        "An exam starts between 0:00 and 23:59 and lasts at most a day.",
    )
    _seats_check = models.Constraint("CHECK (seat_max >= 0)", "A room has no negative number of seats.")

    @api.depends("course_id", "day", "start_min")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for exam in self:
            when = f"{format_date(self.env, exam.day)} {clock_text(exam.start_min)}" if exam.day else ""
            exam.display_name = f"{exam.course_id.name}, {when}" if exam.course_id else ""

    @api.depends("seat_ids")
    def _compute_seat_count(self):
        for exam in self:
            exam.seat_count = len(exam.seat_ids)

    @api.constrains("seat_ids", "seat_max")
    def _check_seats(self):
        for exam in self:
            if exam.seat_max and len(exam.seat_ids) > exam.seat_max:
                raise ValidationError(
                    self.env._(
                        "%(exam)s has %(people)s candidates and %(seats)s seats.",
                        exam=exam.display_name,
                        people=len(exam.seat_ids),
                        seats=exam.seat_max,
                    )
                )

    @api.constrains("day", "start_min", "end_min", "invigilator_ids", "seat_ids", "active")
    def _check_people(self):
        """Nobody is in two exams at one time, neither with a seat nor to invigilate."""
        for exam in self.filtered("active"):
            near = self.search([("day", "=", exam.day), ("id", "!=", exam.id)])
            near = near.filtered(
                lambda one, exam=exam: one.start_min < exam.end_min and exam.start_min < one.end_min
            )
            twice = (exam.invigilator_ids | exam.seat_ids.partner_id) & (
                near.invigilator_ids | near.seat_ids.partner_id
            )
            twice |= exam.invigilator_ids & exam.seat_ids.partner_id
            if twice:
                raise ValidationError(
                    self.env._(
                        "%(people)s would be in two places at the time of %(exam)s.",
                        people=", ".join(twice[:5].mapped("display_name")),
                        exam=exam.display_name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        exams = super().create(vals_list)
        self.env["campus.room.use"]._book_exams(exams)
        return exams

    def write(self, vals):
        done = super().write(vals)
        if {"day", "start_min", "end_min", "starts", "ends", "room_id", "active"} & vals.keys():
            self.env["campus.room.use"]._book_exams(self)
        return done

    @api.ondelete(at_uninstall=False)
    def _unlink_except_with_candidates(self):
        if any(exam.seat_ids for exam in self):
            raise UserError(self.env._("An exam with candidates is kept. Archive it instead."))

    def action_seat_groups(self):
        """Give everybody of the groups the next free seat; who has one keeps it."""
        for exam in self:
            people = exam.group_ids.member_ids.sorted(lambda person: (person.campus_number or "", person.id))
            people -= exam.seat_ids.partner_id
            taken = {seat.seat for seat in exam.seat_ids}
            free = (
                str(number) for number in range(1, len(taken) + len(people) + 1) if str(number) not in taken
            )
            rows = [
                {"exam_id": exam.id, "partner_id": person.id, "seat": seat}
                for person, seat in zip(people, free, strict=False)
            ]
            self.env["campus.exam.seat"].create(rows)
