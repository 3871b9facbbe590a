"""An edge as small as it can be: a key, signed requests, a websocket that hears of frozen cards."""

import json
import secrets
import time
import urllib.error
import urllib.request

import websocket

from campus_core.credentials import signing


class Edge:
    """Pairs with a real server and speaks to it over HTTP, as ``docs/dev/edge_wire.md`` says."""

    def __init__(self, url, uuid="", key=None):
        self.url, self.uuid = url, uuid
        self.key = key or signing.generate(secrets.token_bytes)

    @property
    def public_key(self):
        return signing.b64url_encode(self.key.public)

    def pair(self, code):
        """Pair with a one-time code; the server's answer."""
        body = {"code": code, "public_key": self.public_key, "name": "test", "version": "1"}
        status, answer = self.send("POST", "/campus/v1/pair", body, {})
        assert status == 200, answer
        self.uuid = answer["edge"]
        return answer

    def headers(self, method, path, body):
        """The four headers of a signed request."""
        time_ms, nonce = str(time.time_ns() // 1_000_000), secrets.token_hex(16)
        return {
            "Campus-Edge": self.uuid,
            "Campus-Time": time_ms,
            "Campus-Nonce": nonce,
            "Campus-Signature": signing.sign_request(self.key, self.uuid, method, path, body, time_ms, nonce),
        }

    def send(self, method, path, values=None, headers=None):
        """``(status, answer)``; ``headers`` replace the signed ones."""
        body = b"" if values is None else json.dumps(values).encode()
        headers = self.headers(method, path, body) if headers is None else headers
        request = urllib.request.Request(
            self.url + path, body if method == "POST" else None, headers, method=method
        )
        request.add_header("Content-Type", "application/json")
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                status, text = answer.status, answer.read()
        except urllib.error.HTTPError as error:
            status, text = error.code, error.read()
        return status, json.loads(text) if text else None

    def get(self, path):
        return self.send("GET", path)

    def post(self, path, values):
        return self.send("POST", path, values)

    def listen(self, channel):
        """A websocket that hears what is sent to ``channel`` from now on."""
        socket = websocket.create_connection(
            self.url.replace("http", "ws", 1) + "/websocket",
            timeout=30,
            header=["User-Agent:"],
            origin=self.url,
        )
        socket.send(json.dumps({"event_name": "subscribe", "data": {"channels": [channel], "last": 0}}))
        return socket


def heard(socket, kind):
    """The payload of the next notification of ``kind``."""
    while True:
        for notification in json.loads(socket.recv()):
            if notification["message"]["type"] == kind:
                return notification["message"]["payload"]
