from odoo import models


class CampusClosing(models.Model):
    """A day does not close while one of its taps waits for a review."""

    _inherit = "campus.closing"

    def _close_blockers(self):
        reasons = super()._close_blockers()
        waiting = self.env["campus.tap.review"].search_count(
            [
                ("company_id", "=", self.company_id.id),
                ("booking_date", "<=", self.date),
                ("state", "=", "open"),
            ]
        )
        if waiting:
            reasons.append(self.env._("%s taps wait for review (Ledger, Taps to Review).", waiting))
        return reasons
