"""Edges without a program: keys, journals and signed batches, as ``docs/dev/edge_wire.md`` says."""

import gzip
import json
import secrets

import requests
from people import Crashed

from campus_core.credentials import signing
from campus_core.taps import wire

TIMEOUT_S = 60


class Machine:
    """An edge with its terminals: asks while it is online, keeps what it was told while it is not."""

    def __init__(self, world, name):
        self.world, self.name = world, name
        self.before = {}
        self.key = signing.generate(secrets.token_bytes)
        self.edge = ""
        self.journal, self.seq, self.head = world.uuid(), 0, wire.ZERO_HASH
        self.unsent = []
        self.last_batch = None
        self.snapshot = 0
        self.web = requests.Session()
        self.web.trust_env = False

    # -- life --------------------------------------------------------------------------

    def pair(self, code):
        """Become a machine of the campus with a code from the screen."""
        body = {
            "code": code,
            "public_key": signing.b64url_encode(self.key.public),
            "name": self.name,
            "version": "1",
        }
        answer = self._send("POST", "/campus/v1/pair", body, signed=False)
        self.edge = answer["edge"]

    def look(self):
        """Ask what has changed in the list of cards; its version is what told taps rest on."""
        path = f"/campus/v1/snapshot?since={self.snapshot}"
        answer = self.web.get(
            self.world.url + path, headers=self._headers("GET", path, b""), timeout=TIMEOUT_S
        )
        if answer.status_code != 200:
            raise Crashed(f"{path}: HTTP {answer.status_code}")
        body = answer.content
        if body[:2] == b"\x1f\x8b":
            body = gzip.decompress(body)
        self.snapshot = json.loads(body)["version"]

    # -- taps ----------------------------------------------------------------------------

    def ask_all(self, terminal, uids, minor):
        """Taps that the server decides, in one batch; their answers."""
        return self.send([self._entry(terminal, uid, minor, wire.ASK, None, None, None) for uid in uids])

    def balance(self, uid):
        """Hold a card to the balance display; the answer."""
        entry = self._entry("B01", uid, None, wire.ASK, None, None, None, purpose=wire.BALANCE)
        return self.send([entry])[0]

    def tell(self, terminal, uid, minor, card):
        """One tap that this edge grants alone, while it is cut off."""
        entry = self._entry(terminal, uid, minor, wire.TOLD, wire.GRANTED, "ok", "offline caps", card)
        self.unsent.append(entry)
        return entry

    def come_back(self, twice=False):
        """Send what was kept; the answers. ``twice``: the first answer got lost."""
        entries, self.unsent = self.unsent, []
        answers = self.send(entries)
        if twice:
            again = self._post(self.last_batch)["answers"]
            first = [(row["uuid"], row["outcome"], row["code"]) for row in answers]
            if first != [(row["uuid"], row["outcome"], row["code"]) for row in again]:
                raise Crashed("a batch that was sent again got other answers")
        return answers

    def send(self, entries):
        """Send entries that follow the journal's head."""
        first = entries[0]
        self.last_batch = {
            "journal": self.journal,
            "head_seq": entries[-1].seq,
            "prev": self.before[first.seq],
            "entries": [list(entry) for entry in entries],
        }
        return self._post(self.last_batch)["answers"]

    def _entry(self, terminal, uid, minor, mode, outcome, code, rule, card=None, purpose=wire.PAY):
        self.seq += 1
        self.before[self.seq] = self.head
        values = {
            "seq": self.seq, "kind": wire.TAP, "uuid": self.world.uuid(), "terminal": terminal,
            "at_ms": self.world.clock.ms(), "purpose": purpose, "credential": f"uid:{uid}", "card": card,
            "amount_minor": minor, "mode": mode, "outcome": outcome, "code": code, "rule": rule,
            "snapshot": self.snapshot,
        }  # fmt: skip
        entry = wire.TapEntry(**values)
        self.head = wire.chain_hash(self.head, entry)
        return entry

    # -- requests --------------------------------------------------------------------------

    def _post(self, values):
        return self._send("POST", "/campus/v1/taps", values)

    def _send(self, method, path, values, signed=True):
        body = json.dumps(values).encode()
        headers = self._headers(method, path, body) if signed else {}
        headers["Content-Type"] = "application/json"
        answer = self.web.request(
            method, self.world.url + path, data=body, headers=headers, timeout=TIMEOUT_S
        )
        if answer.status_code != 200:
            raise Crashed(f"{path}: HTTP {answer.status_code}: {answer.text[:300]}")
        return answer.json()

    def _headers(self, method, path, body):
        time_ms, nonce = str(self.world.clock.ms()), secrets.token_hex(16)
        return {
            "Campus-Edge": self.edge,
            "Campus-Time": time_ms,
            "Campus-Nonce": nonce,
            "Campus-Signature": signing.sign_request(self.key, self.edge, method, path, body, time_ms, nonce),
        }
