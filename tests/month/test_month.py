"""The first days of the month, in every run of the tests; the whole month is run by hand."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

MONTH = Path(__file__).resolve().parent / "month.py"
DAYS = 5
TIMEOUT_S = 1200


@pytest.mark.timeout(TIMEOUT_S)
def test_five_days_of_the_month_hold():
    done = subprocess.run(
        [sys.executable, MONTH, "--json", "--days", str(DAYS)],
        capture_output=True, text=True, timeout=TIMEOUT_S - 60, check=False,
    )  # fmt: skip
    assert done.stdout, done.stderr
    result = json.loads(done.stdout)
    assert result["first_violation"] is None, (result, done.stderr)
    assert result["steps"] > 50 * DAYS
    assert result["refusals"] > DAYS
