"""Taps through the signed HTTP endpoint, and the same SQL without HTTP, against raw debits.

Each client is an edge of its own with one batch in flight, as a real edge has. Keys of a run:
``batch`` (taps per request), ``history_rows`` (earlier transfers), ``taps_per_s``,
``direct_per_s`` (the same batches handed to ``campus.taps`` without HTTP, in as many processes: the
limit of the schema and its code), ``ratio`` (to ``pgbench_tps``, right before and after), ``share_of_direct``,
``p50_ms`` and ``p99_ms`` of a request, ``errors``.
"""

import itertools
import json
import multiprocessing
import os
import random
import secrets
import socket
import statistics
import time
import uuid
from urllib.parse import urlsplit

import common

from campus_core.credentials import signing
from campus_core.taps import wire
from support.odoo import odoo_database, odoo_server

BATCHES = (1, 20, 100, 200)
HISTORIES = (10_000, 5_000_000)
EDGES = 20
CARDS = 10_000
PRICE_MINOR = 350
CLIENT_PROCESSES = 2
# While one waits for the disk or a pocket, the others keep two cores busy.
WORKERS = 3
# Each worker reads its registry when it is first asked; plans follow, and the cards that it remembers.
WARM_S = 5.0
# What is answered between the ramp and the end counts: not what was begun before the end, and not how the
# last batches drain.
RAMP_S = 1.0
# A client takes the same two cores as the server: it is as lean as an edge could be.
HEAD = (
    "POST /campus/v1/taps HTTP/1.0\r\nContent-Type: application/json\r\nCampus-Edge: {}\r\nCampus-Time: {}\r\n"
    "Campus-Nonce: {}\r\nCampus-Signature: {}\r\nContent-Length: {}\r\n\r\n"
)
_COUNTER = itertools.count(1)


class EdgeClient:
    """One edge: its key, its journal, its connection."""

    def __init__(self, url, edge, cards, draw):
        address = urlsplit(url)
        self.address = address.hostname, address.port
        self.edge, self.cards, self.draw = edge, cards, draw
        self.key = signing.SigningKey(bytes.fromhex(edge["seed"]))
        self.journal, self.seq, self.prev = str(uuid.uuid4()), 0, wire.ZERO_HASH

    def batch(self, size):
        """The next request's body, made before the clock starts: an edge's work is not the server's."""
        first, entries = self.prev, []
        now_ms = time.time_ns() // 1_000_000
        for _number in range(size):
            self.seq += 1
            entry = wire.TapEntry(
                self.seq, "tap", uuid7(now_ms), self.edge["terminal"], now_ms, "pay",
                f"uid:{self.draw.choice(self.cards)}", None, None, "ask", None, None, None, 0,
            )  # fmt: skip
            self.prev = wire.chain_hash(self.prev, entry)
            entries.append(entry)
        body = {"journal": self.journal, "head_seq": self.seq, "prev": first, "entries": entries}
        return json.dumps(body).encode()

    def send(self, raw, size):
        """Sign and send one request and wait for the answer. Raises when anything is not granted."""
        time_ms, nonce = str(time.time_ns() // 1_000_000), secrets.token_hex(16)
        edge = self.edge["uuid"]
        signature = signing.sign_request(self.key, edge, "POST", "/campus/v1/taps", raw, time_ms, nonce)
        head = HEAD.format(self.edge["uuid"], time_ms, nonce, signature, len(raw))
        with (
            socket.create_connection(self.address, timeout=60) as connection,
            connection.makefile("rb") as got,
        ):
            connection.sendall(head.encode() + raw)
            status = got.readline()
            lines = list(iter(got.readline, b"\r\n"))
            length = next(int(line[15:]) for line in lines if line.lower().startswith(b"content-length:"))
            answer = got.read(length)
        if b" 200 " not in status or answer.count(b'"outcome":"granted"') != size:
            raise RuntimeError((status + answer[:500]).decode(errors="replace"))


def uuid7(now_ms):
    """A time-ordered uuid, as edges make them."""
    value = (now_ms & (1 << 48) - 1) << 80 | 7 << 76 | (next(_COUNTER) & 0xFFF) << 64 | 2 << 62
    return str(uuid.UUID(int=value | secrets.randbits(62)))


def _clients(url, edges, cards, size, seconds, prepared, start, results):
    """One process of clients, a thread each; the bodies are made before the clock starts."""
    import threading

    latencies, errors, taps = [], [], [0]

    def work(edge):
        client = EdgeClient(url, edge, cards, random.Random(edge["seed"]))
        bodies = [client.batch(size) for _ in range(prepared)]
        start.wait()
        opened = time.monotonic() + RAMP_S
        closed = opened + seconds
        for body in bodies:
            if time.monotonic() > closed:
                break
            began = time.perf_counter()
            try:
                client.send(body, size)
            except Exception as error:  # every kind of failure counts, and is shown
                errors.append(f"{type(error).__name__}: {error}")
                continue
            if opened <= time.monotonic() < closed:
                latencies.append(time.perf_counter() - began)
                taps[0] += size

    threads = [threading.Thread(target=work, args=(edge,)) for edge in edges]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    results.put((taps[0], latencies, errors, time.monotonic() - began))


def over_http(url, school, size, seconds):
    """Taps per second, latencies and errors of all edges at once."""
    context = multiprocessing.get_context("fork")
    start, results = context.Barrier(EDGES), context.Queue()
    prepared = max(4, int(30_000 * (seconds + RAMP_S) / EDGES / size)) if size > 1 else 300
    shares = [school["edges"][n::CLIENT_PROCESSES] for n in range(CLIENT_PROCESSES)]
    workers = [
        context.Process(
            target=_clients, args=(url, share, school["uids"], size, seconds, prepared, start, results)
        )
        for share in shares
    ]
    for worker in workers:
        worker.start()
    found = [results.get(timeout=300) for _ in workers]
    for worker in workers:
        worker.join()
    for message in sorted({text for _t, _l, errors, _e in found for text in errors})[:3]:
        print(f"error at batch {size}: {message}", file=common.sys.stderr)
    latencies = list(itertools.chain.from_iterable(latencies for _t, latencies, _e, _s in found))
    return {
        "taps_per_s": round(sum(taps for taps, *_rest in found) / seconds, 1),
        "p50_ms": round(common.percentile(latencies, 0.50) * 1000, 1),
        "p99_ms": round(common.percentile(latencies, 0.99) * 1000, 1),
        "errors": sum(len(errors) for _t, _l, errors, _s in found),
    }


def direct(odoo, school, size, seconds):
    """Taps per second of the same batches without HTTP, in as many processes as workers."""
    wanted = {"uids": school["uids"], "edges": school["edges"][:WORKERS], "size": size, "seconds": seconds}
    output = odoo.script("taps_direct.py", "taps-direct", {"CAMPUS_TAPS": json.dumps(wanted)})
    line = next(line for line in output.splitlines() if line.startswith("DIRECT "))
    return json.loads(line.removeprefix("DIRECT "))["taps_per_s"]


def measure(args, ws, database, school, pgbench, history):
    """Runs of one size of history: ``(pgbench figures, list of rounds)``."""
    tps, rounds = [], []
    for _ in range(args.rounds):
        runs = []
        with odoo_server(ws, database, "bench-taps", workers=WORKERS, db_maxconn=16) as url:
            over_http(url, school, max(args.batches), WARM_S)
            raw = [pgbench.tps(args.seconds)]
            for size in args.batches:
                run = {"batch": size, "history_rows": history, **over_http(url, school, size, args.seconds)}
                # a machine's speed changes within a minute: what counts is pgbench before and after
                raw.append(pgbench.tps(args.seconds))
                runs.append({**run, "pgbench_tps": statistics.mean(raw[-2:])})
        tps += raw
        for run in runs:
            run["direct_per_s"] = direct(ws.odoo(database), school, run["batch"], args.seconds)
            run["ratio"] = round(run["taps_per_s"] / run["pgbench_tps"], 3)
            run["share_of_direct"] = round(run["taps_per_s"] / run["direct_per_s"], 3)
        rounds.append(runs)
    return tps, rounds


def main():
    """Run the benchmark and print its result."""
    parser = common.arguments(__doc__)
    parser.add_argument("--batches", type=int, nargs="+", default=BATCHES)
    parser.add_argument("--histories", type=int, nargs="+", default=HISTORIES)
    args = parser.parse_args()
    os.environ.pop("NO_COLOR", None)
    all_tps, runs = [], []
    with odoo_database("bench_taps") as (ws, database):
        pgbench = common.Pgbench(ws.server)
        try:
            for history in args.histories:
                wanted = {"cards": CARDS, "edges": EDGES, "price_minor": PRICE_MINOR, "history": history}
                output = ws.odoo(database).script(
                    "load_taps.py", "load-taps", {"CAMPUS_SCHOOL": json.dumps(wanted)}
                )
                line = next(line for line in output.splitlines() if line.startswith("SCHOOL "))
                school = json.loads(line.removeprefix("SCHOOL "))
                tps, rounds = measure(args, ws, database, school, pgbench, history)
                all_tps += tps
                runs += common.medians(rounds)
        finally:
            pgbench.drop()
    common.report("taps", all_tps, runs, args.json)


if __name__ == "__main__":
    main()
