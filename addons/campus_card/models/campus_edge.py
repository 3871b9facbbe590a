from odoo import fields, models
from odoo.tools import file_open

from ..columns import Uuid


class CampusEdge(models.Model):
    """The program beside the readers: serves terminals, owns a key, keeps a journal."""

    _name = "campus.edge"
    _description = "Edge"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "name"
    _check_company_auto = True

    name = fields.Char(required=True, tracking=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    active = fields.Boolean(default=True)
    uuid = Uuid(readonly=True, copy=False, help="Given at pairing; names the edge in its requests.")
    state = fields.Selection(
        [
            ("new", "Waiting for Pairing"),
            ("active", "Working"),
            ("disabled", "Switched Off"),
            ("revoked", "Revoked"),
        ],
        required=True,
        default="new",
        readonly=True,
        copy=False,
        tracking=True,
    )
    public_key = fields.Char(readonly=True, copy=False, help="Ed25519, base64url.")
    terminal_ids = fields.One2many("campus.terminal", "edge_id", string="Terminals")

    _uuid_unique = models.UniqueIndex("(uuid) WHERE uuid IS NOT NULL", "Another edge has this id.")

    def init(self):
        with file_open("campus_card/data/edge_schema.sql") as schema:
            self.env.cr.execute(schema.read())
