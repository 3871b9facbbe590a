from odoo import api, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ..campus_core import archiving


class ResPartner(models.Model):
    """When a holder may be archived, and that a holder stays in the company; see
    ``campus_core.archiving``."""

    _inherit = "res.partner"

    def write(self, vals):
        if "active" in vals and not vals["active"]:
            self.filtered("active")._check_campus_may_archive()
        if "company_id" in vals and not self.env.su:
            self._check_campus_company_stays(vals["company_id"])
        return super().write(vals)

    def _check_campus_may_archive(self):
        if not self:
            return
        # sudo: cards and wallets of every company count, whoever archives the contact
        Card, Wallet = self.env["campus.card"].sudo(), self.env["campus.wallet"].sudo()
        cards = Card.search([("partner_id", "in", self.ids), ("state", "in", list(archiving.IN_HAND))])
        wallets = Wallet.search([("partner_id", "in", self.ids), ("state", "!=", "closed")])
        for partner in self:
            mine = cards.filtered(lambda card, partner=partner: card.partner_id.id == partner.id)
            still_open = wallets.filtered(lambda wallet, partner=partner: wallet.partner_id.id == partner.id)
            refusal = archiving.holder(len(mine), len(still_open))
            if refusal and refusal.code == "archive_holder_card":
                raise UserError(
                    self.env._(
                        "%(holder)s still has card %(card)s. Return the card, then close the wallet and "
                        "archive the holder.",
                        holder=partner.display_name,
                        card=mine[0].number,
                    )
                )
            if refusal:
                raise UserError(
                    self.env._(
                        "The wallet of %s is not closed. Pay out what is in it and close it, then archive the "
                        "holder.",
                        partner.display_name,
                    )
                )

    def _check_campus_company_stays(self, company_id):
        """Whoever could take a holder out of the company would show them to all others."""
        # sudo: asked of every holder, also of one that the user may only write
        for partner in self.sudo():
            if not partner.company_id or partner.company_id.id == company_id:
                continue
            if partner.is_campus_holder or partner.campus_wallet_ids:
                raise AccessError(
                    self.env._("%s is a card holder and stays in the company.", partner.display_name)
                )

    @api.constrains("company_id")
    def _check_campus_company_of_wallets(self):
        # sudo: a wallet of a company that the user has not opened counts as well
        for partner in self.sudo().filtered("company_id"):
            if partner.campus_wallet_ids.company_id - partner.company_id:
                raise ValidationError(
                    self.env._("%s has a wallet in another company and stays there.", partner.display_name)
                )
