from odoo.addons.campus_portal.page import CampusPage
from odoo.exceptions import UserError
from odoo.http import Controller, request, route


class CampusAutoTopup(CampusPage, Controller):
    """The pages on which a holder agrees to automatic top-up and ends it."""

    @route("/my/card/auto", type="http", auth="user", methods=["GET"])
    def campus_auto(self, **_kwargs):
        return self._auto_page()

    @route("/my/card/auto/agree", type="http", auth="user", methods=["POST"])
    def campus_auto_agree(self, token="", threshold="", amount="", agreed="", **_kwargs):
        """Store the consent. Without the tick nothing is stored."""
        portal = request.env["campus.portal"]
        wallet_sudo = portal._need_wallet()
        try:
            if agreed != "1":
                raise UserError(request.env._("Please tick the box to agree first."))
            chosen = portal._own_tokens(wallet_sudo).filtered(lambda own: str(own.id) == token)
            if not chosen:
                raise UserError(request.env._("Choose one of your saved ways of payment."))
            wallet_sudo.env["campus.topup.mandate"]._agree(
                wallet_sudo, chosen, portal._amount_minor(threshold), portal._amount_minor(amount)
            )
        except UserError as error:
            return self._auto_page(
                error=error.args[0], asked={"threshold": threshold[:20], "amount": amount[:20]}
            )
        return request.redirect("/my/card/auto", 303)

    @route("/my/card/auto/end", type="http", auth="user", methods=["POST"])
    def campus_auto_end(self, **_kwargs):
        wallet_sudo = request.env["campus.portal"]._need_wallet()
        wallet_sudo.env["campus.topup.mandate"]._of_wallet(wallet_sudo)._revoke()
        return request.redirect("/my/card/auto", 303)

    @route("/my/card/auto/resume", type="http", auth="user", methods=["POST"])
    def campus_auto_resume(self, **_kwargs):
        wallet_sudo = request.env["campus.portal"]._need_wallet()
        wallet_sudo.env["campus.topup.mandate"]._of_wallet(wallet_sudo)._resume()
        return request.redirect("/my/card/auto", 303)

    def _auto_page(self, error=None, asked=None):
        values = request.env["campus.portal"]._auto_values()
        return self._page(
            "campus_topup.auto", {"tab": "card", "error": error, "asked": asked or {}, **values}
        )
