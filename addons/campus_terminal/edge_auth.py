"""Who sends a request: the signature of an edge, checked before anything else is done.

One statement knows the edge and how much it has sent, and remembers the nonce if the signature was
seen to hold under the edge's key. What an edge may do is never cached: a revoked one is refused with
its next request. A key is kept in mind only to be tried before it is read.
"""

import ipaddress
from typing import NamedTuple

import orjson
from odoo import SUPERUSER_ID
from odoo.addons.campus_card.campus_core import errors
from odoo.addons.campus_card.campus_core.credentials import signing
from odoo.addons.campus_card.campus_core.taps import wire
from odoo.addons.campus_card.db.prepared import Statement, array, run_all
from odoo.api import Environment

from .edge_http import EdgeRefused, read_body, server_time_ms

ACTIVE, DISABLED, REVOKED = "active", "disabled", "revoked"

RATE_WINDOW_MS = 1000
# Callers whose signature does not hold, per address (IPv6: per network of a customer).
UNKNOWN_WINDOW_MS = 60_000
UNKNOWN_MAX = 60

# The nonce is remembered where ``public_key`` is the edge's and nothing else stands against it. The row is one
# JSON text, as a driver takes longer for eight columns.
_MEET = Statement(
    "edge_meet",
    """WITH known AS MATERIALIZED (
           SELECT edge.id, edge.company_id, edge.uuid::text,
                  CASE WHEN edge.active OR edge.state = 'revoked' THEN edge.state ELSE 'disabled' END AS state,
                  (SELECT code FROM res_lang WHERE code = partner.lang AND active) AS lang,
                  edge.public_key,
                  (SELECT count(*) FROM campus_edge_nonce nonce
                    WHERE nonce.edge_id = edge.id AND nonce.seen_ms > %s)
                      >= company.campus_edge_requests_per_s AS is_busy
             FROM campus_edge edge
             JOIN res_company company ON company.id = edge.company_id
             JOIN res_partner partner ON partner.id = company.partner_id
            WHERE edge.uuid = %s),
       remembered AS (
           INSERT INTO campus_edge_nonce (edge_id, nonce, seen_ms)
           SELECT id, %s::uuid, %s::bigint FROM known
            WHERE public_key = %s AND state = ANY(%s) AND NOT is_busy
               ON CONFLICT DO NOTHING RETURNING 1)
       SELECT json_build_array(id, company_id, uuid, state, lang, public_key, is_busy,
                               EXISTS (SELECT 1 FROM remembered))::text FROM known""",
)
_REMEMBER = Statement(
    "edge_nonce",
    "INSERT INTO campus_edge_nonce (edge_id, nonce, seen_ms) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
)
# ``{uuid of an edge: public key}`` of those that have signed lately.
_keys = {}
_KEYS_MAX = 10_000


class Edge(NamedTuple):
    """The edge that signed a request; ``lang`` is its company's, in which readers show texts."""

    id: int
    company_id: int
    uuid: str
    state: str
    lang: str | None = None


def authenticate(cr, httprequest, states=(ACTIVE,)):
    """Return the :class:`Edge` that signed the request and is in one of ``states``.

    ``cr`` must not have been used yet: what is remembered of a refused caller is committed.
    Raises ``EdgeRefused``, or ``WireError`` for a header of the wrong form.
    """
    body = read_body(httprequest)
    uuid, time_ms, nonce, signature = _read_headers(httprequest.headers)
    now_ms = server_time_ms()
    text = wire.signing_text(uuid, httprequest.method, _path_of(httprequest), body, time_ms, nonce)
    is_in_time = abs(now_ms - int(time_ms)) <= wire.CLOCK_WINDOW_MS
    proven = _keys.get(uuid)
    if proven and not (is_in_time and _is_signed(proven, text, signature)):
        proven = None
    meet = (_MEET, now_ms - RATE_WINDOW_MS, uuid, nonce, now_ms, proven, array(states))
    # Nobody waits for the disk for a nonce: what the request itself commits is written after it.
    run_all(cr, meet, before="SET LOCAL synchronous_commit TO off")
    row = cr.fetchone()
    if row is None:
        raise _unknown(cr, httprequest.remote_addr, errors.EDGE_UNKNOWN, now_ms)
    *known, public_key, is_busy, is_remembered = orjson.loads(row[0])
    edge = Edge._make(known)
    if public_key != proven and not _is_signed(public_key, text, signature):
        raise _unknown(cr, httprequest.remote_addr, errors.SIGNATURE_INVALID, now_ms)
    if edge.state not in states:
        raise EdgeRefused(errors.EDGE_DISABLED if edge.state == DISABLED else errors.EDGE_REVOKED)
    if not is_in_time:
        raise EdgeRefused(errors.CLOCK_OUTSIDE_WINDOW)
    if is_busy:
        raise EdgeRefused(errors.RATE_LIMITED, retry_after_ms=RATE_WINDOW_MS)
    if public_key != proven:
        _REMEMBER.run(cr, edge.id, nonce, now_ms)
        is_remembered = bool(cr.rowcount)
        _keep_key(uuid, public_key)
    if not is_remembered:
        raise EdgeRefused(errors.NONCE_REPLAYED)
    return edge


def _keep_key(uuid, public_key):
    if len(_keys) >= _KEYS_MAX:
        _keys.clear()
    _keys[uuid] = public_key


def environment(cr, edge):
    """The environment in which an edge's request is answered.

    Superuser: an edge is no user; its key is its right, and what is done is bound to its company.
    """
    context = {"allowed_company_ids": [edge.company_id], "lang": edge.lang or "en_US"}
    env = Environment(cr, SUPERUSER_ID, context)
    env.transaction.default_env = env
    return env


def _read_headers(headers):
    names = ("Campus-Edge", "Campus-Time", "Campus-Nonce", "Campus-Signature")
    uuid, time_ms, nonce, signature = (headers.get(name, "") for name in names)
    if not (uuid and time_ms and nonce and signature):
        raise EdgeRefused(errors.SIGNATURE_INVALID)
    if not wire.is_uuid(uuid):
        raise errors.WireError(errors.MALFORMED, field="Campus-Edge")
    if not (time_ms.isascii() and time_ms.isdigit() and len(time_ms) <= 16):
        raise errors.WireError(errors.MALFORMED, field="Campus-Time")
    if not wire.is_nonce(nonce):
        raise errors.WireError(errors.MALFORMED, field="Campus-Nonce")
    return uuid, time_ms, nonce, signature


def _path_of(httprequest):
    """Path and query as they were sent: what is decoded and encoded again may differ."""
    return httprequest.environ.get("REQUEST_URI") or httprequest.full_path.removesuffix("?")


def _is_signed(public_key, text, signature):
    try:
        public = signing.b64url_decode(public_key, signing.KEY_BYTES)
        raw = signing.b64url_decode(signature, signing.SIGNATURE_BYTES)
    except errors.WireError:
        return False
    return signing.is_signed(public, text, raw)


# -- callers that are not known -------------------------------------------------------


def _unknown(cr, address, code, now_ms):
    """Remember a caller that could not prove who it is; return what it is refused with."""
    if is_limited(cr, "signature", address, UNKNOWN_MAX, UNKNOWN_WINDOW_MS, now_ms):
        return EdgeRefused(errors.RATE_LIMITED, retry_after_ms=UNKNOWN_WINDOW_MS)
    remember_failure(cr, "signature", address, now_ms)
    return EdgeRefused(code)


def is_limited(cr, kind, address, most, window_ms, now_ms):
    """Say whether ``address`` has failed at ``kind`` at least ``most`` times within the window."""
    cr.execute(
        """SELECT count(*) FROM (SELECT 1 FROM campus_edge_failure
                                  WHERE kind = %s AND address = %s AND seen_ms > %s LIMIT %s) AS seen""",
        [kind, _network(address), now_ms - window_ms, most],
    )
    return cr.fetchone()[0] >= most


def remember_failure(cr, kind, address, now_ms):
    """Count a failure of ``address`` for good, whatever becomes of the request."""
    cr.execute(
        "INSERT INTO campus_edge_failure (kind, address, seen_ms) VALUES (%s, %s, %s)",
        [kind, _network(address), now_ms],
    )
    # The refusal that follows rolls back; a guesser's count must not.
    cr.commit()  # pylint: disable=invalid-commit


def _network(address):
    try:
        parsed = ipaddress.ip_address(address or "")
    except ValueError:
        return address or ""
    return str(parsed) if parsed.version == 4 else str(ipaddress.ip_network((parsed, 64), strict=False))
