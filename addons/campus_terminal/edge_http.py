"""How the routes of edges speak HTTP: JSON in, JSON out, refusals with a stable code and status.

Contract: ``docs/dev/edge_wire.md``. ``@edge_route`` makes a route of it; its method gets what
was sent and returns a dict, or raises ``WireError`` or :class:`EdgeRefused`.
"""

import time

import orjson
import psycopg2
from odoo.addons.campus_card.campus_core import errors
from odoo.addons.campus_card.campus_core.errors import CampusError, WireError
from odoo.addons.campus_card.campus_core.taps import wire
from odoo.http import Dispatcher, Response, route
from werkzeug.exceptions import ClientDisconnected, HTTPException, RequestEntityTooLarge, abort

STATUS = {
    errors.MALFORMED: 400,
    errors.BATCH_TOO_LARGE: 400,
    errors.SIGNATURE_INVALID: 401,
    errors.EDGE_UNKNOWN: 401,
    errors.CLOCK_OUTSIDE_WINDOW: 401,
    errors.NONCE_REPLAYED: 401,
    errors.EDGE_DISABLED: 403,
    errors.EDGE_REVOKED: 403,
    errors.PAIRING_CODE_INVALID: 403,
    errors.KEY_USED: 403,
    errors.JOURNAL_FORK: 409,
    errors.BODY_TOO_LARGE: 413,
    errors.RATE_LIMITED: 429,
    errors.SERVER_ERROR: 500,
    errors.TRY_AGAIN: 503,
}
TAPS_PATH = "/campus/v1/taps"
# Of every answer, by whichever way: a browser must not take it for anything but JSON.
HEADERS = [("Content-Type", "application/json"), ("X-Content-Type-Options", "nosniff")]
# What the database says when it is busy or away: the edge sends the same again.
BUSY = (psycopg2.OperationalError, psycopg2.InterfaceError)


class EdgeRefused(CampusError):
    """A request that is refused as a whole; ``numbers`` go into the answer."""


def server_time_ms():
    """Milliseconds since 1970 UTC by this server's clock."""
    return time.time_ns() // 1_000_000


def json_body(values):
    """``values`` (a dict) as JSON, with the server's time."""
    return orjson.dumps({"server_time_ms": server_time_ms(), **values})


def json_response(values, status=200):
    """Answer ``values`` (a dict) as JSON, with the server's time."""
    return Response(json_body(values), status=status, headers=HEADERS)


def refusal_response(code, **numbers):
    """The answer to a request that is refused as a whole."""
    values = {"code": code, "message": errors.CODES[code], **numbers}
    response = json_response(values, STATUS.get(code, 400))
    if "retry_after_ms" in numbers:
        response.headers["Retry-After"] = str(-(-numbers["retry_after_ms"] // 1000))
    return response


def failure_response(error):
    """The answer to a request that ended with ``error``."""
    if isinstance(error, CampusError):
        return refusal_response(error.code, **error.numbers)
    if isinstance(error, BUSY):
        return refusal_response(errors.TRY_AGAIN, retry_after_ms=1000)
    return refusal_response(errors.SERVER_ERROR)


def refuse(code, **numbers):
    """End the request with a refusal; works in authentication and in controllers alike."""
    abort(refusal_response(code, **numbers))


def read_body(httprequest):
    """Return the request's body; ``EdgeRefused`` (``body_too_large``) before reading more than allowed.

    ``WireError`` (``malformed``) when it cannot be read to its end, as with a bad chunk size.
    """
    if (httprequest.content_length or 0) > wire.MAX_BODY_BYTES:
        raise EdgeRefused(errors.BODY_TOO_LARGE)
    httprequest.max_content_length = wire.MAX_BODY_BYTES
    try:
        return httprequest.get_data()
    except RequestEntityTooLarge as error:
        raise EdgeRefused(errors.BODY_TOO_LARGE) from error
    except (ClientDisconnected, OSError) as error:
        raise WireError(errors.MALFORMED, field="body") from error


def read_object(body):
    """Return the JSON object that ``body`` (bytes) is; ``WireError`` (``malformed``) for anything else."""
    try:
        values = orjson.loads(body)
    except ValueError as error:
        raise WireError(errors.MALFORMED, field="body") from error
    if not isinstance(values, dict):
        raise WireError(errors.MALFORMED, field="body")
    return values


def edge_route(path, methods, auth="campus_edge"):
    """Make a controller method a route of the contract: signed, stateless, read-write.

    A POST gives the method ``values``, the JSON object that was sent; a GET gives ``query``.
    """
    return route(path, type="campus", auth=auth, methods=methods, save_session=False, readonly=False)


class CampusDispatcher(Dispatcher):
    """Routes of type ``campus``: see :func:`edge_route`."""

    routing_type = "campus"

    @classmethod
    def is_compatible_with(cls, request):
        return True

    def pre_dispatch(self, rule, args):
        res = super().pre_dispatch(rule, args)
        if self.request.httprequest.method == "OPTIONS":
            # Odoo lets it through to every route; which methods there are is all that can be said
            allowed = ", ".join([*rule.endpoint.routing["methods"], "OPTIONS"])
            abort(Response(status=204, headers={"Allow": allowed}))
        return res

    def dispatch(self, endpoint, args):
        try:
            return self._answer(endpoint, args)
        except CampusError as error:
            # an answer like any other: what is raised further up fills the log with a traceback
            refuse(error.code, **error.numbers)

    def _answer(self, endpoint, args):
        httprequest = self.request.httprequest
        if httprequest.method == "POST":
            self.request.params = {**args, "values": read_object(read_body(httprequest))}
        else:
            self.request.params = {**args, "query": httprequest.args.to_dict()}
        result = self.request.registry["ir.http"]._dispatch(endpoint)
        return result if isinstance(result, Response) else json_response(result)

    def handle_error(self, exc):
        if isinstance(exc, HTTPException) and exc.response:
            return exc.response
        if isinstance(exc, HTTPException) and exc.code and exc.code < 500:
            return exc.get_response()
        return failure_response(exc)
