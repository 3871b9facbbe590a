import json

from odoo import http
from odoo.http import request

from .. import app_files
from ..const import APP_FILES, ICON_FILES, PAGE_HEADERS
from ..page import CampusPage

FOREVER = "public, max-age=31536000, immutable"
# The service worker stores these when the app is installed, so that they open without a network.
KEPT_PAGES = ("/my/card/help", "/my/card/offline")


class CampusApp(CampusPage, http.Controller):
    """The parts of the web app that are the same for everybody."""

    @http.route(
        "/my/card/app/<version>/<name>", type="http", auth="public", readonly=True, save_session=False
    )
    def app_file(self, version, name):
        """Return one file of the app. Only the current version is served, so a page never mixes two versions."""
        file = app_files.files().get(name)
        if not file or version != app_files.version():
            raise request.not_found()
        headers = {**PAGE_HEADERS, "Content-Type": file.content_type, "Cache-Control": FOREVER}
        content = file.content
        if file.packed and "gzip" in request.httprequest.headers.get("Accept-Encoding", ""):
            content = file.packed
            headers |= {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
        return request.make_response(content, list(headers.items()))

    @http.route("/my/card/worker.js", type="http", auth="public", readonly=True, save_session=False)
    def worker(self):
        """The service worker, for all of ``/my``. Its first line names the version and the files to store."""
        kept = [*map(app_files.url, (*APP_FILES, *ICON_FILES)), *KEPT_PAGES]
        about = {"version": app_files.version(), "kept": kept}
        body = f"const APP = {json.dumps(about)};\n{app_files.files()['worker.js'].content.decode()}"
        headers = {
            **PAGE_HEADERS,
            "Content-Type": "text/javascript; charset=utf-8",
            "Service-Worker-Allowed": "/my",
            "Cache-Control": "no-cache",
        }
        return request.make_response(body, list(headers.items()))

    @http.route("/my/card/manifest.webmanifest", type="http", auth="public", readonly=True)
    def manifest(self):
        """The manifest: what a phone needs to put the card on its home screen."""
        name = request.env._("Campus Card")
        values = {
            "id": "/my/card",
            "name": name,
            "short_name": name,
            "description": request.env._(
                "Balance, code, loss report and emergency code of your campus card."
            ),
            "lang": self._layout_values()["language"],
            "start_url": "/my/card",
            "scope": "/my",
            "display": "standalone",
            "orientation": "portrait",
            "background_color": "#f4f6fa",
            "theme_color": "#1f5eff",
            "icons": [
                {"src": app_files.url("icon.svg"), "type": "image/svg+xml", "sizes": "any"},
                {"src": app_files.url("icon-192.png"), "type": "image/png", "sizes": "192x192"},
                {"src": app_files.url("icon-512.png"), "type": "image/png", "sizes": "512x512"},
                {
                    "src": app_files.url("icon-maskable-512.png"),
                    "type": "image/png",
                    "sizes": "512x512",
                    "purpose": "maskable",
                },
            ],
        }
        headers = {**PAGE_HEADERS, "Content-Type": "application/manifest+json", "Cache-Control": "no-cache"}
        return request.make_response(json.dumps(values, ensure_ascii=False), list(headers.items()))

    @http.route("/my/card/offline", type="http", auth="public", readonly=True)
    def offline(self):
        """The page for a network failure, when the requested page was never stored."""
        return self._page("campus_portal.offline", private=False)

    @http.route("/my/card/help", type="http", auth="public", readonly=True)
    def help(self):
        """The help page for the card in the phone. It can be read without a network and without a login."""
        return self._page("campus_portal.help", {"tab": "help"}, private=False)
