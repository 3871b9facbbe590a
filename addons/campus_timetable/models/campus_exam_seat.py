from odoo import api, fields, models


class CampusExamSeat(models.Model):
    """The seat of a candidate, and whether the candidate may sit the exam."""

    _name = "campus.exam.seat"
    _description = "Seat in an Exam"
    _order = "exam_id, id"
    _rec_name = "seat"

    exam_id = fields.Many2one("campus.exam", required=True, index=True, ondelete="restrict")
    company_id = fields.Many2one(related="exam_id.company_id", store=True, index=True)
    partner_id = fields.Many2one(
        "res.partner",
        "Candidate",
        required=True,
        index=True,
        ondelete="restrict",
    )
    seat = fields.Char(required=True)
    admission = fields.Selection(
        [("admitted", "Admitted"), ("refused", "Not Admitted")], required=True, default="admitted"
    )
    reason = fields.Char(help="Why the candidate is not admitted; the candidate reads it.")

    _person_once = models.Constraint("UNIQUE(exam_id, partner_id)", "This candidate has a seat already.")
    _seat_once = models.Constraint("UNIQUE(exam_id, seat)", "Somebody else has this seat.")
    _reason_check = models.Constraint(
        "CHECK (admission <> 'refused' OR COALESCE(reason, '') <> '')",
        "Say why the candidate is not admitted.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        seats = super().create(vals_list)
        seats.exam_id._check_seats()
        seats.exam_id._check_people()
        return seats

    def write(self, vals):
        done = super().write(vals)
        if {"exam_id", "partner_id"} & vals.keys():
            self.exam_id._check_seats()
            self.exam_id._check_people()
        return done
