import re
import time

from odoo import http
from odoo.http import request

from ..page import CampusPage

# Names of phones for their owners, found by what the browser's user agent contains.
DEVICES = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("HarmonyOS", "HarmonyOS"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("Linux", "Linux"),
)
BROWSERS = (
    ("MicroMessenger", "WeChat"),
    ("Edg", "Edge"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)


class CampusPhoneRoutes(CampusPage, http.Controller):
    """The phone as a card."""

    @http.route(
        "/my/card/time", type="http", auth="public", methods=["GET"], readonly=True, save_session=False
    )
    def server_time(self):
        """The server's clock. The page uses it because the clock of a phone may be minutes wrong and may
        change at any time.
        """
        return self._json({"server_time_ms": int(time.time() * 1000)})

    @http.route("/my/card/phone/challenge", type="http", auth="user", methods=["POST"], readonly=True)
    def challenge(self, **_form):
        portal = request.env["campus.portal"]
        return self._json({**portal._answer("ok", ""), "challenge": portal._phone_challenge()})

    @http.route("/my/card/phone", type="http", auth="user", methods=["POST"])
    def enrol(self, x="", y="", challenge="", proof="", move="", **_form):
        """Make this phone a card, or renew its certificate; see ``campus.portal._enrol_phone``."""
        portal = request.env["campus.portal"]
        answer = portal._enrol_phone(x, y, challenge, proof, self._device(), move=bool(move))
        return self._json(answer)

    @http.route("/my/card/phone/remove", type="http", auth="user", methods=["POST"])
    def remove(self, **_form):
        request.env["campus.portal"]._remove_phone()
        return request.redirect("/my/card/settings", 303)

    @staticmethod
    def _device():
        agent = request.httprequest.headers.get("User-Agent", "")
        device = next((name for word, name in DEVICES if re.search(word, agent)), "?")
        browser = next((name for word, name in BROWSERS if re.search(word, agent)), "")
        return f"{device} · {browser}" if browser else device
