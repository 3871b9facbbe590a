from odoo import http
from odoo.http import request

# Only what this page needs: it has no script and is nobody else's frame.
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self';"
    " frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-store",
}


class Identity(http.Controller):
    @http.route("/card/identity/<int:change_id>/<string:token>", type="http", auth="public", methods=["GET"])
    def identity(self, change_id, token):
        """Show what was asked for; a mail program that opens links confirms nothing."""
        change = request.env["campus.identity.change"]._of_token(change_id, token)
        return self._page(change=change, is_done=False)

    @http.route("/card/identity/<int:change_id>/<string:token>", type="http", auth="public", methods=["POST"])
    def confirm(self, change_id, token, **_form):
        change = request.env["campus.identity.change"]._of_token(change_id, token)
        if change:
            change._confirm()
        return self._page(change=change, is_done=bool(change))

    def _page(self, **values):
        response = request.render("campus_card.identity_page", values)
        response.headers.update(HEADERS)
        return response
