from odoo import fields, models

from ..steps import plan

RESULTS = [
    (plan.ADDED, "New"),
    (plan.CHANGED, "Changed"),
    (plan.GONE, "Gone"),
    (plan.SAME, "Unchanged"),
    (plan.ERROR, "Error"),
]


class CampusTimetableImportLine(models.Model):
    """One row of the file, or a lesson that is not in it: what becomes of it, or why it cannot be imported."""

    _name = "campus.timetable.import.line"
    _description = "Timetable Import Report Line"
    _order = "id"
    _rec_name = "row"
    _log_access = False

    import_id = fields.Many2one(
        "campus.timetable.import", required=True, index=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="import_id.company_id")
    row = fields.Integer(readonly=True, help="Row of the file, as a spreadsheet counts.")
    result = fields.Selection(RESULTS, required=True, readonly=True)
    attention = fields.Boolean("Worth a Look", readonly=True)
    key = fields.Char("Key in the File", readonly=True)
    course = fields.Char(readonly=True)
    column = fields.Char(readonly=True)
    value = fields.Char(readonly=True)
    code = fields.Char(readonly=True)
    message = fields.Char("Difference or Reason", readonly=True)
