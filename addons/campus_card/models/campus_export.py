from datetime import timedelta

from lxml import etree
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

VALID_H = 1
# A model with one of these behind a field tells of a person.
PERSONS = {"res.partner", "campus.wallet", "campus.card"}


class CampusExport(models.Model):
    """Why somebody takes data of people out of the system, and what they took.

    A reason opens the exports of the user who gave it for an hour. Each export is written down.
    """

    _name = "campus.export"
    _description = "Export of Data"
    _order = "id desc"
    _rec_name = "reason"

    reason = fields.Char(required=True, help="For what, and who gets it.")
    user_id = fields.Many2one(
        "res.users",
        required=True,
        readonly=True,
        default=lambda self: self.env.user,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, default=lambda self: self.env.company
    )
    line_ids = fields.One2many("campus.export.line", "export_id", "Exports", readonly=True)

    @api.constrains("reason")
    def _check_reason(self):
        if any(len((export.reason or "").strip()) < 5 for export in self):
            raise ValidationError(self.env._("Give the reason in words: for what, and who gets it."))

    def write(self, vals):
        raise UserError(self.env._("A reason stays as it was given."))

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("What was exported stays written down."))

    @api.model
    def _open(self):
        """The user's reason that still opens exports."""
        since = fields.Datetime.now() - timedelta(hours=VALID_H)
        own = [("user_id", "=", self.env.uid), ("create_date", ">", since)]
        # sudo: one's own reason; rights on the list of reasons are another matter
        return self.sudo().search(own, limit=1)

    @api.model
    def reason_needed(self, model, names=False):
        """Whether a reason is to be given before ``names`` (else the columns of the list) are exported.

        For the screen; an export is refused without it all the same.
        """
        self.check_access("create")
        if model not in self.env["campus.rights"]._stated().models or self._open():
            return False
        records = self.env[model]
        records.check_access("read")
        if not names:
            arch = etree.fromstring(records.get_view(view_type="list")["arch"])
            columns = (node for node in arch.iterfind("./field") if not node.get("column_invisible"))
            names = [node.get("name") for node in columns]
        return self._is_personal(records, names)

    @api.model
    def _note(self, records, names):
        """Write an export down; of people's data only with a reason."""
        open_reason = self._open()
        if self._is_personal(records, names) and not open_reason:
            raise UserError(
                self.env._(
                    "This is data about people. First say why you export it, in the export dialog or at "
                    "Campus Card › Holders › Exports, New. The reason opens exports for an hour."
                )
            )
        # sudo: the log is written by the system, nobody else may
        self.env["campus.export.line"].sudo().create(
            {
                "export_id": open_reason.id,
                "user_id": self.env.uid,
                "company_id": self.env.company.id,
                "model": records._name,
                "field_names": ", ".join(names),
                "record_count": len(records),
            }
        )

    @api.model
    def _is_personal(self, records, names):
        """Whether a field of these, or one behind it, is of a person."""
        for name in names:
            model = records
            for step in name.replace(".id", "id").split("/"):
                if model._name in PERSONS:
                    return True
                field = model._fields.get(step.split(".")[0])
                if field is None or not field.relational:
                    break
                model = self.env[field.comodel_name]
            if model._name in PERSONS:
                return True
        return False


class CampusExportLine(models.Model):
    """One export for a reason: who took how many records of which model, with which fields."""

    _name = "campus.export.line"
    _description = "Exported Data"
    _order = "id desc"
    _rec_name = "model"

    export_id = fields.Many2one("campus.export", "Reason", readonly=True, index=True, ondelete="restrict")
    user_id = fields.Many2one("res.users", required=True, readonly=True, ondelete="restrict")
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    model = fields.Char(required=True, readonly=True)
    field_names = fields.Text("Fields", readonly=True)
    record_count = fields.Integer("Records", readonly=True)


class Base(models.AbstractModel):
    """An export of people's data needs a reason, and it is written down."""

    _inherit = "base"

    def export_data(self, fields_to_export):
        data = super().export_data(fields_to_export)
        if self._name in self.env["campus.rights"]._stated().models and not self.env.su:
            self.env["campus.export"]._note(self, fields_to_export)
        return data

    def _export_rows(self, fields, *, _is_toplevel_call=True):
        """Names behind a field are exported as a list shows them, also of a record that the user may not open."""
        if self.env.su or not _is_toplevel_call:
            return super()._export_rows(fields, _is_toplevel_call=_is_toplevel_call)
        named, refused = self._campus_special_columns(fields)
        shown = [
            [".id"] if number in named.keys() | refused.keys() else path for number, path in enumerate(fields)
        ]
        rows = super()._export_rows(shown, _is_toplevel_call=_is_toplevel_call)
        for row in rows:
            for number, name in named.items():
                # sudo: the name that a list shows, of a record that the user may read
                record = self.browse(int(row[number])).sudo() if row[number] else self.sudo().browse()
                row[number] = ", ".join(other or "" for other in record[name].mapped("display_name"))
            for number, name in refused.items():
                row[number] = self.browse(int(row[number]))._campus_value(name) if row[number] else ""
        return rows

    def _campus_special_columns(self, fields):
        """Two of ``{column: field}``: those that lead to what the user may not read, and those whose values are
        computed from it.
        """
        named, refused = {}, {}
        for number, path in enumerate(fields):
            field = self._fields.get(path[0]) if path else None
            if field is None or not self._has_field_access(field, "read"):
                continue
            is_name = field.relational and path[1:] in ([], ["display_name"], ["id"])
            if is_name and not self.env[field.comodel_name].has_access("read"):
                named[number] = path[0]
            elif is_name or (field.compute and not field.store):
                try:
                    behind = self.mapped(path[0])
                except AccessError:
                    refused[number] = path[0]
                    continue
                if is_name and len(behind._filtered_access("read")) < len(behind):
                    named[number] = path[0]
        return named, refused

    def _campus_value(self, name):
        """What an export says of this field; nothing if it is computed from what the user may not read."""
        try:
            return self._fields[name].convert_to_export(self[name], self)
        except AccessError:
            return ""
