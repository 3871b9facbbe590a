from odoo import http
from odoo.exceptions import UserError
from odoo.http import request

from ..page import CampusPage


class CampusLossPage(CampusPage, http.Controller):
    """The loss report: one button freezes everything. The same page lifts the freeze or asks for a new card."""

    @http.route("/my/card/lost", type="http", auth="user", methods=["GET"], readonly=True)
    def lost(self):
        return self._lost_page()

    @http.route("/my/card/lost/report", type="http", auth="user", methods=["POST"])
    def report(self, **_form):
        if not request.env["campus.portal"]._report_loss():
            return self._lost_page(
                error=request.env._("You did this too often today. Please call the card office.")
            )
        return request.redirect("/my/card/lost", 303)

    @http.route("/my/card/lost/found", type="http", auth="user", methods=["POST"])
    def found(self, card="", **_form):
        """Lift the freeze from everything, or with ``card`` from one of the holder's own cards only."""
        return self._do(lambda portal: portal._found_again(card or None), "/my/card")

    @http.route("/my/card/lost/replace", type="http", auth="user", methods=["POST"])
    def replace(self, card="", **_form):
        return self._do(lambda portal: portal._replace_lost(card), "/my/card/lost")

    def _do(self, action, then):
        try:
            with request.env.cr.savepoint():
                action(request.env["campus.portal"])
        except UserError as error:
            return self._lost_page(error=error.args[0])
        return request.redirect(then, 303)

    def _lost_page(self, error=None):
        values = request.env["campus.portal"]._loss_values()
        return self._page("campus_portal.lost", {"tab": "card", "error": error, **values})
