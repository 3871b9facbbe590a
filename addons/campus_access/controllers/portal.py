from odoo import http
from odoo.addons.campus_portal.page import CampusPage
from odoo.exceptions import UserError
from odoo.http import request


class CampusDoorsPage(CampusPage, http.Controller):
    """The holder's page about doors. No route takes another person's id."""

    @http.route("/my/card/doors", type="http", auth="user", methods=["GET"], readonly=True)
    def doors(self):
        portal = request.env["campus.portal"]
        if not portal._holder():
            return self._page("campus_portal.no_card", {"tab": "card"})
        return self._page("campus_access.portal_doors", {"tab": "card", **portal._doors_values()})

    @http.route("/my/card/doors/dispute", type="http", auth="user", methods=["POST"])
    def dispute(self, passage="", **_form):
        """One tap: this door should have opened for me."""
        if passage.isascii() and passage.isdigit():
            request.env["campus.portal"]._dispute_passage(int(passage[:18]))
        return request.redirect("/my/card/doors", 303)

    @http.route("/my/card/doors/pin", type="http", auth="user", methods=["GET"], readonly=True)
    def door_pin(self, saved="", **_query):
        if not request.env["campus.portal"]._holder():
            return self._page("campus_portal.no_card", {"tab": "card"})
        return self._door_pin_page(saved=saved == "1")

    @http.route("/my/card/doors/pin", type="http", auth="user", methods=["POST"])
    def choose_door_pin(self, new="", again="", proof="", **_form):
        """Set or change the own door PIN."""
        try:
            error = request.env["campus.portal"]._choose_door_pin(new, again, proof)
        except UserError as refused:
            error = refused.args[0]
        if error:
            return self._door_pin_page(error=error)
        return request.redirect("/my/card/doors/pin?saved=1", 303)

    def _door_pin_page(self, saved=False, error=""):
        values = {"tab": "card", "saved": saved, "error": error}
        return self._page(
            "campus_access.portal_door_pin", {**values, **request.env["campus.portal"]._door_pin_values()}
        )
