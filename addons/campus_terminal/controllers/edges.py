import gzip

from odoo import SUPERUSER_ID
from odoo.addons.campus_card.campus_core import errors
from odoo.addons.campus_card.campus_core.errors import WireError
from odoo.http import Controller, Response, request
from werkzeug.http import parse_accept_header

from .. import edge_auth
from ..edge_http import EdgeRefused, edge_route, server_time_ms
from ..models.campus_edge_health import HEARTBEAT_INTERVAL_S

GZIP_LEVEL = 5
DIGITS_MAX = 16
# Wrong pairing codes per address: a code lives for 15 minutes and is one of 2^49.
PAIRING_WINDOW_MS = 15 * 60_000
PAIRING_MAX = 10


class CampusEdges(Controller):
    """What an edge asks and says, beside its taps. Contract: ``docs/dev/edge_wire.md``."""

    @edge_route("/campus/v1/pair", methods=["POST"], auth="none")
    def pair(self, values):
        cr, address, now_ms = request.env.cr, request.httprequest.remote_addr, server_time_ms()
        if edge_auth.is_limited(cr, "pairing", address, PAIRING_MAX, PAIRING_WINDOW_MS, now_ms):
            raise EdgeRefused(errors.RATE_LIMITED, retry_after_ms=PAIRING_WINDOW_MS)
        # superuser: who knows a one-time code is let in by it, and by nothing else
        answer = request.env(user=SUPERUSER_ID)["campus.edge"]._pair(values)
        if answer is None:
            edge_auth.remember_failure(cr, "pairing", address, now_ms)
            raise EdgeRefused(errors.PAIRING_CODE_INVALID)
        return answer

    @edge_route("/campus/v1/heartbeat", methods=["POST"], auth="campus_edge_any")
    def heartbeat(self, values):
        edge = self._edge()
        version = edge._heartbeat(values)
        return {
            **edge._journal_state(),
            "snapshot": version,
            "enabled": request.campus_edge.state == edge_auth.ACTIVE,
            "interval_s": HEARTBEAT_INTERVAL_S,
        }

    @edge_route("/campus/v1/snapshot", methods=["GET"])
    def snapshot(self, query):
        since = query.get("since") or "0"
        if not (since.isascii() and since.isdigit() and len(since) <= DIGITS_MAX):
            raise WireError(errors.MALFORMED, field="since")
        edge = self._edge()
        edge._confirm_snapshot(int(since))
        built = request.env["campus.snapshot"]._build(edge, int(since))
        if built is None:
            return Response(status=304)
        body, signature = built
        headers = {"Campus-Signature": signature, "Vary": "Accept-Encoding", "Cache-Control": "no-store"}
        if parse_accept_header(request.httprequest.headers.get("Accept-Encoding"))["gzip"]:
            body = gzip.compress(body, GZIP_LEVEL, mtime=0)
            headers["Content-Encoding"] = "gzip"
        return Response(body, headers=headers, content_type="application/json")

    @staticmethod
    def _edge():
        return request.env["campus.edge"].browse(request.campus_edge.id)
