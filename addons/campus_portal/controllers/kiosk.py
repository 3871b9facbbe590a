from odoo import http
from odoo.http import request

from ..const import KIOSK_COOKIE, KIOSK_SHOWN_S
from .main import CampusPage


class CampusKioskPages(CampusPage, http.Controller):
    """The machine in the lobby. No login: the browser's key is the right, the card says who."""

    @http.route("/campus/kiosk", type="http", auth="public", methods=["GET"])
    def start(self):
        return self._kiosk_page("campus_portal.kiosk_start")

    @http.route("/campus/kiosk/open", type="http", auth="public", methods=["POST"])
    def open(self, key="", **_form):
        """Take the key that stood behind the address into a cookie that no script can read."""
        response = request.redirect("/campus/kiosk", 303)
        if request.env["campus.kiosk"]._of_key(key):
            response.set_cookie(
                KIOSK_COOKIE,
                key,
                max_age=400 * 24 * 3600,
                path="/campus/kiosk",
                httponly=True,
                samesite="Strict",
                secure=request.httprequest.scheme == "https",
            )
        return response

    @http.route("/campus/kiosk/card", type="http", auth="public", methods=["POST"])
    def card(self, credential="", **_form):
        """Money and movements of the card or phone that was held to the reader, for half a minute."""
        kiosk = self._kiosk()
        if not kiosk:
            return request.redirect("/campus/kiosk", 303)
        holder, refusal = kiosk._read_card(credential[:512])
        if refusal:
            return self._kiosk_page("campus_portal.kiosk_start", refused=self._sentence(kiosk, refusal))
        portal = request.env["campus.portal"].with_company(kiosk.company_id)
        wallet = holder.with_company(kiosk.company_id).campus_wallet_id
        values = {
            "holder": portal._present_holder(holder),
            "money": portal._present_money(wallet),
            "recent": portal._recent(wallet),
            "words": portal._words(),
        }
        return self._kiosk_page("campus_portal.kiosk_card", **values)

    @http.route("/campus/kiosk/lost", type="http", auth="public", methods=["POST"])
    def lost(self, number="", code="", **_form):
        kiosk = self._kiosk()
        if not kiosk:
            return request.redirect("/campus/kiosk", 303)
        refusal = kiosk._report_loss(number[:64], code[:16])
        if refusal:
            return self._kiosk_page("campus_portal.kiosk_start", refused=self._sentence(kiosk, refusal))
        return self._kiosk_page("campus_portal.kiosk_start", reported=True)

    def _kiosk(self):
        return request.env["campus.kiosk"]._of_key(request.cookies.get(KIOSK_COOKIE))

    def _sentence(self, kiosk, code):
        return kiosk.env["campus.ledger"]._explain({"code": code})

    def _kiosk_page(self, template, **values):
        kiosk = self._kiosk()
        values |= {"kiosk": kiosk.name, "shown_s": KIOSK_SHOWN_S}
        return self._page(template if kiosk else "campus_portal.kiosk_unknown", values)
