"""What the routes of edges say on HTTP's own level, by the short way and by Odoo's."""

import http.client
import json
import socket
import uuid
from urllib.parse import urlsplit

import pytest

from campus_core.taps import wire
from support.edge import Edge

PATH = "/campus/v1/taps"
SETUP = """
env.company._campus_setup()
code = env["campus.edge"].create({"name": "HTTP"})._new_pairing_code()
env.cr.commit()
answer = code
"""


@pytest.fixture(scope="module")
def edge(server):
    """An edge that was paired over HTTP."""
    edge = Edge(server.url)
    edge.pair(server.run(SETUP))
    yield edge
    server.query("DELETE FROM campus_edge_failure")


@pytest.fixture(params=["short", "Odoo's"])
def way(server, request):
    """Headers that choose a way."""
    return {} if request.param == "short" else {"X-Odoo-Database": server.database}


def raw(server, headers, body):
    """``(status, headers, answer)`` of a POST whose body goes out as it is, chunks and all."""
    parts = urlsplit(server.url)
    lines = [f"POST {PATH} HTTP/1.1", f"Host: {parts.netloc}", "Connection: close",
             *(f"{name}: {value}" for name, value in headers.items())]  # fmt: skip
    with socket.create_connection((parts.hostname, parts.port), timeout=60) as link:
        link.sendall("\r\n".join([*lines, "", ""]).encode() + body)
        answer = http.client.HTTPResponse(link)
        answer.begin()
        return answer.status, dict(answer.getheaders()), json.loads(answer.read())


@pytest.mark.parametrize("chunk", [b"zz\r\n{}\r\n0\r\n\r\n", b"-5\r\n{}\r\n0\r\n\r\n"])
def test_a_bad_chunk_size_is_malformed(server, edge, way, chunk):
    signed = edge.headers("POST", PATH, b"{}") | {"Transfer-Encoding": "chunked"}
    status, _headers, answer = raw(server, signed | way, chunk)
    assert (status, answer["code"], answer["field"]) == (400, "malformed", "body")
    assert isinstance(answer["server_time_ms"], int)


def test_a_good_chunked_body_is_read(server, edge, way):
    body = batch()
    signed = edge.headers("POST", PATH, body) | {"Transfer-Encoding": "chunked"}
    chunks = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
    assert raw(server, signed | way, chunks)[0] == 200


def batch():
    """A journal with one tap at a terminal that nobody knows."""
    entry = [1, "tap", str(uuid.uuid4()), "X", 1, "pay", "uid:04E25A99", None, 1, "ask", None, None, None, 0]
    values = {"journal": str(uuid.uuid4()), "prev": wire.ZERO_HASH, "head_seq": 1, "entries": [entry]}
    return json.dumps(values).encode()


@pytest.mark.parametrize("is_signed", [True, False])
def test_no_answer_is_taken_for_anything_but_json(server, edge, way, is_signed):
    body = batch()
    signed = edge.headers("POST", PATH, body) if is_signed else {}
    status, headers, _answer = raw(server, signed | way | {"Content-Length": str(len(body))}, body)
    assert status == (200 if is_signed else 401)
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Type"] == "application/json"


@pytest.mark.parametrize(
    ("path", "methods"),
    [
        ("taps", "POST, OPTIONS"),
        ("heartbeat", "POST, OPTIONS"),
        ("pair", "POST, OPTIONS"),
        ("snapshot", "GET, OPTIONS"),
    ],
)
def test_options_says_which_methods_there_are(server, path, methods):
    parts = urlsplit(server.url)
    link = http.client.HTTPConnection(parts.hostname, parts.port, timeout=60)
    link.request("OPTIONS", f"/campus/v1/{path}")
    answer = link.getresponse()
    assert (answer.status, answer.getheader("Allow"), answer.read()) == (204, methods, b"")
    link.close()
