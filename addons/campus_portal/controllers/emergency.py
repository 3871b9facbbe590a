from odoo import http
from odoo.http import request

from ..page import CampusPage


class CampusEmergencyPage(CampusPage, http.Controller):
    """Make an emergency code. The code is shown once, in the answer to the button."""

    @http.route("/my/card/emergency", type="http", auth="user", methods=["GET"], readonly=True)
    def emergency(self):
        values = request.env["campus.portal"]._emergency_values()
        return self._page("campus_portal.emergency", {"tab": "card", **values})

    @http.route("/my/card/emergency/new", type="http", auth="user", methods=["POST"])
    def new_code(self, **_form):
        portal = request.env["campus.portal"]
        values = portal._emergency_values()
        code = values["is_on"] and portal._new_emergency_code()
        page = {"tab": "card", **portal._emergency_values(), "code": code, "refused": not code}
        return self._page("campus_portal.emergency", page)
