"""The server's half of a websocket (RFC 6455), as much of it as Odoo's bus and the edge need."""

import base64
import hashlib
import json
import struct
import threading

_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


def serve(handler):
    """Answer the handshake as Odoo does, wait for the subscription, keep the link until it ends."""
    headers = handler.headers
    server = handler.server.campus_server
    assert handler.path == "/websocket", handler.path
    assert headers["Origin"] == server.url, "Odoo refuses a websocket without its Origin"
    # a browser's worker has a version; who has none must not look like a browser
    assert "User-Agent" not in headers
    digest = hashlib.sha1(headers["Sec-WebSocket-Key"].encode() + _GUID).digest()
    handler.send_response(101)
    handler.send_header("Upgrade", "websocket")
    handler.send_header("Connection", "Upgrade")
    handler.send_header("Sec-WebSocket-Accept", base64.b64encode(digest).decode())
    handler.end_headers()
    link = Link(handler.rfile, handler.wfile)
    asked = json.loads(link.receive()[1])
    assert asked == {
        "event_name": "subscribe",
        "data": {"channels": [server.campus.bus["channel"]], "last": 0},
    }
    server.sockets.append(link)
    try:
        while (frame := link.receive()) is not None and frame[0] != 0x8:
            if frame[0] == 0x9:
                link.send(0xA, frame[1])
    finally:
        server.sockets.remove(link)


class Link:
    """Frames on a socket; the client's are masked, ours are not."""

    def __init__(self, rfile, wfile):
        self._rfile, self._wfile, self._lock = rfile, wfile, threading.Lock()

    def receive(self):
        """Return opcode and payload, None at the end."""
        head = self._rfile.read(2)
        if len(head) < 2:
            return None
        length = head[1] & 0x7F
        if length > 125:
            length = struct.unpack(">H", self._rfile.read(2))[0]
        mask = self._rfile.read(4)
        data = self._rfile.read(length)
        return head[0] & 0x0F, bytes(byte ^ mask[n % 4] for n, byte in enumerate(data))

    def send(self, opcode, data):
        size = bytes([len(data)]) if len(data) < 126 else b"\x7e" + struct.pack(">H", len(data))
        with self._lock:
            self._wfile.write(bytes([0x80 | opcode]) + size + data)
            self._wfile.flush()
