"""An edge without readers, and tills that speak HTTP, for the tests of the LAN service."""

import contextlib
import json
import socket
import ssl
import threading
import time
from unittest import mock

from campus_edge.lan import routes
from campus_edge.lan.config import LanConfig
from campus_edge.lan.server import LanServer

POS = "https://pos.example"
REFUSED_DELAY_MS = routes.REFUSED_DELAY_MS
DEADLINE_S = 30


class Edge:
    """A ``Feed`` whose taps are made by the test."""

    def __init__(self, *terminals, **status):
        self._terminals, self._status, self._takes = terminals or ("T01",), status, []

    def status(self):
        return self._status

    def terminals(self):
        return self._terminals

    def muster(self):
        return None

    def subscribe(self, take):
        self._takes.append(take)
        return lambda: self._takes.remove(take)

    def tap(self, credential, terminal="T01"):
        """Show a card; says whether a till was there."""
        assert self._takes, "nobody has subscribed"
        (take,) = self._takes
        return take(terminal, credential)


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def result(self):
        return self.json["result"]


class Till:
    """One connection of a browser; every method may be called again on it."""

    def __init__(self, port, origin=POS, seat="", host=None, tls=None):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=DEADLINE_S)
        if tls:
            self.socket = tls.wrap_socket(self.socket, server_hostname="localhost")
        self.file = self.socket.makefile("rb")
        self.origin, self.seat, self.host = origin, seat and f"/{seat}", host or f"127.0.0.1:{port}"
        self.calls = 0

    def raw(self, data):
        self.socket.sendall(data)
        return self.read()

    def send(self, method, path, body=b"", **headers):
        lines = [f"{method} {path} HTTP/1.1", f"Host: {self.host}"]
        lines += [f"Origin: {self.origin}"] if self.origin else []
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        lines += [f"Content-Length: {len(body)}"] if body or method == "POST" else []
        self.socket.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + body)

    def read(self):
        status_line = self.file.readline()
        if not status_line:
            return None
        headers = {}
        while (line := self.file.readline().strip()) != b"":
            name, _, value = line.decode().partition(":")
            headers[name.lower()] = value.strip()
        body = self.file.read(int(headers.get("content-length", 0)))
        return Answer(int(status_line.split()[1]), headers, body)

    def ask(self, method, path, body=b"", **headers):
        self.send(method, path, body, **headers)
        return self.read()

    def send_call(self, name):
        """The POS asks the hardware proxy, as ``rpc()`` in the browser writes it."""
        self.calls += 1
        body = {"id": self.calls, "jsonrpc": "2.0", "method": "call", "params": {}}
        path = f"{self.seat}/hw_proxy/{name}"
        self.send("POST", path, json.dumps(body).encode(), Content_Type="application/json")

    def call(self, name):
        self.send_call(name)
        return self.read()

    def close(self):
        self.file.close()
        self.socket.close()


class Scans:
    """A till that asks for scans in a thread, like the page of the POS does, until it is closed."""

    def __init__(self, till):
        self.till, self.got = till, []
        self._thread = threading.Thread(target=self._poll, daemon=True)
        self._thread.start()

    def _poll(self):
        with contextlib.suppress(OSError, ValueError):
            while answer := self.till.call("scanner"):
                if answer.result:
                    self.got.append(answer.result)


@contextlib.contextmanager
def lan(edge, refused_delay_ms=10, **settings):
    """A running service for ``edge`` that refuses faster than in earnest."""
    config = LanConfig(**{"port": 0, "origins": (POS,), **settings})
    with (
        mock.patch.object(routes, "REFUSED_DELAY_MS", refused_delay_ms),
        LanServer(config, edge) as server,
    ):
        yield server


def until(condition):
    """Wait until ``condition()`` is true."""
    deadline = time.monotonic() + DEADLINE_S
    while not condition():
        assert time.monotonic() < deadline, "it has not come true"
        time.sleep(0.01)


def trusting(cert_file):
    """TLS that trusts this certificate only."""
    return ssl.create_default_context(cafile=cert_file)
