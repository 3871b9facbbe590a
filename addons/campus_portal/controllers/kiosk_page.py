"""What all pages of a kiosk share: the key of the machine, the session of the person."""

import functools

from odoo.addons.campus_card.campus_core.credentials import kiosk_rules
from odoo.http import request

from ..const import KIOSK_COOKIE, KIOSK_LANGUAGE_COOKIE, KIOSK_SESSION_HEADER, PRIVATE_HEADERS
from ..page import CampusPage

#: A kiosk shows one page. Its parts are fetched by POST, so the browser has no address and no history of
#: them.
FORM = {"type": "http", "auth": "public", "methods": ["POST"]}


def at_kiosk(method):
    """Call ``method(self, kiosk, **form)`` if the browser has the key of a kiosk; answer 403 if not."""

    @functools.wraps(method)
    def checked(self, **form):
        kiosk = self._kiosk()
        if not kiosk:
            return self._part("campus_portal.kiosk_no_key", status=403)
        form.pop("kiosk", None)
        return method(self, kiosk, **form)

    return checked


def in_session(method):
    """Call ``method(self, session, **form)`` if the request has a valid session at this kiosk; answer 410 if
    not.
    """

    @at_kiosk
    @functools.wraps(method)
    def checked(self, kiosk, session="", **form):
        found = kiosk.env["campus.kiosk.session"]._of_secret(kiosk, session)
        if not found:
            return self._part("campus_portal.kiosk_over", status=410)
        return method(self, found, **form)

    return checked


class KioskPage(CampusPage):
    """Base of ``class X(KioskPage, http.Controller)``: routes that return parts of the kiosk's page."""

    def _kiosk(self):
        """The kiosk whose key this browser has, in the language that was chosen there."""
        code = request.env["res.lang"]._get_code(request.cookies.get(KIOSK_LANGUAGE_COOKIE, "")[:12])
        if code:
            request.update_context(lang=code)
        return request.env["campus.kiosk"]._of_key(request.cookies.get(KIOSK_COOKIE))

    def _company_of_page(self):
        return self._kiosk().company_id or request.env.company

    def _part(self, template, status=200, **values):
        """Return a part of the page. The page shows it in place of the part before."""
        shown = {"error": None, "idle_s": kiosk_rules.IDLE_S, **values}
        return self._page(template, shown, status=status)

    def _start_part(self, kiosk, **values):
        shown = {**self._start_values(kiosk), "idle_s": kiosk_rules.DONE_S, **values}
        return self._part("campus_portal.kiosk_start", **shown)

    def _home_part(self, session, secret=None, **values):
        """The holder's first page. The ``secret`` of a new session is sent in a header, not on the page."""
        session._touch(kiosk_rules.IDLE_S)
        response = self._part("campus_portal.kiosk_home", **session._home_values(), **values)
        if secret:
            response.headers[KIOSK_SESSION_HEADER] = secret
        return response

    def _start_values(self, kiosk):
        languages = request.env["res.lang"].get_installed()
        errands = kiosk.env["campus.kiosk.session"]._errands() if kiosk else []
        return {
            "idle_s": kiosk_rules.IDLE_S,
            "refused": None,
            "errands": [errand for errand in errands if not errand.get("danger")],
            "languages": [{"code": code, "name": name.split(" / ")[-1]} for code, name in languages],
        }

    def _nothing(self):
        """An answer without content."""
        response = request.make_response("", status=204)
        response.headers.update(PRIVATE_HEADERS)
        return response

    def _sentence(self, kiosk, code):
        return kiosk.env["campus.ledger"]._explain({"code": code})

    def _set_cookie(self, response, name, value, max_age_s):
        response.set_cookie(
            name,
            value,
            max_age=max_age_s,
            path="/campus/kiosk",
            httponly=True,
            samesite="Strict",
            secure=request.httprequest.scheme == "https",
        )
