from odoo.http import Controller, request

from ..edge_http import edge_route

HEARTBEAT_INTERVAL_S = 30


class CampusEdges(Controller):
    """What an edge says of itself."""

    @edge_route("/campus/v1/heartbeat", methods=["POST"], auth="campus_edge_any")
    def heartbeat(self, values):
        edge = request.campus_edge
        return {"enabled": edge.state == "active", "interval_s": HEARTBEAT_INTERVAL_S}
