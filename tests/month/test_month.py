"""The first days of the month, in every run of the tests; the whole month is run by hand."""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sentences

MONTH = Path(__file__).resolve().parent / "month.py"
#: Always the same, so that a run of the tests is no lottery; the environment may ask for another.
SEED = os.environ.get("CAMPUS_MONTH_SEED", "1")
DAYS = 5
TIMEOUT_S = 1200
SPOILT_AFTER = 12


def play(*options):
    """The object that the program prints, and what it said meanwhile."""
    command = [sys.executable, MONTH, "--json", "--seed", SEED, *map(str, options)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT_S - 60, check=False)
    assert done.stdout, done.stderr
    return json.loads(done.stdout), done.stderr


@pytest.fixture(scope="module")
def both():
    """Five days, and beside them a day that is spoilt: each uses a processor for itself."""
    spoilt = ("--days", 1, "--aloud", "--first", "--sabotage", SPOILT_AFTER)
    with ThreadPoolExecutor() as pool:
        return list(pool.map(lambda options: play(*options), [("--days", DAYS, "--aloud"), spoilt]))


@pytest.fixture
def five_days(both):
    return both[0]


@pytest.fixture
def spoilt_day(both):
    return both[1]


def steps_in(said):
    return [line for line in said.splitlines() if line.startswith("step ")]


@pytest.mark.timeout(TIMEOUT_S)
def test_five_days_of_the_month_and_the_morning_after_them_hold(five_days):
    result, said = five_days
    assert result["first_violation"] is None, (result, said)
    assert result["steps"] == len(steps_in(said)) > 40 * DAYS
    assert result["refusals"] > DAYS
    nights = [place for place, line in enumerate(steps_in(said)) if "night: scheduled jobs" in line]
    assert len(nights) == DAYS + 1
    morning_after = "\n".join(steps_in(said)[nights[-1] :])
    assert "the edge sends what it kept overnight" in morning_after
    assert "a second time" in morning_after


@pytest.mark.timeout(TIMEOUT_S)
def test_the_program_names_the_step_after_which_a_pocket_was_spoilt_and_repeats_the_steps_before_it(
    five_days, spoilt_day
):
    (_result, unspoilt), (spoilt, said) = five_days, spoilt_day
    found = spoilt["first_violation"]
    assert found and found["step"] == SPOILT_AFTER == spoilt["steps"], (spoilt, said)
    assert "a pocket is not what its transfers" in found["what"]
    # the same seed: the same steps, at the same hours, with the same money
    assert steps_in(said) == steps_in(unspoilt)[:SPOILT_AFTER]
    assert found["name"] in steps_in(unspoilt)[SPOILT_AFTER - 1]


@pytest.mark.parametrize(
    ("chinese", "english", "word"),
    [
        ("", "This card is not active.", "empty"),
        ("This card is not active.", "This card is not active.", "not Chinese"),
        ("此卡未激活。", "此卡未激活。", "not English"),
        ("此卡未激活。Traceback", "This card is not active.", "machine"),
        ("此卡未激活。", "", "empty"),
    ],
)
def test_a_refusal_that_one_reader_does_not_understand_is_found(chinese, english, word):
    assert word in sentences.check(chinese, english, "it")


def test_a_refusal_in_both_languages_is_a_sentence():
    assert sentences.check("林小雨的卡未激活。", "The card of 林小雨 is not active.", "it") is None
