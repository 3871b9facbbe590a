from datetime import timedelta

from odoo import api, fields, models

DAYS = 7
SUBJECTS = {"room": "room_id", "teacher": "teacher_id", "group": "group_id"}


class CampusTimetableWeek(models.TransientModel):
    """A week of a room, a teacher or a group, as it takes place."""

    _name = "campus.timetable.week"
    _description = "Timetable of a Week"

    kind = fields.Selection(
        [("room", "Room"), ("teacher", "Teacher"), ("group", "Group")], required=True, default="room"
    )
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    room_id = fields.Many2one("campus.zone", "Room", domain="[('company_id', '=', company_id)]")
    teacher_id = fields.Many2one("res.partner", "Teacher")
    group_id = fields.Many2one("campus.study.group", "Group", domain="[('company_id', '=', company_id)]")
    day = fields.Date("In the Week Of", required=True, default=lambda self: self.env.company._campus_today())
    week = fields.Json(compute="_compute_week")

    @api.depends("kind", "company_id", "room_id", "teacher_id", "group_id", "day")
    @api.depends_context("lang")
    def _compute_week(self):
        for look in self:
            subject = look[SUBJECTS[look.kind or "room"]]
            look.week = look._days(subject) if look.day else []

    def _days(self, subject):
        """``[{day, week, is_holiday, follows, lessons}]`` from Monday on."""
        first = self.day - timedelta(days=self.day.weekday())
        calendar = self.company_id._campus_calendar()
        timetable = self.env["campus.timetable"]
        made = []
        if subject:
            made = timetable._between(self.company_id, first, first + timedelta(days=DAYS - 1), subject)
        rows = timetable._rows(made)
        found = []
        for number in range(DAYS):
            day = first + timedelta(days=number)
            followed = calendar.working_days.get(day)
            found.append(
                {
                    "day": str(day),
                    "week": calendar.week(followed or day),
                    "is_holiday": calendar.is_holiday(day),
                    "follows": str(followed) if followed and followed != day else False,
                    "lessons": [row for row in rows if row["day"] == str(day)],
                }
            )
        return found
