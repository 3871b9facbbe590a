import json
import secrets
import uuid

from odoo.addons.campus_card.campus_core.credentials import signing
from odoo.tests import HttpCase

from ..edge_http import server_time_ms


class SignedClient:
    """Signs requests as an edge does; every part of one can be given instead."""

    def __init__(self, case, edge_uuid, key):
        self.case, self.edge_uuid, self.key = case, edge_uuid, key

    def headers(self, method, path, body=b"", **parts):
        time_ms = str(parts.get("time_ms", server_time_ms()))
        nonce = parts.get("nonce") or secrets.token_hex(16)
        edge = parts.get("signed_edge", parts.get("edge_uuid", self.edge_uuid))
        return {
            "Content-Type": "application/json",
            "Campus-Edge": parts.get("edge_uuid", self.edge_uuid),
            "Campus-Time": time_ms,
            "Campus-Nonce": nonce,
            "Campus-Signature": parts.get("signature")
            or signing.sign_request(self.key, edge, method, path, parts.get("signed", body), time_ms, nonce),
        }

    def get(self, path, headers=None, **parts):
        return self.case.url_open(path, headers=self.headers("GET", path, **parts) | (headers or {}))

    def post(self, path, values, **parts):
        body = values if isinstance(values, bytes) else json.dumps(values).encode()
        return self.case.url_open(
            path, data=body, headers=self.headers("POST", path, body, **parts), method="POST"
        )


class EdgeHttpCase(HttpCase):
    """An edge with its key that speaks to the server over HTTP."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.key = signing.generate(secrets.token_bytes)
        cls.edge = cls.new_edge(cls.key)

    def setUp(self):
        super().setUp()
        self.client = SignedClient(self, self.edge.uuid, self.key)

    @classmethod
    def new_edge(cls, key, **values):
        return cls.env["campus.edge"].create(
            {
                "name": "Canteen edge",
                "uuid": str(uuid.uuid4()),
                "state": "active",
                "public_key": signing.b64url_encode(key.public),
                **values,
            }
        )

    def assert_refused(self, response, status, code):
        """A refusal with its code and the server's time."""
        self.assertEqual((response.status_code, response.json().get("code")), (status, code), response.text)
        self.assertIsInstance(response.json()["server_time_ms"], int)
