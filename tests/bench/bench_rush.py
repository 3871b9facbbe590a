"""200 people tap at once: 4 edges with 50 readers each, a real Odoo behind them.

Everything is as in a canteen: the program ``campus-edge`` four times, paired; readers that send the
frame of a card over a socket; Odoo with two workers. A round puts a card on all readers at the same
moment. ``p50_ms`` and ``p99_ms`` run from the frame to the answer that the reader is told (the time
in the edge's log); ``server_share`` of the answers came from the server in time, the others from the edge.
``batch_p50_ms`` and ``batch_p99_ms`` are what the server's part of it took, per request.
``lost`` are granted taps that the ledger does not have in the end, ``doubled`` those it has twice.
"""

import json
import os
import selectors
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from datetime import datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import common

from campus_cli.paths import PURE_PATH
from campus_edge.protocols import rdm6300
from support.odoo import odoo_database, odoo_server

EDGES, READERS, ROUNDS = 4, 50, 20
PRICE_MINOR = 350
#: Between two rounds: longer than what makes two taps of a card one.
PAUSE_S = 3.2
READY_S, ROUND_S, SENT_S = 60, 20, 60
#: Reading the logs takes the same two cores: not while people wait for their lamps.
LOOK_AFTER_S = 0.5


class Readers:
    """Sockets of simulated RDM6300 readers; an edge is connected to each."""

    def __init__(self, count):
        self._listeners = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
        self.ports = [listener.getsockname()[1] for listener in self._listeners]
        self._links = {}

    def connect(self):
        """Take the edges' connections; True when every reader has one."""
        with selectors.DefaultSelector() as ready:
            for number, listener in enumerate(self._listeners):
                ready.register(listener, selectors.EVENT_READ, number)
            end = time.monotonic() + READY_S
            while len(self._links) < len(self.ports) and time.monotonic() < end:
                for key, _events in ready.select(0.2):
                    link = key.fileobj.accept()[0]
                    link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    self._links[key.data] = link
        return len(self._links) == len(self.ports)

    def tap(self, uids):
        """Send a card's frame on every reader; the time of each, seconds since 1970."""
        frames = [rdm6300.encode(0, int(uid, 16), "rdm6300") for uid in uids]
        times = []
        for number, frame in enumerate(frames):
            times.append(time.time())
            self._links[number].sendall(frame)
        return times

    def close(self):
        for link in (*self._listeners, *self._links.values()):
            link.close()


class EdgeProcess:
    """One ``campus-edge``: its folder, its process, its log."""

    def __init__(self, folder, url, school, ports):
        self.folder, self._process, self._read = folder, None, 0
        self.batches = []
        readers = "".join(
            f'[[reader]]\nterminal = "{code}"\ndriver = "rdm6300"\nurl = "socket://127.0.0.1:{port}"\n'
            for code, port in zip(school["terminals"], ports, strict=True)
        )
        (folder / "edge.toml").write_text(f'[edge]\nstate_folder = "state"\n{readers}', "utf-8")
        self._call("pair", school["code"], url)

    def start(self):
        with (self.folder / "log").open("wb") as log:
            self._process = subprocess.Popen(self._command("run"), env=self._env(), stdout=log, stderr=log)

    def taps(self):
        """The taps that the log has gained since the last call."""
        with (self.folder / "log").open("rb") as log:
            log.seek(self._read)
            lines = log.read().splitlines(keepends=True)
        whole = [line for line in lines if line.endswith(b"\n")]
        self._read += sum(map(len, whole))
        rows = list(map(json.loads, whole))
        self.batches += [row for row in rows if row["message"] == "batch"]
        return [row for row in rows if row["message"] == "tap"]

    def status(self):
        path = self.folder / "state" / "status.json"
        return json.loads(path.read_text("utf-8")) if path.exists() else {}

    def stop(self):
        if self._process:
            self._process.terminate()
            self._process.wait(30)

    def _call(self, *arguments):
        subprocess.run(self._command(*arguments), env=self._env(), check=True, capture_output=True)

    def _command(self, *arguments):
        return [sys.executable, "-m", "campus_edge", "--config", str(self.folder / "edge.toml"), *arguments]

    @staticmethod
    def _env():
        return {**os.environ, "PYTHONPATH": PURE_PATH}


def until(true, timeout_s, what):
    """Wait until ``true()``."""
    end = time.monotonic() + timeout_s
    while not true():
        if time.monotonic() > end:
            raise RuntimeError(f"in vain: {what}")
        time.sleep(0.05)


def play(edges, readers, uids, rounds):
    """All rounds: latencies in ms, and the log's taps."""
    latencies, all_taps = [], []
    for _number in range(rounds):
        for edge in edges:
            edge.taps()
        times = readers.tap(uids)
        done = {}

        def gather(done=done):
            for edge in edges:
                done.update((row["terminal"], row) for row in edge.taps())
            return len(done) == len(uids)

        time.sleep(LOOK_AFTER_S)
        until(gather, ROUND_S, "every reader answers")
        for sent, code in zip(times, CODES, strict=True):
            answered = datetime.fromisoformat(done[code]["at"]).timestamp()
            latencies.append((answered - sent) * 1000)
        all_taps += done.values()
        time.sleep(PAUSE_S)
    return latencies, all_taps


CODES = []


def rush(folder, url, school, readers, rounds):
    """The edges at work: latencies in ms, the log's taps, the log's batches."""
    edges = []
    try:
        for number, known in enumerate(school["edges"]):
            (folder / str(number)).mkdir()
            ports = readers.ports[number * READERS : (number + 1) * READERS]
            edges.append(EdgeProcess(folder / str(number), url, known, ports))
            CODES.extend(known["terminals"])
        for edge in edges:
            edge.start()
        if not readers.connect():
            raise RuntimeError("not every reader is connected")
        until(lambda: all(e.status().get("state") == "online" for e in edges), READY_S, "edges are online")
        play(edges, readers, school["uids"], 1)  # warm: workers, plans
        for edge in edges:
            edge.batches.clear()
        latencies, taps = play(edges, readers, school["uids"], rounds)
        until(lambda: all(e.status().get("queue") == 0 for e in edges), SENT_S, "everything is sent")
        return latencies, taps, [row["took_ms"] for edge in edges for row in edge.batches]
    finally:
        for edge in edges:
            edge.stop()
        readers.close()


def measure(ws, database, school, rounds):
    """The whole rush against a running Odoo; one run's numbers."""
    readers = Readers(EDGES * READERS)
    with (
        tempfile.TemporaryDirectory(prefix="bench-rush-") as name,
        odoo_server(ws, database, "bench-rush") as url,
    ):
        latencies, taps, batches_ms = rush(Path(name), url, school, readers, rounds)
    granted = {row["tap"] for row in taps if row["outcome"] == "granted"}
    rows = ws.server.query(
        "SELECT uuid, count(*) FROM campus_transfer WHERE kind = 'purchase' GROUP BY 1", database
    )
    charged = Counter({uuid: int(count) for uuid, count in rows})
    return {
        "readers": EDGES * READERS,
        "edges": EDGES,
        "rounds": rounds,
        "p50_ms": round(common.percentile(latencies, 0.50), 1),
        "p99_ms": round(common.percentile(latencies, 0.99), 1),
        "server_share": round(sum(not row["offline"] for row in taps) / len(taps), 4),
        "batches": len(batches_ms),
        "batch_p50_ms": common.percentile(batches_ms, 0.50),
        "batch_p99_ms": common.percentile(batches_ms, 0.99),
        "lost": len(granted - set(charged)),
        "doubled": sum(count > 1 for count in charged.values()),
        "errors": len(taps) - len(granted),
    }


def main():
    """Run the benchmark and print its result."""
    parser = common.arguments(__doc__)
    parser.set_defaults(rounds=ROUNDS)
    args = parser.parse_args()
    wanted = {
        "edges": EDGES, "terminals": READERS, "cards": EDGES * READERS, "price_minor": PRICE_MINOR,
    }  # fmt: skip
    with odoo_database("bench_rush") as (ws, database):
        output = ws.odoo(database).script("load_rush.py", "load-rush", {"CAMPUS_RUSH": json.dumps(wanted)})
        line = next(line for line in output.splitlines() if line.startswith("RUSH "))
        pgbench = common.Pgbench(ws.server)
        try:
            tps = [pgbench.tps(args.seconds)]
            run = measure(ws, database, json.loads(line.removeprefix("RUSH ")), args.rounds)
            tps.append(pgbench.tps(args.seconds))
        finally:
            pgbench.drop()
    common.report("rush", tps, [run], args.json)


if __name__ == "__main__":
    main()
