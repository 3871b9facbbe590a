from odoo import http
from odoo.http import request

from ..const import KIOSK_COOKIE, KIOSK_LANGUAGE_COOKIE, KIOSK_LANGUAGE_S
from .kiosk_page import FORM, KioskPage, at_kiosk, in_session


class CampusKioskPages(KioskPage, http.Controller):
    """The kiosk: a machine for everybody in a lobby. It has no login: the browser's key gives the right, the
    card says who is there.
    """

    @http.route("/campus/kiosk", type="http", auth="public", methods=["GET"])
    def kiosk_start(self):
        kiosk = self._kiosk()
        template = "campus_portal.kiosk" if kiosk else "campus_portal.kiosk_unknown"
        return self._page(template, {"kiosk": kiosk.name, **self._start_values(kiosk)})

    @http.route("/campus/kiosk/open", **FORM)
    def kiosk_open(self, key="", **_form):
        """Store the key of the kiosk, which came after the ``#`` of the address, in a cookie that no script
        can read.
        """
        response = request.redirect("/campus/kiosk", 303)
        if request.env["campus.kiosk"]._of_key(key):
            self._set_cookie(response, KIOSK_COOKIE, key, 400 * 24 * 3600)
        return response

    @http.route("/campus/kiosk/language", **FORM)
    @at_kiosk
    def kiosk_language(self, kiosk, code="", **_form):
        """Set the language for the person at the kiosk. It ends with the session."""
        response = self._nothing()
        if request.env["res.lang"]._get_code(code[:12]):
            self._set_cookie(response, KIOSK_LANGUAGE_COOKIE, code, KIOSK_LANGUAGE_S)
        return response

    # -- one person ------------------------------------------------------------------

    @http.route("/campus/kiosk/card", **FORM)
    @at_kiosk
    def kiosk_card(self, kiosk, session="", credential="", **_form):
        """A card, or the code of a phone, was held to the reader. The session of the person before ends."""
        sessions = kiosk.env["campus.kiosk.session"]
        sessions._of_secret(kiosk, session)._end()
        card, refusal = kiosk._read_card(credential[:512])
        if refusal:
            return self._start_part(kiosk, refused=self._sentence(kiosk, refusal))
        opened, secret = sessions._open(kiosk, card)
        return self._home_part(opened, secret)

    @http.route("/campus/kiosk/home", **FORM)
    @in_session
    def kiosk_home(self, session, **_form):
        return self._home_part(session)

    @http.route("/campus/kiosk/touch", **FORM)
    @in_session
    def kiosk_touch(self, session, **_form):
        """Somebody touched the screen: the session lasts longer."""
        session._touch()
        return self._nothing()

    @http.route("/campus/kiosk/end", **FORM)
    @at_kiosk
    def kiosk_end(self, kiosk, session="", **_form):
        kiosk.env["campus.kiosk.session"]._of_secret(kiosk, session)._end()
        response = self._nothing()
        self._set_cookie(response, KIOSK_LANGUAGE_COOKIE, "", 0)
        return response

    # -- loss ------------------------------------------------------------------------

    @http.route("/campus/kiosk/lost", **FORM)
    @at_kiosk
    def kiosk_lost(self, kiosk, **_form):
        """The form for a person who has no card to hold to the reader."""
        return self._part("campus_portal.kiosk_lost")

    @http.route("/campus/kiosk/lost/report", **FORM)
    @at_kiosk
    def kiosk_lost_report(self, kiosk, number="", code="", **_form):
        refusal = kiosk._report_loss(number[:64], code[:16])
        if refusal:
            return self._part("campus_portal.kiosk_lost", error=self._sentence(kiosk, refusal))
        return self._part("campus_portal.kiosk_frozen")

    @http.route("/campus/kiosk/lost/mine", **FORM)
    @in_session
    def kiosk_lost_mine(self, session, sure="", **_form):
        """A holder with one key reports another one lost. The kiosk asks once, then everything is frozen."""
        if not sure:
            session._touch()
            return self._part("campus_portal.kiosk_lost_mine")
        session.kiosk_id._report_own_loss(session)
        session._end()
        return self._part("campus_portal.kiosk_frozen")
