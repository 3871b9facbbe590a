"""Doors at edges: decisions with the rights of a large campus, memory, and how fast a lockdown is in force.

Keys of the run: ``holders``, ``doors``, ``rules``, ``decisions_per_s``, ``p99_ms``, ``p99_cpu_ms`` (the same without
the waits for a busy machine), ``load_s``, ``rss_mb`` (the most memory of the process), ``edges`` and
``lockdown_s``: from the push to the slowest refusal.
"""

import argparse
import gc
import json
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import common

HOLDERS, DOORS, RULES, PROFILES = 100_000, 40, 500, 400
DECISIONS = 20_000


def campus(holders):
    """A campus whose holders have three rules each, in few combinations."""
    from campus_core.access.types import HARD, Door, Passback, Rule, Site, Zone
    from campus_core.schedule import Schedule, Window
    from support.edge_doors import DoorCampus

    draw = random.Random(7)
    zones = {1: Zone(1)} | {
        n: Zone(n, 1 if n < 12 else n // 2, passback=Passback(HARD)) for n in range(2, 42)
    }
    doors = {
        n: Door(n, zones[n + 1].parent, n + 1, sides={"in": f"E{n:02}", "out": f"A{n:02}"})
        for n in range(1, DOORS + 1)
    }
    always = Schedule((Window(frozenset(range(7)), 0, 1440),), holidays="usual")
    rules = {
        n: Rule(
            n, f"Rule {n}", priority=n % 5, doors=frozenset(draw.sample(sorted(doors), 12)), schedule="always"
        )
        for n in range(1, RULES + 1)
    }
    made = DoorCampus(site=Site(doors=doors, zones=zones, rules=rules, schedules={"always": always}))
    profiles = [tuple(sorted(draw.sample(sorted(rules), 3))) for _ in range(PROFILES)]
    for door in doors.values():
        for code in door.sides.values():
            made.add_terminal(code, purpose="door", amount_minor=0)
    made.add_cards(range(1, holders + 1))
    for card in range(1, holders + 1):
        made.give(draw.choice(profiles), card)
    return made


def child(folder, holders):
    """Decide with the list in ``folder``; print the figures."""
    from campus_edge.snapshot.store import SnapshotStore
    from support.edge_campus import uid_of
    from support.edge_doors import DoorCampus, DoorEdge
    from support.edge_rig import KEY
    from support.edge_server import EdgeServer

    load, took = SnapshotStore.load, []

    def timed(self):
        began = time.perf_counter()
        load(self)
        took.append(time.perf_counter() - began)

    SnapshotStore.load = timed
    server = EdgeServer(DoorCampus(), KEY.public)
    server.start()
    server.stop()
    with DoorEdge(server, folder) as edge:
        edge.settled()
        # as the program does
        gc.freeze()
        taken, of_cpu, reasons = [], [], set()
        deciding = edge.edge.engine._deciding
        for _ in range(DECISIONS):
            credential, terminal = (
                f"uid:{uid_of(random.randint(1, holders))}",
                f"E{random.randint(1, DOORS):02}",
            )
            began, began_cpu = time.perf_counter_ns(), time.thread_time_ns()
            verdict = deciding.at_once(deciding.arrive(terminal, credential, None))
            taken.append(time.perf_counter_ns() - began)
            of_cpu.append(time.thread_time_ns() - began_cpu)
            reasons.add(verdict.code)
        if not {"ok", "access_no_right"} <= reasons:
            raise RuntimeError(f"not all outcomes: {reasons}")
        status = Path("/proc/self/status").read_text("ascii")
        run = {
            "holders": len(edge.edge.snapshot.access),
            "doors": DOORS,
            "rules": RULES,
            "decisions_per_s": round(len(taken) * 1e9 / sum(taken), 1),
            "p99_ms": round(common.percentile(taken, 0.99) / 1e6, 4),
            "p99_cpu_ms": round(common.percentile(of_cpu, 0.99) / 1e6, 4),
            "load_s": round(took[0], 3),
            "rss_mb": round(int(status.split("VmHWM:")[1].split()[0]) / 1024, 1),
        }
        print(json.dumps(run))


def main():
    """Run the benchmark and print its result."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--holders", type=int, default=HOLDERS)
    parser.add_argument("--edges", type=int, default=50)
    parser.add_argument("--child", type=Path, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.child:
        child(args.child, args.holders)
        return
    with tempfile.TemporaryDirectory(prefix="bench-access-") as name:
        folder = Path(name, "edge")
        (folder / "snapshot").mkdir(parents=True)
        signature, body = campus(args.holders).signed()
        (folder / "snapshot" / "full.snapshot").write_bytes(signature.encode() + b"\n" + body)
        command = [sys.executable, __file__, "--child", str(folder), "--holders", str(args.holders)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(done.stderr)
        from campus_core.taps import alone
        from support.edge_lockdown import slowest_refusal

        alone.DUPLICATE_MS = 0
        lockdown_s = slowest_refusal(Path(name), args.edges)
        print(json.dumps(json.loads(done.stdout) | {"edges": args.edges, "lockdown_s": round(lockdown_s, 3)}))


if __name__ == "__main__":
    main()
