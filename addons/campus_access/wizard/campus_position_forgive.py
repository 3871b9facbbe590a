from odoo import fields, models


class CampusPositionForgive(models.TransientModel):
    """A guard lets somebody through whom the doors believe elsewhere."""

    _name = "campus.position.forgive"
    _description = "Forgive a Position"

    reason = fields.Char(required=True)

    def action_forgive(self):
        """Forget where the chosen people are."""
        positions = self.env["campus.position"].browse(self.env.context.get("active_ids") or [])
        positions.check_access("read")
        positions._forgive(self.reason)
        return {"type": "ir.actions.act_window_close"}
