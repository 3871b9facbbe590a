"""How fast an edge decides at a door, alone, with 100,000 cards; and what it needs of memory.

Per round, in a process of its own: load the signed card list from the disk (``load_s``), decide about
random cards (credential, card, rule, caps: ``decisions_per_s``, ``p99_ms``), then whole taps by eight
readers with the journal synced to the disk before each answer (``tap_...``). ``rss_mb`` is the most
memory that the process ever had.
"""

import argparse
import json
import random
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from types import SimpleNamespace

sys.path.insert(0, str(Path(__file__).resolve().parent))
import common

from campus_cli import state, workspace
from campus_cli.console import Steps

CARDS = 100_000
READERS = 8
DOOR = "D01"


def make_list(folder, cards):
    """Write a signed card list as an edge keeps it."""
    from support.edge_campus import Campus

    campus = Campus()
    campus.add_cards(range(1, cards + 1))
    signature, body = campus.signed()
    (folder / "snapshot").mkdir()
    (folder / "snapshot" / "full.snapshot").write_bytes(signature.encode() + b"\n" + body)


def edge(folder):
    """An edge whose server is away, and how long it took to load its list, in seconds."""
    from campus_edge.snapshot.store import SnapshotStore
    from support.edge_campus import Campus
    from support.edge_rig import Rig

    load, took = SnapshotStore.load, []

    def timed(self):
        began = time.perf_counter()
        load(self)
        took.append(time.perf_counter() - began)

    SnapshotStore.load = timed
    server = SimpleNamespace(edge="", url="http://127.0.0.1:9", campus=Campus())
    return Rig(server, folder), took[0]


def decisions(engine, credentials, seconds):
    """Nanoseconds of each decision."""
    taken, deciding = [], engine._deciding
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        credential = random.choice(credentials)
        began = time.perf_counter_ns()
        verdict = deciding.at_once(deciding.arrive(DOOR, credential, None))
        taken.append(time.perf_counter_ns() - began)
        if verdict.code not in ("ok", "duplicate_tap"):
            raise RuntimeError(verdict.code)
    return taken


def taps(rig, credentials, seconds):
    """Nanoseconds of each whole tap of all readers."""
    taken = []
    end = time.perf_counter() + seconds

    def read():
        while time.perf_counter() < end:
            began = time.perf_counter_ns()
            answer = rig.present(DOOR, random.choice(credentials))
            taken.append(time.perf_counter_ns() - began)
            if answer.code not in ("ok", "duplicate_tap"):
                raise RuntimeError(answer.code)

    threads = [threading.Thread(target=read) for _ in range(READERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return taken


def child(folder, cards, seconds):
    """One run; prints it as JSON."""
    from support.edge_campus import uid_of

    rig, load_s = edge(folder)
    credentials = [f"uid:{uid_of(random.randint(1, cards))}" for _ in range(5_000)]
    decided = decisions(rig.engine, credentials, seconds)
    tapped = taps(rig, credentials, seconds)
    rig.journal.close()
    status = Path("/proc/self/status").read_text("ascii")
    run = {
        "cards": len(rig.snapshot),
        "decisions_per_s": round(len(decided) * 1e9 / sum(decided), 1),
        "p99_ms": round(common.percentile(decided, 0.99) / 1e6, 4),
        "load_s": round(load_s, 3),
        "rss_mb": round(int(status.split("VmHWM:")[1].split()[0]) / 1024, 1),
        "taps_per_s": round(len(tapped) / seconds, 1),
        "tap_p50_ms": round(common.percentile(tapped, 0.50) / 1e6, 3),
        "tap_p99_ms": round(common.percentile(tapped, 0.99) / 1e6, 3),
    }
    print(json.dumps(run))


def measure(cards, seconds):
    """One run in a process of its own."""
    with tempfile.TemporaryDirectory(prefix="bench-door-") as name:
        make_list(Path(name), cards)
        command = [
            sys.executable,
            __file__,
            "--child",
            name,
            "--cards",
            str(cards),
            "--seconds",
            str(seconds),
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(done.stderr)
        return json.loads(done.stdout)


def main():
    """Run the benchmark and print its result."""
    parser = common.arguments(__doc__)
    parser.add_argument("--cards", type=int, default=CARDS)
    parser.add_argument("--child", type=Path, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.child:
        child(args.child, args.cards, args.seconds)
        return
    with state.checkout_lock():
        server = workspace.prepare(Steps(workspace.STEPS)).server
    pgbench = common.Pgbench(server)
    rounds, tps = [], []
    try:
        for _ in range(args.rounds):
            tps.append(pgbench.tps(args.seconds))
            rounds.append([measure(args.cards, args.seconds)])
    finally:
        pgbench.drop()
    common.report("door", tps, common.medians(rounds), args.json)


if __name__ == "__main__":
    main()
