"""A small server that keeps to docs/dev/edge_wire.md, for the edge's tests: real HTTP, real checks.

It refuses wrong signatures, times and nonces, follows the chain of every journal, answers a tap
once and has a balance per card. Tests read ``charged`` and ``taps``, and make it slow, wrong or dead.
"""

import copy
import gzip
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from campus_core import errors
from campus_core.credentials import signing
from campus_core.taps import wire
from support import edge_websocket
from support.edge_campus import Campus


class Refused(Exception):
    def __init__(self, status, code, **values):
        super().__init__(code)
        self.status, self.code, self.values = status, code, values


class EdgeServer:
    """``with EdgeServer(campus, public_key) as server``: serves on 127.0.0.1 until the end."""

    edge = "11111111-2222-4333-8444-555555555555"

    def __init__(self, campus=None, public=b"", balance_minor=100_000):
        self.campus = campus or Campus()
        self.public = public
        self.balance_minor = balance_minor
        self.clock_ahead_ms = 0
        self.delay_ms = 0
        self.refuse = None
        self.spoil = None
        self.code = "PAIR1234"
        self.lock = threading.RLock()
        self.nonces, self.requests, self.batches, self.heartbeats = set(), [], [], []
        self.journals, self.finals, self.taps, self.charged, self.events = {}, {}, {}, {}, {}
        self.journal = None
        self.port = 0
        self.sockets = []
        #: Set before ``start``: speak TLS.
        self.tls = None

    def backup(self):
        """What a dump of its database holds."""
        kept = (self.journal, self.journals, self.finals, self.taps, self.charged)
        with self.lock:
            return copy.deepcopy(kept)

    def restore(self, kept):
        """Be as it was then."""
        with self.lock:
            self.journal, self.journals, self.finals, self.taps, self.charged = copy.deepcopy(kept)

    def push(self, states):
        """Tell every subscribed websocket that cards have changed, as Odoo's bus does."""
        payload = {"version": self.campus.version, "cards": states}
        message = [{"id": 1, "message": {"type": "campus_snapshot", "payload": payload}}]
        for link in list(self.sockets):
            link.send(0x1, json.dumps(message).encode())

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *error):
        self.stop()

    def start(self):
        """Begin to serve, on the port of before if there was one."""
        self._http = _Http(("127.0.0.1", self.port), _Handler)
        self._http.campus_server = self
        if self.tls:
            # each link shakes hands in its own thread
            self._http.socket = self.tls.wrap_socket(
                self._http.socket, server_side=True, do_handshake_on_connect=False
            )
        self.port = self._http.server_address[1]
        threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self):
        """Be gone: new connections are refused, kept ones are cut."""
        self._http.shutdown()
        self._http.server_close()
        self._http.cut()

    @property
    def url(self):
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self.port}"

    def now_ms(self):
        return int(time.time() * 1000) + self.clock_ahead_ms

    # -- requests --------------------------------------------------------------------------
    def handle(self, method, path, headers, body):
        """Return status, headers and body of the answer."""
        try:
            if self.delay_ms:
                time.sleep(self.delay_ms / 1000)
            if urlsplit(path).path == "/campus/v1/pair":
                return self._json(200, self._pair(json.loads(body)))
            self._check(method, path, headers, body)
            if self.refuse:
                raise self.refuse
            with self.lock:
                return self._route(method, urlsplit(path), body)
        except Refused as refused:
            values = {"code": refused.code, "message": errors.CODES.get(refused.code, ""), **refused.values}
            return self._json(refused.status, values)

    def _route(self, method, parts, body):
        self.requests.append((method, parts.path))
        if (method, parts.path) == ("POST", "/campus/v1/taps"):
            return self._json(200, self._taps(json.loads(body)))
        if (method, parts.path) == ("POST", "/campus/v1/heartbeat"):
            self.heartbeats.append(json.loads(body))
            head = {"journal": self.journal, "head_seq": max(self.journals.get(self.journal, [0]))}
            answer = {"snapshot": self.campus.version, "enabled": True, "interval_s": 30, **head}
            return self._json(200, answer)
        if (method, parts.path) == ("GET", "/campus/v1/snapshot"):
            return self._snapshot(int(parse_qs(parts.query).get("since", ["0"])[0]))
        raise Refused(404, "not_found")

    def _json(self, status, values):
        body = json.dumps({"server_time_ms": self.now_ms(), **values}).encode()
        return status, {"Content-Type": "application/json"}, body

    def _check(self, method, path, headers, body):
        time_ms, nonce = headers["Campus-Time"], headers["Campus-Nonce"]
        text = wire.signing_text(self.edge, method, path, body, time_ms, nonce)
        raw = signing.b64url_decode(headers["Campus-Signature"], 64)
        if headers["Campus-Edge"] != self.edge:
            raise Refused(401, "edge_unknown")
        if not signing.is_signed(self.public, text, raw):
            raise Refused(401, "signature_invalid")
        if abs(int(time_ms) - self.now_ms()) > wire.CLOCK_WINDOW_MS:
            raise Refused(401, "clock_outside_window")
        if nonce in self.nonces:
            raise Refused(401, "nonce_replayed")
        self.nonces.add(nonce)

    def _pair(self, values):
        if values["code"] != self.code:
            raise Refused(403, "pairing_code_invalid")
        self.code = None
        self.public = signing.b64url_decode(values["public_key"], 32)
        return {"edge": self.edge, "name": "Canteen", "keys": self.campus.ring.to_wire()}

    def _snapshot(self, since):
        if since == self.campus.version:
            return 304, {}, b""
        signature, body = self.campus.signed(since)
        return 200, {"Campus-Signature": signature, "Content-Encoding": "gzip"}, gzip.compress(body)

    # -- taps --------------------------------------------------------------------------------
    def _taps(self, values):
        before = (self.journal, max(self.journals.get(self.journal, [0])))
        self.journal = values["journal"]
        journal = self.journals.setdefault(self.journal, {0: wire.ZERO_HASH})
        entries = [wire.parse_entry(row) for row in values["entries"]]
        assert 1 <= len(entries) <= wire.MAX_ENTRIES
        if self.spoil:
            self.spoil(entries)
        previous, hashes = values["prev"], {entries[0].seq - 1: values["prev"]}
        for entry in entries:
            previous = hashes[entry.seq] = wire.chain_hash(previous, entry)
        gaps = (
            [(self.journal, max(journal) + 1, entries[0].seq - 1)]
            if entries[0].seq > max(journal) + 1
            else []
        )
        if before[0] not in (None, self.journal):
            gaps.append((before[0], before[1] + 1, wire.MAX_SEQ))
        wrong = [seq for seq, digest in hashes.items() if journal.get(seq, digest) != digest]
        if wrong:
            head = max(journal)
            raise Refused(409, "journal_fork", head_seq=head, head_hash=journal[head])
        journal.update(hashes)
        self.batches.append(len(entries))
        answers = [self._entry(entry) for entry in entries]
        more = {"gaps": [wire.Gap._make(gap)._asdict() for gap in gaps]} if gaps else {}
        return {"head_seq": max(journal), "snapshot": self.campus.version, "answers": answers, **more}

    def _entry(self, entry):
        kept = {wire.TAP: self.taps, wire.FINAL: self.finals}.get(entry.kind, self.events)
        if entry.uuid not in kept:
            kept[entry.uuid] = (entry, self._decide(entry))
        first, answer = kept[entry.uuid]
        assert first.content == entry.content, "the same uuid with other content"
        return {"uuid": entry.uuid, "seq": entry.seq, **answer}

    def _decide(self, entry):
        if entry.kind == wire.EVENT:
            return {"outcome": None, "code": entry.code}
        if entry.mode == wire.TOLD:
            if entry.purpose == wire.PAY and entry.outcome == wire.GRANTED:
                self.charged[entry.uuid] = entry.amount_minor
            elif entry.kind == wire.FINAL:
                self.charged.pop(entry.uuid, None)
            return {"outcome": entry.outcome, "code": entry.code}
        row = self.campus.cards.get(entry.card)
        state = row[2] if row else "unknown"
        if state != "active":
            code = {"unknown": "unknown_card", "lost": "card_lost"}.get(state, "card_not_active")
            return {"outcome": "refused", "code": code, "text": f"refused: {code}"}
        amount = entry.amount_minor or 0
        self.charged[entry.uuid] = amount
        spent = sum(self.charged.values())
        return {
            "outcome": "granted", "code": "ok", "amount_minor": amount, "name": row[5],
            "balance_minor": self.balance_minor - spent, "text": f"{amount} paid", "numbers": {},
        }  # fmt: skip


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, *args):
        self._links = set()
        super().__init__(*args)

    def process_request(self, request, client_address):
        self._links.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request):
        self._links.discard(request)
        super().shutdown_request(request)

    def cut(self):
        for link in list(self._links):
            self.shutdown_request(link)

    def handle_error(self, request, client_address):
        """A client that was cut off is no news."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def _serve(self):
        if self.headers.get("Upgrade") == "websocket":
            self.close_connection = True
            edge_websocket.serve(self)
            return
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        status, headers, answer = self.server.campus_server.handle(
            self.command, self.path, self.headers, body
        )
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    do_GET = do_POST = _serve

    def log_message(self, *args):
        """Tests are quiet."""
