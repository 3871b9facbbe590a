from odoo import api, fields, models
from odoo.exceptions import AccessError

from .campus_wallet_close import MANAGER


class CampusCorrection(models.Model):
    """Two accounts become one when a manager has asked for it and a second person has agreed."""

    _inherit = "campus.correction"

    join_wallet_id = fields.Many2one(
        "campus.wallet",
        "Account That Stays",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        help="It gets all the money, the debt and the cards of the other one, which is closed.",
    )

    _join_names_wallet = models.Constraint(
        "CHECK ((direction = 'join') = (join_wallet_id IS NOT NULL) AND join_wallet_id <> wallet_id)",
        "Say which of two accounts stays.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        joins = any(vals.get("direction") == "join" for vals in vals_list)
        if joins and not self.env.su and not self.env.user.has_group(MANAGER):
            raise AccessError(self.env._("Only a manager closes, opens or joins wallets."))
        for vals in vals_list:
            if vals.get("direction") == "join":
                # what a join moves is what the account has: the one who decides sees that
                wallet = self.env["campus.wallet"].browse(vals.get("wallet_id"))
                vals.pop("amount", None)
                vals["amount_minor"] = max(wallet.balance_minor, wallet.debt_minor)
        return super().create(vals_list)

    def _book(self):
        if self.direction != "join":
            return super()._book()
        # sudo: a manager has asked and a second person has decided; finance may not write wallets
        return self.sudo().wallet_id._join_into(self.sudo().join_wallet_id)

    @api.model
    def _ask_join(self, wallet, target):
        """The request that waits for joining two wallets, made where there is none yet."""
        found = self.search(
            [
                ("direction", "=", "join"),
                ("state", "=", "requested"),
                ("wallet_id", "=", wallet.id),
                ("join_wallet_id", "=", target.id),
            ],
            limit=1,
        )
        return found or self.create(
            {
                "wallet_id": wallet.id,
                "join_wallet_id": target.id,
                "direction": "join",
                "reason": self.env._(
                    "%(old)s and %(new)s are one person. Balance %(balance)s, owed %(debt)s.",
                    old=wallet.display_name,
                    new=target.display_name,
                    balance=wallet.currency_id.format(wallet.balance),
                    debt=wallet.currency_id.format(wallet.debt),
                ),
            }
        )
