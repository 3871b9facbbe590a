from odoo import http
from odoo.addons.campus_portal.page import CampusPage
from odoo.http import request

TYPE = "text/calendar; charset=utf-8"
TOKEN_MAX = 64


class CampusCalendarFeedPage(CampusPage, http.Controller):
    """Calendars at private addresses, and the page on which their owners make and end them."""

    @http.route(
        "/campus/calendar/<string:token>.ics",
        type="http",
        auth="public",
        methods=["GET", "HEAD"],
        save_session=False,
        readonly=True,
    )
    def feed(self, token):
        """The calendar of an address. Unchanged since the last question: 304, and nothing is computed."""
        # sudo: the address itself is the right to read
        feeds = request.env["campus.calendar.feed"].sudo()
        feed = feeds._by_token(token[:TOKEN_MAX])
        if not feed:
            raise request.not_found()
        company = feed.company_id
        # a term that is over leaves the calendar, so the day belongs to the version
        tag = f"{feeds._version()}-{feed.id}-{company._campus_today():%Y%m%d}"
        headers = {"ETag": f'"{tag}"', "Cache-Control": "private, max-age=0, must-revalidate"}
        if request.httprequest.if_none_match.contains_weak(tag):
            return request.make_response(b"", headers=headers, status=304)
        language = feed.partner_id.lang or company.partner_id.lang
        body = feed.env["campus.calendar.events"].with_context(lang=language)._ical(feed)
        return request.make_response(body, headers={**headers, "Content-Type": TYPE})

    @http.route("/my/card/calendar", type="http", auth="user", methods=["GET"], readonly=True)
    def calendar(self, room="", **_query):
        """Whether there is an address, and what it is for."""
        return self._show(room)

    @http.route("/my/card/calendar/new", type="http", auth="user", methods=["POST"])
    def new(self, room="", **_form):
        """Make an address; it is shown on this page and never again."""
        portal = request.env["campus.portal"]
        token = portal._holder() and portal._new_calendar(self._number(room))
        return self._show(room, token)

    @http.route("/my/card/calendar/end", type="http", auth="user", methods=["POST"])
    def end(self, room="", **_form):
        """End the address."""
        portal = request.env["campus.portal"]
        if portal._holder():
            portal._end_calendar(self._number(room))
        return self._show(room)

    def _show(self, room, token=None):
        portal = request.env["campus.portal"]
        if not portal._holder():
            return self._page("campus_portal.no_card", {"tab": "card"})
        values = portal._calendar_values(self._number(room))
        if values is None:
            raise request.not_found()
        base = request.httprequest.host_url.rstrip("/")
        address = f"{base}/campus/calendar/{token}.ics" if token else ""
        return self._page(
            "campus_timetable.portal_calendar", {"tab": "timetable", "address": address, **values}
        )

    @staticmethod
    def _number(text):
        return int(text[:9]) if text.isascii() and text.isdigit() else 0
