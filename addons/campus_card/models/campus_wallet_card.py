from odoo import api, fields, models
from odoo.exceptions import AccessError


class CampusWallet(models.Model):
    """What the card office sees of a wallet beside its money."""

    _inherit = "campus.wallet"
    _rec_names_search = ["partner_id.name", "partner_id.campus_number"]

    card_ids = fields.One2many("campus.card", "wallet_id", "Cards", readonly=True)
    card_count = fields.Integer("Number of Cards", compute="_compute_card_count")
    campus_number = fields.Char(related="partner_id.campus_number")
    department_id = fields.Many2one(related="partner_id.campus_department_id")
    partner_image_128 = fields.Image("Photo", related="partner_id.image_128")
    limit_purchase = fields.Monetary(
        "Limit per Purchase",
        compute="_compute_limits",
        inverse="_inverse_limit_purchase",
        help="Most that one purchase may cost. 0: no limit.",
    )
    limit_day = fields.Monetary(
        "Limit per Day",
        compute="_compute_limits",
        inverse="_inverse_limit_day",
        help="Most that may be spent in one day. 0: no limit.",
    )

    @api.depends("partner_id.name", "partner_id.campus_number")
    def _compute_display_name(self):
        """Names repeat on a campus: the number tells two holders apart."""
        for wallet in self:
            # sudo: the number is for campus staff, and so are wallets
            holder = wallet.partner_id.sudo()
            wallet.display_name = (
                f"{holder.name} ({holder.campus_number})" if holder.campus_number else holder.name
            )

    @api.depends("card_ids")
    def _compute_card_count(self):
        for wallet in self:
            wallet.card_count = len(wallet.card_ids)

    @api.depends("limit_purchase_minor", "limit_day_minor")
    def _compute_limits(self):
        for wallet in self:
            wallet.limit_purchase = wallet.currency_id.round(wallet.limit_purchase_minor / 100)
            wallet.limit_day = wallet.currency_id.round(wallet.limit_day_minor / 100)

    def _inverse_limit_purchase(self):
        for wallet in self:
            wallet.limit_purchase_minor = self.env["campus.amount"]._to_minor(wallet.limit_purchase)

    def _inverse_limit_day(self):
        for wallet in self:
            wallet.limit_day_minor = self.env["campus.amount"]._to_minor(wallet.limit_day)

    def write(self, vals):
        # whoever could move a wallet to another person would move its money
        if not self.env.su and {"partner_id", "company_id"} & vals.keys():
            raise AccessError(self.env._("A wallet stays with its holder and company."))
        return super().write(vals)

    def action_view_transfers(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("campus_card.campus_transfer_action")
        return {**action, "domain": [("wallet_id", "=", self.id)], "context": {}}

    def action_view_cards(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("campus_card.campus_card_action")
        return {**action, "domain": [("wallet_id", "=", self.id)], "context": {}}

    def action_request_correction(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("campus_card.campus_correction_action")
        return {
            **action,
            "views": [(False, "form")],
            "context": {"default_wallet_id": self.id, "default_company_id": self.company_id.id},
        }

    def action_write_off(self):
        """Ask a second person to give up what the holder owes."""
        action = self.action_request_correction()
        context = {"default_direction": "write_off", "default_amount": self.debt}
        return {**action, "context": {**action["context"], **context}}
