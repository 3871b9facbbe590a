from odoo import http
from odoo.addons.campus_portal.const import PAGE_HEADERS
from odoo.addons.campus_portal.page import CampusPage
from odoo.exceptions import ValidationError
from odoo.http import request

WORKER_PATH = "/my/card/alerts/worker.js"
SCOPE = "/my/card/alerts"
WORKER = 'importScripts("/campus_alert/static/src/portal/push_events.js");\n'


class CampusAlertPortal(CampusPage, http.Controller):
    """The pages on which holders read alerts and choose how they are told. The holder is always the user of
    the session.
    """

    @http.route("/my/card/alerts", type="http", auth="user", methods=["GET"])
    def page(self, **params):
        values = request.env["campus.alert.portal"]._page_values()
        return self._page("campus_alert.portal_alerts", {"tab": "settings", **values, **_told(params)})

    @http.route("/my/card/alerts", type="http", auth="user", methods=["POST"])
    def save(self, **form):
        try:
            request.env["campus.alert.portal"]._save(form, request.httprequest.form.getlist("channel"))
        except ValidationError:
            return request.redirect(f"{SCOPE}?saved=0")
        return request.redirect(f"{SCOPE}?saved=1")

    @http.route("/my/card/alerts/push", type="jsonrpc", auth="user", methods=["POST"])
    def subscribe(self, subscription):
        return request.env["campus.alert.portal"]._subscribe(subscription)

    @http.route("/my/card/alerts/push/stop", type="jsonrpc", auth="user", methods=["POST"])
    def unsubscribe(self, endpoint):
        return request.env["campus.alert.portal"]._unsubscribe(endpoint)

    @http.route(WORKER_PATH, type="http", auth="public", methods=["GET"], readonly=True)
    def worker(self):
        return request.make_response(
            WORKER,
            [
                # the policy in a worker's own response applies to it, and this worker loads a script
                *PAGE_HEADERS.items(),
                ("Content-Type", "text/javascript; charset=utf-8"),
                ("Service-Worker-Allowed", SCOPE),
                ("Cache-Control", "no-cache"),
            ],
        )


def _told(params):
    """The message at the top of the page after a form was sent."""
    return {"saved": params.get("saved") == "1", "refused": params.get("saved") == "0"}
