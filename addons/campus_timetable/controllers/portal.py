from odoo import http
from odoo.addons.campus_portal.page import CampusPage
from odoo.http import request

NAME_MAX = 60


class CampusTimetablePage(CampusPage, http.Controller):
    """The holder's timetable, and those of rooms and teachers, which are open to everybody on the campus."""

    @http.route("/my/card/timetable", type="http", auth="user", methods=["GET"], readonly=True)
    def timetable(self, day="", **_query):
        """The own week, what is next, and the exams to come."""
        return self._show("portal_timetable", lambda portal: portal._timetable_values(day))

    @http.route("/my/card/rooms", type="http", auth="user", methods=["GET"], readonly=True)
    def rooms(self, q="", **_query):
        """Rooms that are free now; rooms and teachers by name."""
        return self._show("portal_rooms", lambda portal: portal._rooms_values(q[:NAME_MAX]))

    @http.route(
        "/my/card/timetable/<any(room,teacher):kind>/<int:number>",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def other(self, kind, number, day="", **_query):
        """The week of a room or of a teacher."""
        return self._show("portal_other", lambda portal: portal._other_values(kind, number, day))

    def _show(self, template, values):
        portal = request.env["campus.portal"]
        if not portal._holder():
            return self._page("campus_portal.no_card", {"tab": "card"})
        found = values(portal)
        if found is None:
            raise request.not_found()
        return self._page(f"campus_timetable.{template}", {"tab": "timetable", **found})
