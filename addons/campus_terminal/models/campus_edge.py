import secrets

from odoo import api, fields, models
from odoo.addons.campus_card.db.columns import Uuid
from odoo.exceptions import AccessError, UserError
from odoo.tools import file_open

NEW, ACTIVE, DISABLED, REVOKED = "new", "active", "disabled", "revoked"
# What only pairing and the verbs set: who writes these could make an edge of his own.
PROTECTED = frozenset(
    (
        "uuid",
        "state",
        "public_key",
        "channel",
        "pairing_digest",
        "pairing_key",
        "pairing_until",
        "paired_at",
        "snapshot_version",
        "keys_version",
        "snapshot_salt",
        "whole_version",
        "uid_hour_told",
    )
)
CHANNEL_BYTES = 24


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
            (NEW, "Waiting for Pairing"),
            (ACTIVE, "In Service"),
            (DISABLED, "Switched Off"),
            (REVOKED, "Revoked"),
        ],
        required=True,
        default=NEW,
        readonly=True,
        copy=False,
        tracking=True,
    )
    public_key = fields.Char(readonly=True, copy=False, help="Ed25519, base64url.")
    channel = fields.Char(
        readonly=True,
        copy=False,
        default=lambda self: self._new_channel(),
        groups=fields.NO_ACCESS,
        help="Secret name under which the edge hears of frozen cards.",
    )
    place = fields.Char(help="Where the machine stands, for who has to go there.")
    responsible_id = fields.Many2one(
        "res.users",
        "Responsible",
        default=lambda self: self.env.user,
        domain=[("share", "=", False)],
        help="Is told when the edge falls silent or sick.",
    )
    terminal_ids = fields.One2many("campus.terminal", "edge_id", string="Terminals")
    terminal_count = fields.Integer(compute="_compute_terminal_count")

    _uuid_unique = models.UniqueIndex("(uuid) WHERE uuid IS NOT NULL", "Another edge has this id.")

    @api.depends("terminal_ids")
    def _compute_terminal_count(self):
        for edge in self:
            edge.terminal_count = len(edge.terminal_ids)

    @api.model
    def _new_channel(self):
        return f"campus_edge_{secrets.token_urlsafe(CHANNEL_BYTES)}"

    def init(self):
        for name in ("edge_schema", "snapshot_schema", "chip_schema"):
            with file_open(f"campus_terminal/data/{name}.sql") as schema:
                self.env.cr.execute(schema.read())

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su and any(PROTECTED & vals.keys() for vals in vals_list):
            raise AccessError(self.env._("An edge gets its key by pairing only."))
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su and PROTECTED & vals.keys():
            raise AccessError(self.env._("An edge gets its key by pairing only."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_paired(self):
        if any(edge.state != NEW for edge in self):
            raise UserError(self.env._("An edge that was paired stays in the books: revoke and archive it."))

    def action_disable(self):
        """From the next request on, taps of these edges are not taken."""
        self._set_state(DISABLED, {ACTIVE})

    def action_enable(self):
        self._set_state(ACTIVE, {DISABLED})

    def action_revoke(self):
        """Refuse the key of these edges for good, because a machine was lost or taken over."""
        self._set_state(REVOKED, {ACTIVE, DISABLED})
        for edge in self:
            # sudo: nobody may read these; a new channel locks out who listened on the old one, and a
            # pairing code that was shown before is void
            edge.sudo().write({"channel": self._new_channel(), "pairing_digest": False})

    def _set_state(self, state, allowed):
        self.check_access("write")
        for edge in self:
            if edge.state not in allowed:
                raise UserError(
                    self.env._(
                        "%(edge)s is: %(state)s. This is not possible now.",
                        edge=edge.name,
                        state=dict(edge._fields["state"]._description_selection(self.env))[edge.state],
                    )
                )
        # sudo: the state is set by these verbs alone; the right to write was checked above
        self.sudo().write({"state": state})

    def action_view_terminals(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("campus_terminal.campus_terminal_action")
        return {**action, "domain": [("edge_id", "=", self.id)], "context": {"default_edge_id": self.id}}
