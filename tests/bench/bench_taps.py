"""Taps through the signed HTTP endpoint, and the same SQL without HTTP, against raw debits.

Each client is an edge of its own with one batch in flight, as a real edge has. Keys of a run:
``batch`` (taps per request), ``history_rows`` (earlier transfers), ``taps_per_s``,
``direct_per_s`` (the same batches handed to ``campus.taps`` in two processes without HTTP: the
limit of the schema and its code), ``ratio`` (to pgbench in the same round), ``share_of_direct``,
``p50_ms`` and ``p99_ms`` of a request, ``errors``.
"""

import itertools
import json
import multiprocessing
import os
import random
import secrets
import time
import uuid
from http.client import HTTPConnection
from urllib.parse import urlsplit

import common

from campus_core import signing, wire
from support.odoo import odoo_database, odoo_server

BATCHES = (1, 20, 100, 200)
HISTORIES = (10_000, 5_000_000)
EDGES = 20
CARDS = 10_000
PRICE_MINOR = 350
CLIENT_PROCESSES = 2
_COUNTER = itertools.count(1)


class EdgeClient:
    """One edge: its key, its journal, its connection."""

    def __init__(self, url, edge, cards, draw):
        self.host = urlsplit(url).netloc
        self.edge, self.cards, self.draw = edge, cards, draw
        self.key = signing.SigningKey(bytes.fromhex(edge["seed"]))
        self.connection = HTTPConnection(self.host, timeout=60)
        self.journal, self.seq, self.prev = str(uuid.uuid4()), 0, wire.ZERO_HASH

    def batch(self, size):
        """The body of the next request, as an edge's journal has it ready."""
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
        return {"journal": self.journal, "head_seq": self.seq, "prev": first, "entries": entries}

    def send(self, body):
        """Send one request; the answers. Raises when anything is not granted."""
        raw, path = json.dumps(body).encode(), "/campus/v1/taps"
        time_ms, nonce = str(time.time_ns() // 1_000_000), secrets.token_hex(16)
        headers = {
            "Content-Type": "application/json", "Campus-Edge": self.edge["uuid"], "Campus-Time": time_ms,
            "Campus-Nonce": nonce,
            "Campus-Signature": signing.sign_request(self.key, "POST", path, raw, time_ms, nonce),
        }  # fmt: skip
        self.connection.request("POST", path, raw, headers)
        response = self.connection.getresponse()
        answer = json.loads(response.read())
        if response.status != 200:
            raise RuntimeError(f"{response.status} {answer}")
        refused = [tap["code"] for tap in answer["answers"] if tap["outcome"] != "granted"]
        if refused:
            raise RuntimeError(f"refused: {refused[0]}")
        return answer["answers"]


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
        deadline = time.monotonic() + seconds
        for body in bodies:
            if time.monotonic() > deadline:
                break
            began = time.perf_counter()
            try:
                client.send(body)
            except Exception as error:  # every kind of failure counts, and is shown
                errors.append(f"{type(error).__name__}: {error}")
            else:
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
    prepared = max(4, int(40_000 * seconds / EDGES / size)) if size > 1 else 200
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
    wanted = {"uids": school["uids"], "edges": school["edges"][:2], "size": size, "seconds": seconds}
    output = odoo.script("taps_direct.py", "taps-direct", {"CAMPUS_TAPS": json.dumps(wanted)})
    line = next(line for line in output.splitlines() if line.startswith("DIRECT "))
    return json.loads(line.removeprefix("DIRECT "))["taps_per_s"]


def measure(args, ws, database, school, pgbench, history):
    """Runs of one size of history: ``(pgbench figures, list of rounds)``."""
    tps, rounds = [], []
    for _ in range(args.rounds):
        runs = []
        tps.append(pgbench.tps(args.seconds))
        with odoo_server(ws, database, "bench-taps", db_maxconn=16) as url:
            over_http(url, school, 20, 0.5)  # warm: registries, caches, plans
            for size in args.batches:
                runs.append(
                    {"batch": size, "history_rows": history, **over_http(url, school, size, args.seconds)}
                )
        for run in runs:
            run["direct_per_s"] = direct(ws.odoo(database), school, run["batch"], args.seconds)
            run["ratio"] = round(run["taps_per_s"] / tps[-1], 3)
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
