"""The network between an edge and the server: whole, cut, slow, stuttering or out of order.

It understands HTTP just enough to hold single requests back; the websocket is passed on or cut.
"""

import contextlib
import http.client
import random
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

WHOLE, CUT, LOSE_ANSWERS, SLOW, TWICE, SWAP = "whole", "cut", "lose_answers", "slow", "twice", "swap"
HELD_S = 0.4
NOT_PASSED_ON = {"connection", "transfer-encoding", "keep-alive", "content-length"}


class Line:
    """``with Line(port) as line``: ``line.url`` leads to ``port``; ``line.mode`` says how well."""

    def __init__(self, target):
        self.target, self.mode = target, WHOLE
        self._draw = random.Random(target)
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.line = self
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self):
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_error):
        self._server.shutdown()
        self._server.server_close()

    def ask(self, method, path, body, headers):
        """Pass one request on: ``(status, headers, body)``."""
        connection = http.client.HTTPConnection("127.0.0.1", self.target, timeout=30)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.getheaders(), answer.read()
        finally:
            connection.close()

    def carry(self, method, path, body, headers):
        """Carry a request as well as the line is; None where no answer comes back."""
        mode = self.mode
        if mode == CUT:
            return None
        if mode == SLOW:
            time.sleep(self._draw.uniform(0.2, 1.5))  # the slowness itself
        if mode == SWAP:
            # Some are overtaken by what is sent after them, also by their own repetition.
            time.sleep(self._draw.choice((0, HELD_S, 3 * HELD_S)))
        answer = self.ask(method, path, body, headers)
        if mode == TWICE:
            self.ask(method, path, body, headers)
        if mode == LOSE_ANSWERS or (mode == CUT and self._draw.random() < 0.5):
            return None
        return answer


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request, client_address):
        """A broken connection is this program's business, not an error."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_arguments):
        """Say nothing."""

    def _pass(self):
        line = self.server.line
        if self.headers.get("Upgrade", "").lower() == "websocket":
            self._tunnel(line)
            return
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)) or None
        headers = {name: value for name, value in self.headers.items() if name.lower() not in NOT_PASSED_ON}
        answer = None
        with contextlib.suppress(OSError, http.client.HTTPException):
            answer = line.carry(self.command, self.path, body, headers)
        if answer is None:
            self.close_connection = True
            with contextlib.suppress(OSError):
                self.connection.shutdown(socket.SHUT_RDWR)
            return
        status, found, content = answer
        self.send_response(status)
        for name, value in found:
            if name.lower() not in NOT_PASSED_ON:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = _pass

    def _tunnel(self, line):
        """The edge lives without its websocket: it asks instead. This line has none to give."""
        self.send_error(503)
