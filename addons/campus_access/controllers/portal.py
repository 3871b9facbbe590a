from odoo import http
from odoo.addons.campus_portal.page import CampusPage
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
