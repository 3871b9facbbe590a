from odoo import http
from odoo.addons.campus_portal.controllers.phone import CampusPhoneRoutes
from odoo.addons.campus_portal.page import CampusPage
from odoo.http import request
from werkzeug.exceptions import BadRequest, NotFound

#: How many addresses one machine may try in this time; a class behind one address still gets its pages.
TRIES, WINDOW_S = 120, 900


class CampusVisitorPage(CampusPage, http.Controller):
    """The page of a visitor: whoever has the address may see the visit and show its code."""

    @http.route("/card/visit/<string:token>", type="http", auth="public", methods=["GET"], sitemap=False)
    def visit(self, token):
        visit_sudo = self._visit_of(token)
        company = visit_sudo.company_id
        values = {
            "tabs": [],
            "school": company.name,
            "zone": company._campus_zone_name(),
            "local": company._campus_local,
            "visitor": visit_sudo.visitor_name,
            "host": visit_sudo.host_id.name,
            "place": request.env["campus.portal"]._place(visit_sudo.zone_id),
            "first": visit_sudo.valid_from,
            "last": visit_sudo.valid_until,
            "needs_escort": visit_sudo.needs_escort,
        }
        if visit_sudo._is_over():
            return self._page("campus_access.visitor_over", values, status=410)
        phone = {
            "holder_key": visit_sudo._holder_key(),
            "phone_at": f"/card/visit/{token}/phone",
            "blocked": None,
        }
        return self._page("campus_access.visitor", {**values, **phone})

    @http.route(
        "/card/visit/<string:token>/phone/challenge",
        type="http",
        auth="public",
        methods=["POST"],
        sitemap=False,
    )
    def challenge(self, token, **_form):
        visit_sudo = self._visit_of(token)
        answer = request.env["campus.portal"]._answer("ok", "")
        return self._json({**answer, "challenge": visit_sudo._enrol_challenge()})

    @http.route(
        "/card/visit/<string:token>/phone", type="http", auth="public", methods=["POST"], sitemap=False
    )
    def enrol(self, token, x="", y="", challenge="", proof="", move="", **_form):
        """Make this phone the visitor's card, or renew its certificate."""
        device = CampusPhoneRoutes._device()
        visit_sudo = self._visit_of(token)
        return self._json(visit_sudo._enrol_phone(x, y, challenge, proof, device, move=bool(move)))

    def _visit_of(self, token):
        """The visit with this token, or 404. Each IP address has a limited number of tries."""
        address = request.httprequest.remote_addr
        if not request.env["campus.rate"]._may_try("visit.link", address, TRIES, WINDOW_S):
            raise BadRequest(request.env._("Too many tries. Please wait a few minutes."))
        visit_sudo = request.env["campus.access.visit"]._of_token(token)
        if not visit_sudo:
            raise NotFound(request.env._("This address does not work. Ask your host for a new one."))
        return visit_sudo
