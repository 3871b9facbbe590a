from odoo.addons.campus_portal.page import CampusPage
from odoo.exceptions import UserError
from odoo.http import Controller, request, route

from ..const import PIN_TRIES, PIN_WINDOW_S


class CampusLimitsPages(CampusPage, Controller):
    """The holder's own limits, which may only be tighter than the school's, and the PIN."""

    @route("/my/card/limits", type="http", auth="user", methods=["GET"])
    def campus_limits(self, saved=None, **_kwargs):
        return self._limits_page(saved=saved if saved in ("limits", "pin") else None)

    @route("/my/card/limits/set", type="http", auth="user", methods=["POST"])
    def campus_limits_set(self, purchase="", day="", pin_above="", **_kwargs):
        portal = request.env["campus.portal"]
        wallet_sudo = portal._need_wallet()
        try:
            wallet_sudo._set_own_limits(*map(portal._amount_minor, (purchase, day, pin_above)))
        except UserError as error:
            return self._limits_page(error=error.args[0])
        return request.redirect("/my/card/limits?saved=limits", 303)

    @route("/my/card/pin", type="http", auth="user", methods=["POST"])
    def campus_pin(self, new="", again="", old="", **_kwargs):
        """Set or change the PIN. Wrong old PINs are counted and lead to a lock, as at a till."""
        wallet_sudo = request.env["campus.portal"]._need_wallet()
        if not request.env["campus.rate"]._may_try("topup.pin", request.env.uid, PIN_TRIES, PIN_WINDOW_S):
            return self._limits_page(pin_error=request.env._("Too many tries. Please wait a few minutes."))
        try:
            answer = wallet_sudo._choose_pin(new, again, old)
        except UserError as error:
            return self._limits_page(pin_error=error.args[0])
        if not answer["ok"]:
            return self._limits_page(pin_error=request.env["campus.ledger"]._explain(answer))
        return request.redirect("/my/card/limits?saved=pin", 303)

    def _limits_page(self, **values):
        shown = {"error": None, "pin_error": None, "saved": None, **values}
        return self._page(
            "campus_topup.limits",
            {"tab": "settings", **shown, **request.env["campus.portal"]._limit_values()},
        )
