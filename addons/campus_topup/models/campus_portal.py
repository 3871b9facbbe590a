from odoo import api, models
from odoo.addons.campus_card.campus_core import money
from odoo.addons.campus_card.campus_core.ledger import topup
from odoo.exceptions import UserError


class CampusPortal(models.AbstractModel):
    """Top-ups, history and limits on the holder's pages."""

    _inherit = "campus.portal"

    @api.model
    def _tabs(self):
        tabs = super()._tabs()
        history = {
            "key": "history",
            "icon": "receipt",
            "label": self.env._("History"),
            "url": "/my/card/history",
        }
        return [*tabs[:1], history, *tabs[1:]]

    @api.model
    def _actions(self):
        """Put *Top up* first, because most people come for it."""
        topup_action = {"icon": "plus", "label": self.env._("Top up"), "url": "/my/card/topup"}
        limits = {"icon": "clock", "label": self.env._("Limits and PIN"), "url": "/my/card/limits"}
        return [topup_action, *super()._actions(), limits]

    @api.model
    def _notes(self):
        notes = super()._notes()
        wallet = self._wallet()
        if wallet and wallet.env["campus.topup.mandate"]._of_wallet(wallet).state == "paused":
            notes.append(
                {
                    "kind": "warn",
                    "icon": "warn",
                    "text": self.env._("Automatic top-up is paused: a payment failed."),
                    "url": "/my/card/auto",
                    "label": self.env._("Look at it"),
                }
            )
        return notes

    @api.model
    def _need_wallet(self):
        """The holder's wallet, made at the first visit. Raises ``AccessError`` if the person is no holder."""
        holder = self._need_holder()
        return self._wallet() or holder.env["campus.wallet"]._for_holder(holder, self._company())

    @api.model
    def _amount_minor(self, text):
        """Read an amount in cents from a form. Raises ``UserError`` if it is no amount."""
        return self.env["campus.amount"]._to_minor((text or "").strip() or "0")

    @api.model
    def _topup_values(self):
        """Values of the page on which a holder chooses an amount. The address contains no balance."""
        wallet = self._need_wallet()
        rules = wallet.company_id._campus_topup_rules()
        month = wallet.env["payment.transaction"]._campus_month_minor(wallet)
        left = topup.month_left_minor(rules, month)
        return {
            **self._amount_values(wallet, month),
            "left": left is not None and self.env["campus.amount"]._to_text(left, wallet.currency_id),
            "has_auto": bool(wallet.company_id.campus_auto_topup_per_day),
        }

    @api.model
    def _amount_values(self, wallet, month_minor=0):
        """Suggested amounts and limits. Without the sum of the month they tell nothing about the holder."""
        company = wallet.company_id
        rules = company._campus_topup_rules()
        to_text = self.env["campus.amount"]._to_text
        presets = topup.usable_presets(company.campus_topup_presets or "", rules, month_minor)
        return {
            "symbol": wallet.currency_id.symbol,
            "presets": [
                {"value": money.format_minor(minor), "label": to_text(minor, wallet.currency_id)}
                for minor in presets
            ],
            "minimum": to_text(max(rules.minimum_minor, 1), wallet.currency_id),
            "maximum": rules.maximum_minor and to_text(rules.maximum_minor, wallet.currency_id),
        }

    @api.model
    def _check_topup(self, wallet, amount_minor, *, guest=False):
        """Raise ``UserError`` with the reason if this amount may not be topped up now.

        A guest learns that the amount is too high, but not how much the holder topped up this month.
        """
        refusal = wallet._topup_refusal(amount_minor)
        if refusal and guest and refusal["code"] in ("topup_month_cap", "wallet_closed"):
            raise UserError(self.env._("This card cannot take that much at the moment."))
        if refusal:
            raise UserError(self.env["campus.ledger"]._explain(refusal))
