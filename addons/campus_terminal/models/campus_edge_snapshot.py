import secrets

from odoo import api, fields, models
from odoo.addons.campus_card.db.columns import BigInteger

SALT_BYTES = 16


class CampusEdge(models.Model):
    """What is special about an edge's card list: its salt, and whether there is anybody to show a name to."""

    _inherit = "campus.edge"

    # One for each edge, so that what somebody has tried out on one stolen disk says nothing about another.
    snapshot_salt = fields.Char(readonly=True, copy=False, groups=fields.NO_ACCESS)
    # A list of this version or an older one is no base for a change: the edge gets everything.
    whole_version = BigInteger(readonly=True, copy=False, default=0)

    def _snapshot_salt(self):
        """The salt (32 hex digits), made when it is first needed."""
        self.ensure_one()
        # sudo: the salt can be read by nobody; snapshots are what it is for
        edge = self.sudo()
        if not edge.snapshot_salt:
            edge.snapshot_salt = secrets.token_hex(SALT_BYTES)
            edge.flush_recordset(["snapshot_salt"])
        return edge.snapshot_salt

    def _shows_names(self):
        """Say whether a reader of this edge has a display that names people."""
        self.ensure_one()
        return any(terminal.shows_names for terminal in self.terminal_ids)

    def _give_whole_list(self):
        """What these edges know of cards is of no use any more: their next list is a whole one."""
        if self:
            self.env.cr.execute(
                "UPDATE campus_edge SET whole_version = campus_snapshot_now() WHERE id = ANY(%s)", [self.ids]
            )
            self.invalidate_recordset(["whole_version"], flush=False)
            for edge in self:
                self.env["campus.snapshot"]._mark(edge)

    def _names_changed(self):
        """Displays of these edges name people now, or no longer: said where somebody sees it."""
        self._give_whole_list()
        for edge in self:
            if edge._shows_names():
                edge.message_post(body=self.env._("The machine gets shortened names: a display shows them."))
            else:
                edge.message_post(body=self.env._("The machine gets no names any more."))

    def _accept_key(self, *args):
        res = super()._accept_key(*args)
        # sudo: as for reading it; the disk of the machine before may be in other hands
        self.sudo().snapshot_salt = secrets.token_hex(SALT_BYTES)
        self._give_whole_list()
        return res


class CampusTerminal(models.Model):
    """A display that names people makes its edge's list hold names."""

    _inherit = "campus.terminal"

    shows_names = fields.Boolean(
        "Display Shows Names",
        help="The reader's display greets people by their name, shortened (李*, Lin X.). Only then does the "
        "machine beside it get names.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        terminals = super().create(vals_list)
        terminals.filtered("shows_names").edge_id._names_changed()
        return terminals

    def write(self, vals):
        if not {"shows_names", "edge_id", "active"} & vals.keys():
            return super().write(vals)
        edges = self.edge_id | self.edge_id.browse(vals.get("edge_id") or [])
        before = {edge: edge._shows_names() for edge in edges}
        res = super().write(vals)
        edges.filtered(lambda edge: edge._shows_names() != before[edge])._names_changed()
        return res

    def unlink(self):
        edges = self.filtered("shows_names").edge_id
        res = super().unlink()
        edges.filtered(lambda edge: not edge._shows_names())._names_changed()
        return res
