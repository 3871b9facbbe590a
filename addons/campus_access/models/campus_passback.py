from odoo import fields, models
from odoo.addons.campus_card.campus_core.access import types


class CampusPassback(models.AbstractModel):
    """Anti-passback of a zone or a door: what happens when a card comes again."""

    _name = "campus.passback"
    _description = "Anti-Passback"

    passback_mode = fields.Selection(
        [
            (types.OFF, "Not checked"),
            (types.SOFT, "Let through and report"),
            (types.HARD, "Refuse"),
            (types.TIMED, "Refuse a second entry for a while"),
        ],
        "Anti-Passback",
        required=True,
        default=types.OFF,
        tracking=True,
    )
    passback_s = fields.Integer("Seconds", default=60, help="How long a second entry is refused.")

    _passback_check = models.Constraint(
        "CHECK (passback_s BETWEEN 0 AND 86400 AND (passback_mode <> 'timed' OR passback_s > 0))",
        "Say how many seconds a second entry is refused: at most a day.",
    )

    def _passback(self):
        """The rule of :mod:`campus_core` of zones and doors alike."""
        self.ensure_one()
        seconds = self.passback_s if self.passback_mode == types.TIMED else 0
        return types.Passback(self.passback_mode, seconds)
