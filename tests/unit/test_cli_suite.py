"""Suites in lanes: so many at a time, the next one as soon as a lane is free, and nothing left behind."""

import sys
import time

import pytest

from campus_cli import paths, process
from campus_cli.console import CampusError
from campus_cli.suite import Lanes, Suite

# Waits until another suite has come so far; then it tells how many others were running.
PROGRAM = """
import json, pathlib, sys, time
folder, name, awaited, counts = pathlib.Path(sys.argv[1]), *sys.argv[2:]
(folder / f"{name}.began").touch()
while awaited and not (folder / awaited).exists():
    time.sleep(0.01)
running = len(list(folder.glob("*.began"))) - len(list(folder.glob("*.ended")))
(folder / f"{name}.ended").touch()
print(name, "ran beside", running - 1)
pathlib.Path(counts).write_text(json.dumps({"passed": running}))
"""


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "WORK", tmp_path)
    monkeypatch.setattr(paths, "LOGS", tmp_path / "log")
    monkeypatch.setattr("campus_cli.suite.LOOK_S", 0.01)
    monkeypatch.setattr(process, "CLEAN_UP_TIMEOUT_S", 2)
    return tmp_path


class Program(Suite):
    """A suite that is no pytest run; what it prepares is there until it has ended."""

    def __init__(self, folder, name, awaited=""):
        super().__init__(name, [])
        self.folder, self.awaited, self.is_prepared, self.times_cleaned = folder, awaited, False, 0

    def prepared(self):
        self.is_prepared = True
        return [], {}

    def cleaned(self):
        self.is_prepared = False
        self.times_cleaned += 1

    def _command(self):
        self.prepared()
        told = [str(self.folder), self.name, self.awaited, str(self.counts)]
        return [sys.executable, "-c", PROGRAM, *told], {}


def test_two_run_at_a_time_and_a_free_lane_takes_the_next(folder, capsys):
    # the long one ends after the last: all others go through the second lane
    long, *others = suites = [
        Program(folder, "long", "third.ended"),
        Program(folder, "first", "long.began"),
        Program(folder, "second"),
        Program(folder, "third"),
    ]
    with Lanes(2) as lanes:
        lanes.add(long)
        # it starts while other things are done
        while not (folder / "long.began").exists():
            time.sleep(0.01)
        assert long.is_prepared
        lanes.add(*others)
        outcomes = lanes.run()
    assert [outcome.suite for outcome in outcomes] == ["long", "first", "second", "third"]
    assert [outcome.code for outcome in outcomes] == [0] * 4
    assert max(outcome.passed for outcome in outcomes) == 2
    assert all(suite.times_cleaned == 1 and not suite.is_prepared for suite in suites)
    printed = capsys.readouterr().out
    assert [line.split()[0] for line in printed.splitlines()] == ["long", "first", "second", "third"]


def test_an_outcome_says_how_long_its_own_suite_took(folder):
    with Lanes(2) as lanes:
        lanes.add(Program(folder, "long", "later.ended"), Program(folder, "short"), Program(folder, "later"))
        long, short, _later = lanes.run()
    assert short.seconds < long.seconds


def test_an_error_ends_all_and_starts_no_other(folder):
    suites = [Program(folder, "one", "never"), Program(folder, "two", "never"), Program(folder, "three")]
    with pytest.raises(KeyboardInterrupt), Lanes(2) as lanes:
        lanes.add(*suites)
        while not (folder / "two.began").exists():
            time.sleep(0.01)
        raise KeyboardInterrupt
    assert [suite.running is not None for suite in suites] == [True, True, False]
    assert all(suite.running.returncode for suite in suites[:2])
    assert not any(suite.is_prepared for suite in suites)


def test_what_cannot_be_prepared_is_told_and_ends_the_others(folder):
    class Unprepared(Program):
        def prepared(self):
            raise CampusError("no room")

    other = Program(folder, "other", "never")
    with pytest.raises(CampusError, match="no room"), Lanes(2) as lanes:
        lanes.add(other, Unprepared(folder, "unprepared"))
        lanes.run()
    assert other.running.returncode


def test_a_run_that_tells_no_counts_is_broken(folder):
    class Dies(Program):
        def _command(self):
            return [sys.executable, "-c", "raise SystemExit(7)"], {}

    with Lanes(2) as lanes:
        lanes.add(Dies(folder, "dies"))
        [outcome] = lanes.run()
    assert (outcome.code, outcome.passed, outcome.is_broken(selected=False)) == (7, 0, True)
