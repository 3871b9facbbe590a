from odoo import api, fields, models


class CampusCourse(models.Model):
    """What is taught: lessons and exams are of a course."""

    _name = "campus.course"
    _description = "Course"
    _inherit = ["mail.thread"]
    _order = "name, id"
    _rec_names_search = ["name", "code"]
    _check_company_auto = True

    name = fields.Char(required=True, translate=True, tracking=True)
    code = fields.Char(required=True, tracking=True, help="The school's number of the course.")
    active = fields.Boolean(default=True, tracking=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    department_id = fields.Many2one(
        "campus.department", check_company=True, ondelete="restrict", index="btree_not_null", tracking=True
    )
    lesson_ids = fields.One2many("campus.lesson", "course_id", "Lessons")
    exam_ids = fields.One2many("campus.exam", "course_id", "Exams")

    _code_unique = models.Constraint("UNIQUE(company_id, code)", "Another course has this number.")

    @api.depends("name", "code")
    def _compute_display_name(self):
        for course in self:
            course.display_name = f"{course.name or ''} ({course.code})" if course.code else course.name
