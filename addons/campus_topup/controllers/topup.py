from odoo.exceptions import UserError
from odoo.http import request, route

from .payment import TopupPayment


class CampusTopup(TopupPayment):
    """Top-ups by the holders themselves."""

    @route("/my/card/topup", type="http", auth="user", methods=["GET"])
    def campus_topup(self, amount=None, **_kwargs):
        """Choose an amount first, then a payment method."""
        portal = request.env["campus.portal"]
        if not portal._holder():
            return self._page("campus_portal.no_card", {"tab": "card"})
        if amount is None:
            return self._amount_page()
        wallet_sudo = portal._need_wallet()
        try:
            amount_minor = portal._amount_minor(amount)
            portal._check_topup(wallet_sudo, amount_minor)
        except UserError as error:
            return self._amount_page(error=error.args[0], asked=amount)
        routes = {
            "transaction": "/my/card/topup/transaction",
            "landing": "/my/card/topup/done",
            "back": "/my/card/topup",
        }
        payer = request.env.user.partner_id
        return self._campus_payment_page(
            wallet_sudo, payer, amount_minor, routes, logged_in=True, shown_name=payer.name
        )

    def _amount_page(self, error=None, asked=""):
        values = request.env["campus.portal"]._topup_values()
        return self._page(
            "campus_topup.amount", {"tab": "card", "error": error, "asked": asked[:20], **values}
        )

    @route("/my/card/topup/transaction", type="jsonrpc", auth="user")
    def campus_topup_transaction(self, **kwargs):
        """Start the payment that the form asks for. The wallet is that of the person who is logged in."""
        self._campus_limit("topup.pay", request.env.uid)
        wallet_sudo = request.env["campus.portal"]._need_wallet()
        return self._campus_start_payment(
            wallet_sudo, request.env.user.partner_id, "/my/card/topup/done", logged_in=True, **kwargs
        )

    @route("/my/card/topup/done/<int:tx_id>", type="http", auth="user", methods=["GET"])
    def campus_topup_done(self, tx_id, **_kwargs):
        """The result of the holder's own payment."""
        partner = request.env.user.partner_id
        tx_sudo = self._campus_own_transaction(
            tx_id, [("partner_id", "=", partner.id), ("campus_wallet_id.partner_id", "=", partner.id)]
        )
        money = request.env["campus.amount"]._to_text(tx_sudo._campus_amount_minor(), tx_sudo.currency_id)
        values = {"tab": "card", "tx": tx_sudo, "money": money, "again": "/my/card/topup", "home": "/my/card"}
        return self._page("campus_topup.done", values)
