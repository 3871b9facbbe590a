import logging
import secrets
import uuid
from datetime import timedelta

from odoo import api, fields, models
from odoo.addons.campus_card.campus_core import errors
from odoo.addons.campus_card.campus_core.credentials import signing
from odoo.addons.campus_card.campus_core.devices import pairing
from odoo.addons.campus_card.campus_core.errors import WireError
from odoo.addons.campus_card.db.columns import Uuid
from odoo.exceptions import AccessError, UserError
from odoo.tools import file_open
from psycopg2.errors import UniqueViolation

from ..const import ACTIVE, DISABLED, NEW, REVOKED

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


_logger = logging.getLogger(__name__)
NAME_MAX, VERSION_MAX = 80, 32


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
        """Let a switched-off edge work again."""
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
        """Open the terminals of this edge."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("campus_terminal.campus_terminal_action")
        return {**action, "domain": [("edge_id", "=", self.id)], "context": {"default_edge_id": self.id}}

    # -- pairing -----------------------------------------------------------------

    pairing_digest = fields.Char(readonly=True, copy=False, groups=fields.NO_ACCESS)
    # A machine whose answer got lost asks again: the used code is good for its key alone.
    pairing_key = fields.Char(readonly=True, copy=False, groups=fields.NO_ACCESS)
    pairing_until = fields.Datetime("Pairing Code Until", readonly=True, copy=False)
    paired_at = fields.Datetime("Paired Since", readonly=True, copy=False)
    machine = fields.Char("Machine", readonly=True, copy=False, help="What the machine calls itself.")

    _pairing_unique = models.UniqueIndex("(pairing_digest) WHERE pairing_digest IS NOT NULL")

    def action_pair(self):
        """Show a new one-time code; an older one is void."""
        self.ensure_one()
        return self.env["campus.edge.pair"]._action_show(self, self._new_pairing_code())

    def _new_pairing_code(self):
        """Return a new code (as clear text, which is stored nowhere)."""
        self.check_access("write")
        if not self.active:
            raise UserError(self.env._("%s is archived. Bring it back before you pair it.", self.name))
        code = pairing.new_code(secrets.choice)
        # sudo: the digest of a code can be read and written by nobody; the right to write was checked
        self.sudo().write(
            {
                "pairing_digest": pairing.digest(code),
                "pairing_key": False,
                "pairing_until": fields.Datetime.now() + timedelta(minutes=pairing.VALID_MINUTES),
            }
        )
        return code

    @api.model
    def _pair(self, values):
        """Give the machine that knows the code the place of its edge.

        :param values: ``{code, public_key, name, version}`` as received
        :returns: the answer to the machine; None when the code is wrong, used or too old
        :raises WireError: ``malformed``, ``key_used`` (which uses no code up)
        """
        signing.b64url_decode(values.get("public_key"), signing.KEY_BYTES, "public_key")
        name = self._text_of(values, "name", NAME_MAX)
        version = self._text_of(values, "version", VERSION_MAX)
        code = pairing.normalise(values.get("code"))
        edge, is_repeat = self._take_pairing_code(code, values["public_key"]) if code else (None, False)
        if not edge:
            return None
        if edge.state == REVOKED if is_repeat else self._is_key_known(values["public_key"]):
            raise WireError(errors.KEY_USED)
        is_new_key = edge.public_key and edge.public_key != values["public_key"]
        edge._accept_key(values["public_key"], name, version)
        if is_new_key:
            edge.message_post(body=self.env._("Paired again: the key of the machine was replaced."))
        keys = self.env["campus.key"]._good_keys(edge.company_id)
        return {"edge": edge.uuid, "name": edge.name, "keys": keys._to_wire()}

    @api.model
    def _take_pairing_code(self, code, public_key):
        """Return the edge of the code, which is used up with it: also when two machines send it at once,
        and whether this is a repeated question.

        The machine that used it may repeat its question while the code would be good.
        """
        self.env.cr.execute(
            """UPDATE campus_edge edge SET pairing_key = %s
                 FROM (SELECT id, pairing_key FROM campus_edge WHERE pairing_digest = %s FOR UPDATE) AS before
                WHERE edge.id = before.id AND edge.pairing_until > %s AND edge.active
                  AND (before.pairing_key IS NULL OR (before.pairing_key = %s AND edge.public_key = %s))
               RETURNING edge.id, before.pairing_key IS NOT NULL""",
            [public_key, pairing.digest(code), fields.Datetime.now(), public_key, public_key],
        )
        edge_id, is_repeat = self.env.cr.fetchone() or (None, False)
        edge = self.browse(edge_id)
        edge.invalidate_recordset(flush=False)
        return edge, is_repeat

    @api.model
    def _is_key_known(self, public_key):
        """Say whether this was ever a key of an edge: of another, of one that was revoked, of this one."""
        self.env.cr.execute("SELECT 1 FROM campus_edge_key WHERE public_key = %s", [public_key])
        return bool(self.env.cr.rowcount)

    def _accept_key(self, public_key, name, version):
        _logger.info("Edge %s is paired.", self.id)
        try:
            # two edges may be shown the same key at the same moment
            with self.env.cr.savepoint():
                self.write(self._prepare_pairing(public_key, name, version))
                self.flush_recordset()
        except UniqueViolation as error:
            raise WireError(errors.KEY_USED) from error

    def _prepare_pairing(self, public_key, name, version):
        return {
            "public_key": public_key,
            "uuid": self.uuid or str(uuid.uuid4()),
            "state": DISABLED if self.state == DISABLED else ACTIVE,
            "channel": self._new_channel(),
            "paired_at": fields.Datetime.now(),
            "machine": name,
            "version": version,
            # the answer carries the keys of now; what the machine knew of cards is of no value
            "keys_version": self.env["campus.snapshot"]._version(),
            "snapshot_version": 0,
            "fault": False,
        }

    @staticmethod
    def _text_of(values, key, longest):
        text = values.get(key, "")
        if not isinstance(text, str) or len(text) > longest or not text.isprintable():
            raise WireError(errors.MALFORMED, field=key)
        return text
