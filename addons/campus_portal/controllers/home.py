from odoo import http
from odoo.http import request

from ..const import PRIVATE_HEADERS
from ..page import CampusPage


class CampusHome(CampusPage, http.Controller):
    """The holder's first page. No route takes an id: the holder is the person who is logged in."""

    @http.route("/my/card", type="http", auth="user", readonly=True)
    def home(self):
        portal = request.env["campus.portal"]
        if not portal._holder():
            return self._page("campus_portal.no_card", {"tab": "card"})
        return self._page("campus_portal.home", {"tab": "card", **portal._home_values()})

    @http.route("/my/card/photo", type="http", auth="user", readonly=True)
    def photo(self):
        """The holder's own photo."""
        holder = request.env["campus.portal"]._holder()
        if not holder.image_128:
            raise request.not_found()
        stream = request.env["ir.binary"]._get_image_stream_from(holder, "image_256")
        response = stream.get_response(max_age=3600)
        response.headers.update({**PRIVATE_HEADERS, "Cache-Control": "private, max-age=3600"})
        return response

    @http.route("/my/card/settings", type="http", auth="user", readonly=True)
    def settings(self):
        """Settings: language, size of letters, this phone."""
        portal = request.env["campus.portal"]
        return self._page("campus_portal.settings", {"tab": "settings", **portal._settings_values()})

    @http.route("/my/card/language", type="http", auth="user", methods=["POST"])
    def language(self, code, **_form):
        """Show the pages in another of the installed languages."""
        request.env["campus.portal"]._set_language(code)
        # Odoo's session keeps the language of the login, so it must be changed too
        request.session.context = {**request.session.context, "lang": code}
        return request.redirect("/my/card/settings", 303)
