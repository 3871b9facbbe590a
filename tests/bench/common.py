"""What every benchmark shares: pgbench beside it, a server, medians of interleaved rounds, JSON.

A figure means little without what the machine can do at that moment. Each round therefore
runs pgbench (one prepared conditional debit + insert on 10,000 wallets, 20 clients, same
server, same settings, fsync on) and the benchmark's own load, one after the other, and
results are medians over the rounds and ratios to pgbench of the same rounds.
"""

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [
    str(ROOT / "tools"),
    str(ROOT / "tests"),
    str(ROOT / "addons" / "campus_card"),
    str(ROOT / "addons" / "campus_terminal"),
]

from campus_cli import databases, process

ROUNDS = 3
PGBENCH_CLIENTS = 20
PGBENCH_WALLETS = 10_000
PGBENCH_SCHEMA = f"""
CREATE TABLE bench_wallet (id int PRIMARY KEY, balance int NOT NULL CHECK (balance >= 0));
CREATE TABLE bench_debit (id bigserial PRIMARY KEY, wallet_id int NOT NULL, amount int NOT NULL,
                          made_at timestamptz NOT NULL DEFAULT now());
INSERT INTO bench_wallet SELECT n, 1000000000 FROM generate_series(1, {PGBENCH_WALLETS}) AS n;
"""
PGBENCH_SCRIPT = f"""\\set wallet random(1, {PGBENCH_WALLETS})
WITH debit AS (UPDATE bench_wallet SET balance = balance - 1250
                WHERE id = :wallet AND balance >= 1250 RETURNING id)
INSERT INTO bench_debit (wallet_id, amount) SELECT id, 1250 FROM debit;
"""


def arguments(description):
    """The options that every benchmark has."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--json", action="store_true", help="print one JSON object on stdout")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--seconds", type=float, default=5.0, help="length of one measurement")
    return parser


class Pgbench:
    """A database of its own on the same server, and the raw rate of single debits in it."""

    def __init__(self, server):
        self.server = server
        self.database = server.name(f"run_{os.getpid()}_pgbench")
        databases.drop(server, self.database)
        server.query(f'CREATE DATABASE "{self.database}"')
        server.query(PGBENCH_SCHEMA, self.database)

    def tps(self, seconds=5.0):
        """Debits per second right now."""
        with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
            script.write(PGBENCH_SCRIPT)
            script.flush()
            done = subprocess.run(
                [
                    self.server.program("pgbench"), "-n", "-M", "prepared", "-c", str(PGBENCH_CLIENTS),
                    "-j", "2", "-T", str(max(1, round(seconds))), "-f", script.name, self.database,
                ],
                env=process.clean_env(self.server.env()), capture_output=True, text=True, check=True,
            )  # fmt: skip
        return float(re.search(r"^tps = ([\d.]+)", done.stdout, re.MULTILINE)[1])

    def drop(self):
        """Remove the database."""
        databases.drop(self.server, self.database)


def percentile(values, share):
    """The value below which ``share`` (0..1) of the values lie; 0.0 for none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


def medians(rounds):
    """Rounds of runs (lists of dicts) -> one run each with the median of every number."""
    merged = []
    for runs in zip(*rounds, strict=True):
        merged.append(
            {
                key: max(run[key] for run in runs) if key == "errors" else _median(run[key] for run in runs)
                for key in runs[0]
            }
        )
    return merged


def _median(values):
    value = statistics.median(values)
    return round(value, 5) if isinstance(value, float) else value


def report(name, tps, runs, as_json, **extra):
    """Print the result: one JSON object, or a small table for people."""
    result = {"bench": name, "pgbench_tps": round(statistics.median(tps), 1), "runs": runs, **extra}
    if as_json:
        print(json.dumps(result))
        return
    print(f"{name}: pgbench {result['pgbench_tps']:.0f}/s")
    for run in runs:
        print("  " + "  ".join(f"{key} {value}" for key, value in run.items()))
