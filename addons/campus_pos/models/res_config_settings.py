from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """The settings of a till that takes the card."""

    _inherit = "res.config.settings"

    pos_campus_account_id = fields.Many2one(
        related="pos_config_id.campus_account_id", readonly=False, groups="point_of_sale.group_pos_manager"
    )
    pos_campus_skip_receipt = fields.Boolean(related="pos_config_id.campus_skip_receipt", readonly=False)
    pos_campus_scan_to_pay = fields.Boolean(related="pos_config_id.campus_scan_to_pay", readonly=False)
    pos_campus_accept_numbers = fields.Boolean(related="pos_config_id.campus_accept_numbers", readonly=False)
    pos_campus_takes_card = fields.Boolean(compute="_compute_pos_campus_takes_card")

    def _compute_pos_campus_takes_card(self):
        for settings in self:
            settings.pos_campus_takes_card = settings.pos_config_id._campus_takes_card()

    def action_campus_setup_pos(self):
        """Set up the company's tills for the campus card."""
        self.pos_config_id.action_campus_setup_pos()
        return {"type": "ir.actions.client", "tag": "reload"}
