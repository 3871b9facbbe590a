import base64
import io

import qrcode
from odoo import api, fields, models
from odoo.addons.campus_card.campus_core.devices import pairing

QR_BOX_PIXELS = 6


class CampusEdgePair(models.TransientModel):
    """Shows a pairing code. Never saved: the code stands in the dialog's context alone."""

    _name = "campus.edge.pair"
    _description = "Pair an Edge"

    edge_id = fields.Many2one("campus.edge", readonly=True)
    code = fields.Char("Pairing Code", store=False, readonly=True)
    minutes = fields.Integer(store=False, readonly=True, default=pairing.VALID_MINUTES)
    command = fields.Char("Command on the Machine", compute="_compute_command")
    qr = fields.Binary("QR Code", compute="_compute_command")

    @api.depends("code")
    def _compute_command(self):
        server = self.env["campus.edge"].get_base_url()
        for wizard in self:
            wizard.command = f"campus-edge pair {wizard.code or ''} {server}"
            wizard.qr = wizard.code and self._qr_code(wizard.command)

    @api.model
    def _qr_code(self, text):
        """Return a QR code of ``text`` as base64 of a PNG."""
        picture = io.BytesIO()
        qrcode.make(text, box_size=QR_BOX_PIXELS, border=2).save(picture, "PNG")
        return base64.b64encode(picture.getvalue())

    @api.model
    def _action_show(self, edge, code):
        """Open the dialog with ``code`` for ``edge``."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Pair %s", edge.name),
            "res_model": self._name,
            "view_mode": "form",
            "target": "new",
            "context": {"default_edge_id": edge.id, "default_code": pairing.shown(code)},
        }
