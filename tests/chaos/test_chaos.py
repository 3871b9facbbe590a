"""A short run of `./campus chaos`: each kind of fault at least once; the long one is run by hand."""

import json
import subprocess
import sys
from pathlib import Path

CHAOS = Path(__file__).resolve().parent / "chaos.py"


def test_nothing_is_lost_or_doubled_while_everything_is_killed():
    done = subprocess.run(
        [sys.executable, CHAOS, "--json", "--faults", "20"],
        capture_output=True, text=True, timeout=290, check=False,
    )  # fmt: skip
    assert done.stdout, done.stderr
    result = json.loads(done.stdout)
    wanted = dict.fromkeys(("lost", "doubled", "sum_minor", "undetected_gaps", "unsent"), 0)
    assert {key: result[key] for key in wanted} == wanted, (result, done.stderr)
    assert result["faults"] == 20 and all(result["kinds"].values())
    assert result["green"] > 20
