"""What an edge sends of its readers: batches of taps, each chained to the one before."""

import json
import time
import uuid

from campus_core.taps import wire

PATH = "/campus/v1/taps"


class Journal:
    """Batches of taps with a bare UID, chained as an edge chains them."""

    def __init__(self, edge, database):
        self.edge, self.long_way = edge, {"X-Odoo-Database": database}
        self.journal, self.seq, self.head = str(uuid.uuid4()), 0, wire.ZERO_HASH

    def batch(self, size=1, **changes):
        """A body with the next taps; ``changes`` of each."""
        before, entries = self.head, []
        for _number in range(size):
            self.seq += 1
            entry = wire.TapEntry(
                self.seq, "tap", str(uuid.uuid4()), "SW01", int(time.time() * 1000), "pay",
                "uid:04E25A01", None, None, "ask", None, None, None, 0,
            )._replace(**changes)  # fmt: skip
            self.head = wire.chain_hash(self.head, entry)
            entries.append(entry)
        return {"journal": self.journal, "head_seq": self.seq, "prev": before, "entries": entries}

    def send(self, body, *, long_way=False, **headers):
        """``(status, answer)`` by the short way, or by Odoo's."""
        raw = json.dumps(body).encode()
        signed = {**self.edge.headers("POST", PATH, raw), **headers}
        return self.edge.send("POST", PATH, body, signed | (self.long_way if long_way else {}))

    def tap(self):
        """The answer to one more tap, asked again when it was one too many for a second."""
        body = self.batch()
        status, answer = self.send(body)
        while status == 429:
            time.sleep(answer["retry_after_ms"] / 1000)
            status, answer = self.send(body)
        assert status == 200, answer
        return answer["answers"][0]
