"""The first days of the month, in every run of the tests; the whole month is run by hand."""

import json
import os
import subprocess
import sys
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


@pytest.mark.timeout(TIMEOUT_S)
def test_five_days_of_the_month_hold():
    result, said = play("--days", DAYS)
    assert result["first_violation"] is None, (result, said)
    assert result["steps"] > 40 * DAYS
    assert result["refusals"] > DAYS


@pytest.mark.timeout(TIMEOUT_S)
def test_the_program_names_the_step_after_which_a_pocket_was_spoilt_and_a_repeat_names_it_too():
    options = ("--days", 1, "--first", "--sabotage", SPOILT_AFTER)
    (first, said), (second, _said) = play(*options), play(*options)
    found = first["first_violation"]
    assert found and found["step"] == SPOILT_AFTER == first["steps"], (first, said)
    assert "a pocket is not what its transfers" in found["what"]
    same = ("step", "name", "what")
    assert [found[key] for key in same] == [second["first_violation"][key] for key in same]


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
