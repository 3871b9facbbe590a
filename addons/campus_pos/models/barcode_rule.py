from odoo import fields, models

from ..const import TERMINAL


class BarcodeRule(models.Model):
    """A scan may be a campus card."""

    _inherit = "barcode.rule"

    type = fields.Selection(selection_add=[(TERMINAL, "Campus Card")], ondelete={TERMINAL: "cascade"})
