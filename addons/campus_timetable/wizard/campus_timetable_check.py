from odoo import api, fields, models
from odoo.addons.campus_card.campus_core.timetable import clashes

MODELS = {clashes.ROOM: "campus.zone", clashes.TEACHER: "res.partner", clashes.GROUP: "campus.study.group"}


class CampusTimetableCheck(models.TransientModel):
    """Who would have to be in two lessons at once, in the whole term."""

    _name = "campus.timetable.check"
    _description = "Lessons at the Same Time"

    term_id = fields.Many2one(
        "campus.term", required=True, default=lambda self: self.env["campus.lesson"]._default_term()
    )
    line_ids = fields.One2many(
        "campus.timetable.check.line", "check_id", "At the Same Time", compute="_compute_line_ids"
    )

    @api.depends("term_id")
    def _compute_line_ids(self):
        for check in self:
            check.line_ids = [
                fields.Command.clear(),
                *(fields.Command.create(vals) for vals in check._lines() if check.term_id),
            ]

    def _lines(self):
        """One line for each pair of lessons and each room, teacher or group that is in both."""
        term = self.term_id
        lessons = self.env["campus.lesson"].search([("term_id", "=", term.id)])
        made = self.env["campus.timetable"]._expand(term.company_id, lessons, term.first_day, term.last_day)
        found = {}
        # sudo: whether a hall is open to several lessons is no secret
        shared = set(self.env["campus.zone"].sudo().search([("lessons_at_once", "=", True)]).ids)
        for clash in clashes.clashes(made):
            if clash.kind == clashes.ROOM and clash.number in shared:
                continue
            pair = tuple(sorted((clash.one.lesson, clash.other.lesson)))
            found.setdefault((clash.kind, clash.number, pair), []).append(clash.one.day)
        return [
            {
                "kind": kind,
                # sudo: a teacher's name stands in the timetable
                "who": self.env[MODELS[kind]].sudo().browse(number).display_name,
                "lesson_id": pair[0],
                "other_id": pair[1],
                "day": min(days),
                "days": len(days),
            }
            for (kind, number, pair), days in found.items()
        ]


class CampusTimetableCheckLine(models.TransientModel):
    """Two lessons at one time that share a room, a teacher or a group."""

    _name = "campus.timetable.check.line"
    _description = "Two Lessons at the Same Time"
    _order = "id"

    check_id = fields.Many2one("campus.timetable.check", required=True, ondelete="cascade")
    kind = fields.Selection([("room", "Room"), ("teacher", "Teacher"), ("group", "Group")], readonly=True)
    who = fields.Char("Who or What", readonly=True)
    lesson_id = fields.Many2one("campus.lesson", readonly=True, ondelete="cascade")
    other_id = fields.Many2one("campus.lesson", "At the Same Time As", readonly=True, ondelete="cascade")
    day = fields.Date("First Day", readonly=True)
    days = fields.Integer("Days", readonly=True)
