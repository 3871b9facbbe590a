from odoo import fields, models

RESULTS = [
    ("created", "Created"),
    ("updated", "Updated"),
    ("unchanged", "Unchanged"),
    ("error", "Error"),
]


class CampusImportLine(models.Model):
    """One row of the file: what the import does (or would do) with it, or why it cannot."""

    _name = "campus.import.line"
    _description = "Import Report Line"
    _order = "row, id"
    _rec_name = "row"
    _log_access = False

    import_id = fields.Many2one("campus.import", required=True, index=True, readonly=True, ondelete="cascade")
    company_id = fields.Many2one(related="import_id.company_id")
    row = fields.Integer(readonly=True, help="Row of the file, as a spreadsheet counts.")
    result = fields.Selection(RESULTS, required=True, readonly=True)
    attention = fields.Boolean("Worth a Look", readonly=True)
    account = fields.Char("Account Number", readonly=True)
    campus_number = fields.Char(readonly=True)
    name = fields.Char(readonly=True)
    column = fields.Char(readonly=True)
    value = fields.Char(readonly=True)
    code = fields.Char(readonly=True)
    message = fields.Char("Reason", readonly=True)
