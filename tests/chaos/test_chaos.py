"""A short run of `./campus chaos`: each kind of fault at least once; the long one is run by hand."""

import json
import subprocess
import sys
from pathlib import Path

CHAOS = Path(__file__).resolve().parent / "chaos.py"
# What must be 0, see `BAD` of the program.
MONEY = ("lost", "doubled", "sum_minor", "undetected_gaps", "unsent")
DOORS = (
    "passages_lost", "passages_doubled", "passages_among_taps", "positions_differ", "let_through", "lockdowns_lost",
    "lockdowns_twice", "lockdowns_not_obeyed", "open_in_lockdown", "shut_after_lockdown",
)  # fmt: skip


def test_nothing_is_lost_or_doubled_while_everything_is_killed():
    done = subprocess.run(
        [sys.executable, CHAOS, "--json", "--faults", "20"],
        capture_output=True, text=True, timeout=290, check=False,
    )  # fmt: skip
    assert done.stdout, done.stderr
    result = json.loads(done.stdout)
    wanted = dict.fromkeys((*MONEY, *DOORS), 0)
    assert {key: result[key] for key in wanted} == wanted, (result, done.stderr)
    assert result["faults"] == 20 and all(result["kinds"].values())
    assert result["green"] > 20
    assert result["passed"] > 10 and result["lockdowns"] >= 2
