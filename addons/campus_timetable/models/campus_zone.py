from odoo import fields, models
from odoo.exceptions import UserError


class CampusZone(models.Model):
    """A room of the timetable, which is taken once at a time unless it is open to several lessons."""

    _inherit = "campus.zone"

    lessons_at_once = fields.Boolean(
        "Several Lessons at Once",
        tracking=True,
        help="A sports hall or a field, in which lessons and exams may overlap. All others are never taken twice.",
    )

    def write(self, vals):
        done = super().write(vals)
        if "lessons_at_once" in vals:
            self._book_anew()
        return done

    def _book_anew(self):
        # sudo: who looks after rooms need not see the timetable
        lessons = self.env["campus.lesson"].sudo()
        near = ["|", ("room_id", "in", self.ids), ("change_ids.room_id", "in", self.ids)]
        self.env["campus.room.use"]._book_lessons(lessons.search(near))
        # sudo: as above
        exams = self.env["campus.exam"].sudo().search([("room_id", "in", self.ids)])
        self.env["campus.room.use"]._book_exams(exams)

    def _check_unused(self):
        """A room with lessons or exams to come stays."""
        done = super()._check_unused()
        for zone in self.filtered("active"):
            today = zone.company_id._campus_today()
            # sudo: who looks after rooms need not see the timetable
            lessons = (
                self.env["campus.lesson"]
                .sudo()
                .search_count([("room_id", "=", zone.id), ("term_id.last_day", ">=", today)])
            )
            # sudo: as above
            exams = (
                self.env["campus.exam"].sudo().search_count([("room_id", "=", zone.id), ("day", ">=", today)])
            )
            if lessons or exams:
                raise UserError(
                    self.env._(
                        "%(zone)s is in the timetable: %(lessons)s lessons and %(exams)s exams need another room first.",
                        zone=zone.display_name,
                        lessons=lessons,
                        exams=exams,
                    )
                )
        return done
