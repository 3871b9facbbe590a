from odoo import api, fields, models
from odoo.exceptions import UserError


class CampusOrigin(models.AbstractModel):
    """The document behind a row of the ledger: an order of a till, a correction, a terminal.

    ``origin`` is stored as ``model,id``, or as ``model`` where a screen has no record of its own.
    """

    _name = "campus.origin"
    _description = "Document behind a Movement"

    origin = fields.Char(readonly=True, help="The document behind it, such as pos.order,12.")
    origin_name = fields.Char("Document", compute="_compute_origin_name")
    origin_readable = fields.Boolean(compute="_compute_origin_name")

    @api.depends("origin")
    @api.depends_context("lang", "uid")
    def _compute_origin_name(self):
        for row in self:
            document = row._origin_document()
            row.origin_readable = bool(document)
            row.origin_name = row._origin_label(document)

    def _origin_label(self, document):
        """What people call the document. One that may not be read, or is gone, keeps its kind and its number."""
        model, _comma, number = (self.origin or "").partition(",")
        if model not in self.env:
            return self.origin
        # sudo: the name of a kind of document is no secret
        kind = self.env["ir.model"].sudo()._get(model).name
        name = document.display_name if document else number
        return f"{kind} {name}".strip()

    def _origin_document(self):
        """The record behind it, if it exists and this user may read it."""
        model, _comma, number = (self.origin or "").partition(",")
        if model not in self.env or not number.isdecimal() or self.env[model]._abstract:
            return None
        record = self.env[model].browse(int(number)).exists()
        return record if record and record.has_access("read") else None

    def action_open_origin(self):
        """Open the document behind it."""
        self.ensure_one()
        document = self._origin_document()
        if not document:
            raise UserError(self.env._("This document is gone, or you may not read it."))
        return document.get_formview_action()
