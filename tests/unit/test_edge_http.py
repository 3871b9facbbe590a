"""Signed requests: one connection for all, a deadline on everything, clear ends."""

import socket
import threading
import time

import pytest

from campus_edge.clock.clock import Clock
from campus_edge.server.http import SNAPSHOT_PATH, Connection, Identity, ServerRefused, ServerUnreachable
from support.edge_campus import Campus
from support.edge_rig import KEY
from support.edge_server import EdgeServer, Refused

BEAT = "/campus/v1/heartbeat"


@pytest.fixture
def server():
    with EdgeServer(Campus(), KEY.public) as running:
        yield running


def connect(url, clock=None):
    return Connection(Identity(EdgeServer.edge, "Canteen", url, KEY), clock or Clock())


def test_all_requests_take_one_connection_also_after_empty_answers(server):
    connection = connect(server.url)
    links = []
    process = server._http.process_request
    server._http.process_request = lambda *args: (links.append(1), process(*args))
    path = f"{SNAPSHOT_PATH}?since={server.campus.version}"
    for _ in range(5):
        assert connection.request("GET", path).status == 304
        assert connection.request("POST", BEAT, b"{}").json()["enabled"]
    assert len(links) == 1


def test_a_kept_connection_that_the_server_has_closed_is_opened_again(server):
    connection = connect(server.url)
    connection.request("POST", BEAT, b"{}")
    server._http.cut()
    assert connection.request("POST", BEAT, b"{}").status == 200


def test_a_path_before_the_routes_is_part_of_what_is_signed(server):
    connection = connect(f"{server.url}/sub/")
    with pytest.raises(ServerRefused) as caught:
        connection.request("POST", BEAT, b"{}")
    # the signature was good, the server has no such path
    assert caught.value.status == 404


def test_a_wrong_clock_is_set_by_the_refusal_and_asked_again(server):
    server.clock_ahead_ms = -3_600_000
    clock = Clock()
    assert connect(server.url, clock).request("POST", BEAT, b"{}").status == 200
    assert abs(clock.drift_ms + 3_600_000) < 2000


def test_a_refusal_has_its_code_and_numbers(server):
    server.refuse = Refused(429, "rate_limited", retry_after_ms=700)
    with pytest.raises(ServerRefused) as caught:
        connect(server.url).request("POST", BEAT, b"{}")
    assert (caught.value.code, caught.value.number("retry_after_ms")) == ("rate_limited", 700)
    assert caught.value.number("code") == 0


def test_another_key_is_refused(server):
    server.public = bytes(32)
    with pytest.raises(ServerRefused) as caught:
        connect(server.url).request("POST", BEAT, b"{}")
    assert caught.value.code == "signature_invalid"


@pytest.mark.parametrize(
    "answer",
    [
        b"", b"nonsense\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]",
        b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 4\r\n\r\n<p/>",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}",
        b"HTTP/1.1 302 Found\r\nLocation: /web\r\nContent-Length: 0\r\n\r\n",
    ],
    ids=["nothing", "noise", "list", "proxy", "cut off", "no gzip", "redirect"],
)  # fmt: skip
def test_whatever_else_answers_is_no_server(answer):
    with _answering(answer) as url, pytest.raises(ServerUnreachable):
        connect(url).request("POST", BEAT, b"{}", 2000)


def test_an_answer_that_trickles_ends_at_the_deadline():
    with _answering(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", trickle=True) as url:
        began = time.monotonic()
        with pytest.raises(ServerUnreachable):
            connect(url).request("POST", BEAT, b"{}", 600)
        # all of it would take 100 s
        assert time.monotonic() - began < 10


def test_nobody_there_is_said_at_once():
    with socket.socket() as deaf:
        # Bound, so that nobody else gets the port, and not listening.
        deaf.bind(("127.0.0.1", 0))
        with pytest.raises(ServerUnreachable):
            connect(f"http://127.0.0.1:{deaf.getsockname()[1]}").request("POST", BEAT, b"{}", 5000)


class _answering:
    """A server that says the same to everybody, whatever they ask."""

    def __init__(self, answer, trickle=False):
        self._answer, self._trickle = answer, trickle
        self._end = threading.Event()

    def __enter__(self):
        self._listener = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._serve, daemon=True).start()
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def __exit__(self, *error):
        self._end.set()
        self._listener.close()

    def _serve(self):
        while not self._end.is_set():
            try:
                link, _address = self._listener.accept()
                link.recv(65536)
                link.sendall(self._answer)
                while self._trickle and not self._end.wait(0.1):
                    link.sendall(b"x")
                link.close()
            except OSError:
                continue
