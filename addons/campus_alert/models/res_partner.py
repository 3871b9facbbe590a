from odoo import api, fields, models
from odoo.addons.campus_card.campus_core.alerts.quiet_hours import QuietHours
from odoo.addons.campus_card.models.campus_card_states import CAMPUS_STAFF


class ResPartner(models.Model):
    """The quiet hours of a holder, and the alerts about them."""

    _inherit = "res.partner"

    # No defaults: Odoo would write them for everybody who creates a contact or a user.
    campus_quiet_start_min = fields.Integer("Quiet From (minute)", copy=False, groups=CAMPUS_STAFF)
    campus_quiet_end_min = fields.Integer("Quiet Until (minute)", copy=False, groups=CAMPUS_STAFF)
    campus_quiet_start = fields.Float(
        "Quiet From", compute="_compute_campus_quiet", inverse="_inverse_campus_quiet", groups=CAMPUS_STAFF
    )
    campus_quiet_end = fields.Float(
        "Quiet Until", compute="_compute_campus_quiet", inverse="_inverse_campus_quiet", groups=CAMPUS_STAFF
    )
    campus_alert_count = fields.Integer(compute="_compute_campus_alert_count", groups=CAMPUS_STAFF)

    _campus_quiet_check = models.Constraint(
        "CHECK (campus_quiet_start_min BETWEEN 0 AND 1439 AND campus_quiet_end_min BETWEEN 0 AND 1439)",
        "Quiet hours lie between 0:00 and 23:59.",
    )

    @api.depends("campus_quiet_start_min", "campus_quiet_end_min")
    def _compute_campus_quiet(self):
        for partner in self:
            partner.campus_quiet_start = partner.campus_quiet_start_min / 60
            partner.campus_quiet_end = partner.campus_quiet_end_min / 60

    def _inverse_campus_quiet(self):
        for partner in self:
            partner.campus_quiet_start_min = round(partner.campus_quiet_start * 60) % 1440
            partner.campus_quiet_end_min = round(partner.campus_quiet_end * 60) % 1440

    def _compute_campus_alert_count(self):
        counts = dict(
            self.env["campus.alert"]._read_group(
                [("partner_id", "in", self.ids)], ["partner_id"], ["__count"]
            )
        )
        for partner in self:
            partner.campus_alert_count = counts.get(partner._origin, 0)

    def _campus_quiet_hours(self):
        """This person's own quiet hours."""
        self.ensure_one()
        return QuietHours(self.campus_quiet_start_min or 0, self.campus_quiet_end_min or 0)

    def action_view_campus_alerts(self):
        """Open the list of alerts about this person."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("campus_alert.campus_alert_action")
        return {**action, "domain": [("partner_id", "=", self.id)], "context": {}}
