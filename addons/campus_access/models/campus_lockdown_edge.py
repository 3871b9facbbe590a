from odoo import api, fields, models
from odoo.addons.campus_card.campus_core.devices import heartbeat
from odoo.exceptions import UserError


class CampusLockdownEdge(models.Model):
    """An edge that is to obey a lockdown, and when it has confirmed that it does."""

    _name = "campus.lockdown.edge"
    _description = "Lockdown at an Edge"
    _order = "confirmed_at desc, id"
    _log_access = False

    lockdown_id = fields.Many2one(
        "campus.lockdown", index=True, required=True, readonly=True, ondelete="restrict"
    )
    company_id = fields.Many2one(related="lockdown_id.company_id")
    edge_id = fields.Many2one("campus.edge", required=True, readonly=True, ondelete="restrict", index=True)
    place = fields.Char(related="edge_id.place")
    last_seen_at = fields.Datetime(related="edge_id.last_seen_at")
    confirmed_at = fields.Datetime("Confirmed", readonly=True)
    seconds = fields.Integer("After (s)", compute="_compute_seconds")

    _once = models.Constraint("UNIQUE(lockdown_id, edge_id)", "This edge is in the list already.")

    @api.depends("confirmed_at", "lockdown_id.raised_at")
    def _compute_seconds(self):
        for line in self:
            since = line.confirmed_at and line.confirmed_at - line.lockdown_id.raised_at
            line.seconds = max(0, round(since.total_seconds())) if since else 0

    @api.model_create_multi
    def create(self, vals_list):
        raise UserError(self.env._("What edges confirm is written down by the server alone."))

    def write(self, vals):
        raise UserError(self.env._("What edges confirm is written down by the server alone."))

    def unlink(self):
        raise UserError(self.env._("What edges confirm is written down by the server alone."))


class CampusEdge(models.Model):
    """Edges say in each heartbeat which lockdown they have stored and obey."""

    _inherit = "campus.edge"

    lockdown_number = fields.Integer("Confirmed Lockdown", readonly=True, copy=False)

    def _heartbeat(self, values):
        version = super()._heartbeat(values)
        beat = heartbeat.parse(values)
        if beat.lockdowns is not None:
            self.env["campus.lockdown"]._recover(self, beat.lockdown, beat.lockdowns)
        self._confirm_lockdown(beat.lockdown, beat.lockdowns)
        return version

    def _confirm_lockdown(self, number, orders=None):
        """Note what the edge obeys: all orders for it up to this number, but those that it says it does not."""
        self.ensure_one()
        obeyed = None if orders is None else [order.number for order in orders]
        self.env.cr.execute(
            "UPDATE campus_edge SET lockdown_number = %s WHERE id = %s AND lockdown_number IS DISTINCT FROM %s",
            [number, self.id, number],
        )
        self.env.cr.execute(
            """UPDATE campus_lockdown_edge line SET confirmed_at = now() AT TIME ZONE 'UTC'
                 FROM campus_lockdown lockdown
                WHERE lockdown.id = line.lockdown_id AND line.edge_id = %s AND line.confirmed_at IS NULL
                  AND lockdown.number <= %s
                  AND (%s::int[] IS NULL OR lockdown.state = 'ended' OR lockdown.number = ANY (%s))""",
            [self.id, number, obeyed, obeyed],
        )
        changed = self.env.cr.rowcount
        if obeyed is not None and number:
            changed += self._revoke_confirmed(number, obeyed)
        if changed:
            self.env["campus.lockdown.edge"].invalidate_model(["confirmed_at"], flush=False)
        self.invalidate_recordset(["lockdown_number"], flush=False)

    def _revoke_confirmed(self, number, obeyed):
        """An older database was restored: for the edge an order has ended that is in force here; returns how many.

        Its doors are open, so the order must not be shown as confirmed.
        """
        self.env.cr.execute(
            """UPDATE campus_lockdown_edge line SET confirmed_at = NULL
                 FROM campus_lockdown lockdown
                WHERE lockdown.id = line.lockdown_id AND line.edge_id = %s AND line.confirmed_at IS NOT NULL
                  AND lockdown.state = 'active' AND lockdown.number <= %s AND NOT lockdown.number = ANY (%s)""",
            [self.id, number, obeyed],
        )
        return self.env.cr.rowcount
