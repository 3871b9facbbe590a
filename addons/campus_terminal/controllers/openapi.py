"""The contract of edges as an OpenAPI 3.1 document: ``GET /campus/v1/openapi.json``."""

import json

from odoo.addons.campus_card.campus_core import errors
from odoo.http import Controller, Response, route

from ..edge_http import STATUS
from .openapi_schemas import INT8, SCHEMAS, ref, whole

HEADERS = {
    "edge": ("Campus-Edge", "The edge's uuid, given at pairing."),
    "time": ("Campus-Time", "Milliseconds since 1970 UTC; at most 120 s from the server's clock."),
    "nonce": ("Campus-Nonce", "32 hex digits, never used twice."),
    "signature": ("Campus-Signature", "Ed25519 over method, path, body, time and nonce; base64url."),
}
SIGNED = [{name: [] for name in HEADERS}]
# What can be answered to every request: whoever sends it.
ANYBODY = (400, 413, 429, 500, 503)
AN_EDGE = (401, 403)


def _json(schema, description):
    return {"description": description, "content": {"application/json": {"schema": ref(schema)}}}


def _refusals(*statuses):
    codes = {status: [code for code, its in STATUS.items() if its == status] for status in statuses}
    return {str(status): _json("Refusal", ", ".join(codes[status])) for status in statuses}


def _operation(name, summary, answers, body=None, security=SIGNED, **more):
    operation = {"operationId": name, "summary": summary, "security": security, "responses": answers, **more}
    if body:
        content = {"application/json": {"schema": ref(body)}}
        operation["requestBody"] = {"required": True, "content": content}
    return operation


def document():
    """Return the OpenAPI document as plain values."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Campus Card: edges",
            "version": "1",
            "summary": "How the program beside the readers speaks to the server.",
            "license": {"name": "LGPL-3.0-only", "identifier": "LGPL-3.0-only"},
        },
        "servers": [{"url": "/"}],
        "paths": _paths(),
        "components": {
            "schemas": SCHEMAS,
            "securitySchemes": {
                name: {"type": "apiKey", "in": "header", "name": header, "description": text}
                for name, (header, text) in HEADERS.items()
            },
        },
    }


def _paths():
    return {
        "/campus/v1/pair": {"post": _pair()},
        "/campus/v1/taps": {"post": _taps()},
        "/campus/v1/snapshot": {"get": _snapshot()},
        "/campus/v1/heartbeat": {"post": _heartbeat()},
        "/campus/v1/openapi.json": {"get": _this_document()},
    }


def _pair():
    summary = "Take the place of an edge, with the one-time code that the server showed"
    answers = {"200": _json("PairAnswer", "Paired."), **_refusals(*ANYBODY, 403)}
    return _operation("pair", summary, answers, "Pair", security=[])


def _taps():
    summary = "Hand over entries of the journal and get an answer to each"
    answers = {"200": _json("TapsAnswer", "Taken."), **_refusals(*ANYBODY, *AN_EDGE, 409)}
    return _operation("taps", summary, answers, "Taps")


def _heartbeat():
    answers = {"200": _json("HeartbeatAnswer", "Heard."), **_refusals(*ANYBODY, *AN_EDGE)}
    return _operation("heartbeat", "Say how the edge is", answers, "Heartbeat")


def _snapshot():
    since = {
        "name": "since",
        "in": "query",
        "schema": whole(0, INT8),
        "description": "The version that the edge has; 0 or absent: everything.",
    }
    snapshot = _json("Snapshot", "What an edge needs to decide alone, or what changed of it.")
    snapshot["headers"] = {
        "Campus-Signature": {
            "description": "key id:base64url, Ed25519 of the campus over the uncompressed body",
            "schema": {"type": "string"},
        }
    }
    answers = {
        "200": snapshot,
        "304": {"description": "Nothing changed since."},
        **_refusals(*ANYBODY, *AN_EDGE),
    }
    return _operation("snapshot", "What an edge needs to decide alone", answers, parameters=[since])


def _this_document():
    content = {"application/json": {"schema": {"type": "object"}}}
    answers = {"200": {"description": "OpenAPI 3.1", "content": content}}
    return _operation("openapi", "This document", answers, security=[])


class CampusOpenapi(Controller):
    """Tells programs what the routes take and give; no secret in it."""

    @route("/campus/v1/openapi.json", type="http", auth="none", methods=["GET"], save_session=False)
    def openapi(self):
        return Response(json.dumps(document(), ensure_ascii=False), content_type="application/json")


assert set(STATUS) <= set(errors.CODES)
