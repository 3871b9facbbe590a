"""What a checkout remembers, its lock, and other programs."""

import fcntl
import os
import signal
import subprocess
import sys

import pytest

from campus_cli import paths, process, state
from campus_cli.console import CampusError, Steps


@pytest.fixture(autouse=True)
def checkout(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "WORK", tmp_path)
    monkeypatch.setattr(paths, "LOGS", tmp_path / "log")
    monkeypatch.setattr(paths, "STATE", tmp_path / "state.json")


def test_values_are_remembered_and_forgotten():
    state.update(port=8069, server={"pid": 1})
    state.update(server=None)
    assert state.read() == {"port": 8069}


@pytest.mark.parametrize("content", ["", "{half", "[]"])
def test_a_broken_state_file_counts_as_none(content):
    paths.STATE.write_text(content)
    assert state.read() == {}
    state.update(port=1)
    assert state.read() == {"port": 1}


def test_a_lock_is_exclusive_and_ends_with_its_holder(tmp_path):
    with state.locked(tmp_path / "lock"), (tmp_path / "lock").open() as other, pytest.raises(BlockingIOError):
        fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
    with (tmp_path / "lock").open() as other:
        fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_of_several_places_everybody_gets_one_that_is_free(tmp_path):
    places = [tmp_path / name for name in ("a", "b")]
    with state.locked_one_of(places) as first, state.locked_one_of(places) as second:
        assert (first, second) == (0, 1)
    with state.locked_one_of(places) as again:
        assert again == 0


def test_output_goes_to_a_log_and_failure_shows_its_end():
    with pytest.raises(CampusError, match="code 3:\nlast words"):
        process.run([sys.executable, "-c", "print('last words'); raise SystemExit(3)"], "failing")
    assert (paths.LOGS / "failing.log").read_text() == "last words\n"


def test_a_missing_program_is_a_message_not_a_traceback():
    with pytest.raises(CampusError, match="cannot start"):
        process.run(["no-such-program-anywhere"], "missing")


def test_the_callers_python_settings_do_not_leak(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", "/elsewhere")
    monkeypatch.setenv("PGDATABASE", "elsewhere")
    assert not {"PYTHONPATH", "PGDATABASE"} & process.clean_env().keys()


def test_a_process_is_ended_only_when_it_is_the_expected_one():
    command = [sys.executable, "-c", "import time; time.sleep(60)", "campus-marker"]
    with subprocess.Popen(command, start_new_session=True) as child:
        # The kernel shows the new command a moment after the program has started.
        while "campus-marker" not in process.command_line(child.pid):
            assert child.poll() is None
        assert not process.end_pid(child.pid, "another-marker")
        assert child.poll() is None
        assert process.end_pid(child.pid, "campus-marker")
        assert child.wait(10) == -signal.SIGTERM
    assert process.command_line(child.pid) == ""
    assert not process.end_pid(child.pid, "campus-marker")


CHILD = """
import sys, time
try:
    print("ready", flush=True)
    time.sleep(60)
except KeyboardInterrupt:
    print("cleaned up", flush=True)
"""
PARENT = f"""
import sys
from campus_cli import process
process.hear_termination()
try:
    process.call([sys.executable, "-c", {CHILD!r}])
except process.Terminated:
    print("ended", flush=True)
"""


@pytest.mark.parametrize("start", ['exec "$@"', 'trap "" INT; exec "$@"'], ids=["foreground", "background"])
def test_a_program_that_is_told_to_end_lets_its_child_clean_up(start):
    env = {**os.environ, "PYTHONPATH": str(paths.TOOLS)}
    command = ["sh", "-c", start, "sh", sys.executable, "-c", PARENT]
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout.readline() == "ready\n"
        parent.terminate()
        assert parent.stdout.read() == "cleaned up\nended\n"


def test_what_a_killed_run_left_behind_is_ended():
    command = [sys.executable, "-c", "import time; time.sleep(60)", f"/marker-{os.getpid()}"]
    with subprocess.Popen(command) as child:
        while f"marker-{os.getpid()}" not in process.command_line(child.pid):
            pass
        process.end_all(f"/marker-{os.getpid()}")
        assert child.wait(10) == -signal.SIGTERM


def test_a_failing_step_says_so_and_keeps_the_error(capsys):
    with pytest.raises(ValueError, match="wrong"), Steps(2).step("first"):
        raise ValueError("wrong")
    assert "[1/2] first: failed" in capsys.readouterr().err


def test_a_step_reports_its_result_on_stderr_only(capsys):
    with Steps(1).step("thing") as step:
        step.result = "made"
    shown = capsys.readouterr()
    assert "[1/1] thing: made" in shown.err
    assert shown.out == ""


def test_the_checkout_is_named_by_its_path():
    assert len(paths.CHECKOUT) == 8
    assert os.fspath(paths.relative(paths.ROOT / "addons")) == "addons"
