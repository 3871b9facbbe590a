from odoo import fields, models
from odoo.addons.campus_card.campus_core.access.types import NOBODY, STAFF


class CampusLockdownRaise(models.TransientModel):
    """The big button: lock a zone now."""

    _name = "campus.lockdown.raise"
    _description = "Raise a Lockdown"

    zone_id = fields.Many2one("campus.zone", required=True)
    level = fields.Selection([(STAFF, "Staff list only"), (NOBODY, "Nobody")], required=True, default=STAFF)
    reason = fields.Char(required=True)
    is_drill = fields.Boolean("Drill")

    def action_raise(self):
        """Lock, and show which edges have confirmed."""
        orders = self.env["campus.lockdown"]
        order = orders.browse(orders.raise_order(self.zone_id.id, self.level, self.reason, self.is_drill))
        return {
            "type": "ir.actions.act_window",
            "res_model": "campus.lockdown",
            "res_id": order.id,
            "views": [[False, "form"]],
        }


class CampusLockdownEnd(models.TransientModel):
    """The end of a lockdown, by a second person."""

    _name = "campus.lockdown.end"
    _description = "End a Lockdown"

    lockdown_id = fields.Many2one("campus.lockdown", required=True)
    reason = fields.Char(required=True)

    def action_end(self):
        """End it."""
        self.lockdown_id.end_order(self.reason)
        return {"type": "ir.actions.act_window_close"}
