from odoo import http
from odoo.addons.campus_portal.page import CampusPage
from odoo.exceptions import UserError
from odoo.http import request

REQUESTS, VISITS = "/my/card/doors/requests", "/my/card/doors/visitors"


class CampusAccessPage(CampusPage, http.Controller):
    """Where a holder asks for a right and invites visitors."""

    @http.route(REQUESTS, type="http", auth="user", methods=["GET"], readonly=True)
    def requests(self):
        return self._requests_page()

    @http.route(f"{REQUESTS}/new", type="http", auth="user", methods=["POST"])
    def request_new(self, zone="", first="", last="", reason="", **_form):
        error = self._try(lambda portal: portal._ask_for_right(zone, first, last, reason))
        asked = {"zone": zone, "first": first, "last": last, "reason": reason}
        return self._requests_page(error, asked) if error else request.redirect(REQUESTS, 303)

    @http.route(f"{REQUESTS}/withdraw", type="http", auth="user", methods=["POST"])
    def request_withdraw(self, request_id="", **_form):
        error = self._try(lambda portal: portal._withdraw_request(request_id))
        return self._requests_page(error) if error else request.redirect(REQUESTS, 303)

    @http.route(VISITS, type="http", auth="user", methods=["GET"], readonly=True)
    def visits(self):
        return self._visits_page()

    @http.route(f"{VISITS}/new", type="http", auth="user", methods=["POST"])
    def visit_new(self, **form):
        error = self._try(lambda portal: portal._invite(form))
        return self._visits_page(error, form) if error else request.redirect(VISITS, 303)

    @http.route(f"{VISITS}/call-off", type="http", auth="user", methods=["POST"])
    def visit_call_off(self, visit="", **_form):
        error = self._try(lambda portal: portal._call_off_visit(visit))
        return self._visits_page(error) if error else request.redirect(VISITS, 303)

    def _try(self, action):
        """What went wrong, in words; None if nothing did."""
        try:
            with request.env.cr.savepoint():
                action(request.env["campus.portal"])
        except UserError as error:
            return error.args[0]
        return None

    def _requests_page(self, error=None, asked=None):
        return self._holder_page("campus_access.portal_requests", "_request_values", error, asked)

    def _visits_page(self, error=None, asked=None):
        return self._holder_page("campus_access.portal_visits", "_visit_values", error, asked)

    def _holder_page(self, template, method, error, asked):
        portal = request.env["campus.portal"]
        if not portal._holder():
            return self._page("campus_portal.no_card", {"tab": "card"})
        today = portal._company()._campus_today().isoformat()
        values = {"tab": "card", "error": error, "asked": asked or {}, "today": today}
        return self._page(template, {**values, **getattr(portal, method)()})
