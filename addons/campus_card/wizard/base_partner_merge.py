from odoo import models
from odoo.exceptions import AccessError, UserError

from ..models.campus_wallet_close import MANAGER

# What of a holder is not handed on to the contact that stays, which has its own.
IDENTITY = ("campus_number", "campus_valid_from", "campus_valid_until")


class BasePartnerMerge(models.TransientModel):
    """Merging contacts joins the accounts of holders; what would break them is refused before."""

    _inherit = "base.partner.merge.automatic.wizard"

    def _update_foreign_keys(self, src_partners, dst_partner):
        self._campus_join(src_partners, dst_partner)
        return super()._update_foreign_keys(src_partners, dst_partner)

    def _update_values(self, src_partners, dst_partner):
        # sudo: the contacts are deleted in a moment; until then two would have one number
        holders = src_partners.sudo().filtered("campus_number")
        for holder in holders:
            # sudo: who merges contacts leaves a trace at the one that stays, whose department it may not be
            dst_partner.sudo().message_post(
                body=self.env._(
                    "Joined with the holder %(name)s (%(number)s).",
                    name=holder.name,
                    number=holder.campus_number,
                )
            )
        holders.write(dict.fromkeys(IDENTITY, False))
        return super()._update_values(src_partners, dst_partner)

    def action_merge(self):
        """Where merging moves money, ask a second person first and show what was asked for."""
        partners = self.partner_ids
        target = self.dst_partner_id or self._get_ordered_partner(partners.ids)[-1:]
        waiting = self._campus_ask_joins(partners - target, target)
        if not waiting:
            return super().action_merge()
        action = self.env["ir.actions.act_window"]._for_xml_id("campus_card.campus_correction_action")
        one = {"res_id": waiting.id, "views": [(False, "form")]} if len(waiting) == 1 else {}
        return {**action, **one, "domain": [("id", "in", waiting.ids)], "context": {}}

    def _campus_ask_joins(self, src_partners, dst_partner):
        """Requests that wait for a second person before these contacts can be merged."""
        corrections = self.env["campus.correction"]
        # sudo: whether a contact is a holder is asked of all contacts; the manager was checked
        target = dst_partner.sudo()
        for wallet in self._campus_wallets(src_partners.sudo(), target):
            if wallet._has_money():
                heir = wallet._for_holder(target, wallet.company_id)
                # not sudo: it is asked for by who may see both wallets
                corrections |= corrections._ask_join(wallet.sudo(False), heir.sudo(False))
        return corrections

    def _campus_wallets(self, sources, target):
        """Wallets of ``sources``, which may be merged into ``target`` by this user; raises if not."""
        # sudo: contacts of other departments and companies may have wallets, which are checked below
        Wallet = self.env["campus.wallet"].sudo()
        wallets = Wallet.search([("partner_id", "in", sources.ids), *Wallet._live()])
        holders = sources.filtered("campus_number") | wallets.partner_id
        if not holders:
            return wallets
        if not self.env.user.has_group(MANAGER):
            raise AccessError(self.env._("Only a manager of the card office merges holders."))
        foreign = wallets.company_id - self.env.user.company_ids
        if foreign:
            raise AccessError(
                self.env._(
                    "One of them has a wallet at %s: somebody who works for it has to merge them.",
                    ", ".join(foreign.mapped("name")),
                )
            )
        for holder in holders:
            self._campus_check_pair(holder, target)
        return wallets

    def _campus_join(self, src_partners, dst_partner):
        # sudo: whether a contact is a holder is asked of all contacts, whoever merges them
        sources, target = src_partners.sudo(), dst_partner.sudo()
        wallets = self._campus_wallets(sources, target)
        for wallet in wallets.filtered(lambda one: one._has_money()):
            raise UserError(
                self.env._(
                    "%(holder)s has money or debt on the card, and merging would move it. Select the contacts, "
                    "choose Merge, and press Merge Contacts: that asks a second person. Once it is approved, merge again.",
                    holder=wallet.partner_id.display_name,
                )
            )
        heirs = {}
        for wallet in wallets:
            twin = heirs.get(wallet.company_id) or wallet.search(
                [
                    ("partner_id", "=", target.id),
                    ("company_id", "=", wallet.company_id.id),
                    *wallet._live(),
                ]
            )
            if twin:
                wallet._join_into(twin)
            # of two contacts with wallets, where the one that stays has none, the first wallet goes along
            heirs[wallet.company_id] = twin or wallet

    def _campus_check_pair(self, holder, target):
        if not target.campus_number:
            raise UserError(
                self.env._(
                    "%(holder)s is a card holder and %(contact)s is not: keep %(holder)s as the contact "
                    "that stays.",
                    holder=holder.display_name,
                    contact=target.display_name,
                )
            )
        if holder.company_id and target.company_id and holder.company_id != target.company_id:
            raise UserError(
                self.env._(
                    "%(holder)s and %(other)s are holders of different companies and cannot be merged.",
                    holder=holder.display_name,
                    other=target.display_name,
                )
            )
        if not target.active:
            raise UserError(self.env._("%s is archived. Restore the holder first.", target.display_name))
