from odoo import api, fields, models
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
