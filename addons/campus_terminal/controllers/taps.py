from odoo.http import Controller, request

from ..edge_http import TAPS_PATH, edge_route


class CampusTapsController(Controller):
    """Where edges send what happened at their readers."""

    @edge_route(TAPS_PATH, methods=["POST"])
    def taps(self, values):
        return request.env["campus.taps"]._take(request.campus_edge, values)
