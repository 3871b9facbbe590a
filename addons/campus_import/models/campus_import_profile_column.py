from odoo import api, fields, models
from odoo.addons.campus_card.campus_core.card_file import types as ft
from odoo.addons.campus_card.campus_core.card_file.values import key
from odoo.exceptions import ValidationError

TARGETS = [
    (ft.ACCOUNT, "Account number"),
    (ft.NUMBER, "Campus number"),
    (ft.NAME, "Name"),
    (ft.DEPARTMENT, "Department"),
    (ft.ROLE, "Role"),
    (ft.UID, "UID of the card"),
    (ft.AMOUNT, "Balance"),
    (ft.STATUS, "Status"),
    (ft.FLAG, "Yes/no column"),
    (ft.REMARK, "Remark"),
    (ft.VALID_FROM, "Valid from"),
    (ft.VALID_UNTIL, "Valid until"),
    (ft.IGNORE, "(not imported)"),
]
FORMS = [
    ("hex_be", "Hexadecimal"),
    ("hex_le", "Hexadecimal, bytes reversed"),
    ("dec_le", "Decimal, bytes reversed (little-endian)"),
    ("dec_be", "Decimal (big-endian)"),
    ("pair_be", "Two decimals 00000,00000"),
    ("pair_le", "Two decimals, bytes reversed"),
    ("yuan", "In yuan"),
    ("fen", "In fen"),
    ("ymd", "Year first"),
    ("dmy", "Day first"),
    ("mdy", "Month first"),
]
STATUSES = [
    (ft.ACTIVE, "Active"),
    (ft.FROZEN, "Frozen"),
    (ft.LOST, "Lost"),
    (ft.CLOSED, "Closed"),
]


class CampusImportProfileColumn(models.Model):
    """One column of an old system's file: its meaning and the format of its text."""

    _name = "campus.import.profile.column"
    _description = "Import Profile Column"
    _order = "sequence, id"
    _rec_name = "header"

    profile_id = fields.Many2one("campus.import.profile", required=True, index=True, ondelete="cascade")
    # A new column is placed last.
    sequence = fields.Integer(default=1000)
    header = fields.Char("Column in the File", required=True)
    target = fields.Selection(TARGETS, "Meaning", required=True, default=ft.IGNORE)
    form = fields.Selection(FORMS, "Written", help="How the text of a UID, an amount or a date is read.")
    plan_code = fields.Char("Pocket Plan", help="Code of the pocket plan that this balance goes to.")
    flag_status = fields.Selection(STATUSES, "Yes Means")
    required = fields.Boolean(help="An empty cell is an error, and so is a file without this column.")

    @api.constrains("target", "form", "plan_code", "flag_status", "header")
    def _check_target(self):
        for column in self:
            try:
                column._to_core()
            except ValueError as error:
                raise ValidationError(
                    self.env._(
                        "Column “%s”: say how its UIDs, amounts or dates are written, "
                        "to which pocket plan a balance goes and what a yes means.",
                        column.header,
                    )
                ) from error

    @api.constrains("target", "profile_id")
    def _check_profile(self):
        self.profile_id._check_columns()

    @api.constrains("header", "profile_id")
    def _check_header(self):
        for profile in self.profile_id:
            keys = [key(column.header) for column in profile.column_ids]
            if len(keys) != len(set(keys)):
                raise ValidationError(self.env._("Two columns of the profile have the same header."))

    @api.onchange("target")
    def _onchange_target(self):
        """Suggest the usual format of a UID, an amount or a date."""
        usual = {ft.UID: "dec_le", ft.AMOUNT: "yuan", ft.VALID_FROM: "ymd", ft.VALID_UNTIL: "ymd"}
        for column in self:
            forms = ft.FORMS.get(column.target, ())
            if column.form not in forms:
                column.form = usual.get(column.target)
            column.plan_code = (column.plan_code or "cash") if column.target == ft.AMOUNT else False
            column.flag_status = column.flag_status if column.target == ft.FLAG else False

    def _to_core(self):
        self.ensure_one()
        details = {ft.AMOUNT: self.plan_code, ft.FLAG: self.flag_status}
        return ft.Column(
            header=self.header,
            target=self.target,
            form=self.form if self.target in ft.FORMS and self.form else "",
            detail=details.get(self.target) or "",
            required=self.required,
        )

    @api.model
    def _from_core(self, column):
        """The values of a column that the core has guessed."""
        return {
            "header": column.header,
            "target": column.target,
            "form": column.form or False,
            "plan_code": column.detail if column.target == ft.AMOUNT else False,
            "flag_status": column.detail if column.target == ft.FLAG else False,
            "required": column.required,
        }
