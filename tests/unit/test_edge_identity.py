"""Pairing as the machine does it: one key per pairing, also when an earlier one was never answered."""

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from campus_core.credentials import signing
from campus_edge.server import identity

EDGE = "0190f3e0-0000-4000-8000-0000000000ed"
KEYS = [{"id": "k1", "public": signing.b64url_encode(bytes(range(32))), "state": "current"}]


class Server(HTTPServer):
    """A campus server that knows some keys already."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Pairing)
        self.known, self.offered = set(), []

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}"


class Pairing(BaseHTTPRequestHandler):
    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.offered.append(asked["public_key"])
        is_known = asked["public_key"] in self.server.known
        answer = {"code": "key_used"} if is_known else {"edge": EDGE, "name": "Library", "keys": KEYS}
        body = json.dumps(answer).encode()
        self.send_response(403 if is_known else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


@pytest.fixture
def server():
    with Server() as made:
        thread = threading.Thread(target=made.serve_forever)
        thread.start()
        yield made
        made.shutdown()
        thread.join()


def pair(server, folder):
    return identity.pair("CODE", server.url, folder, allow_plain_http=True, ca_file=None)


def unfinished(folder):
    """A key that was offered once and never answered."""
    key = signing.SigningKey(bytes(range(1, 33)))
    (folder / "edge.key.new").write_text(key.seed.hex())
    return signing.b64url_encode(key.public)


def test_a_pairing_that_was_never_answered_is_asked_again_with_its_key(server, tmp_path):
    public = unfinished(tmp_path)
    pair(server, tmp_path)
    assert server.offered == [public]


def test_a_key_that_the_server_has_seen_before_is_replaced_by_a_new_one(server, tmp_path):
    public = unfinished(tmp_path)
    server.known = {public}
    paired = pair(server, tmp_path)
    assert server.offered == [public, signing.b64url_encode(paired.identity.key.public)]
    assert identity.load(tmp_path).identity.key.public == paired.identity.key.public
