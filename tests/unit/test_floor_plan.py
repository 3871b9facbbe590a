"""The floor plan: the states of its doors, and the pure parts of its page, run by Node."""

import re
import shutil
import subprocess
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from campus_core.access import door_state, types
from campus_core.access.door_state import Seen, state

STATIC = Path(__file__).parents[2] / "addons" / "campus_access" / "static"
NOW = 1_800_000_000_000
times = st.sampled_from([0, NOW - 60_000, NOW - 5_000, NOW])
seens = st.builds(
    Seen,
    mode=st.sampled_from([types.NORMAL, types.UNLOCKED, types.LOCKED]),
    is_heard=st.booleans(), was_heard=st.booleans(), forced_ms=times, held_ms=times, closed_ms=times,
    passed_ms=times, has_contact=st.booleans(), is_open=st.booleans(), is_free=st.booleans(),
    lockdowns=st.integers(0, 2), confirmed=st.integers(0, 2),
)  # fmt: skip
WELL = Seen(is_heard=True, was_heard=True, has_contact=True)


@given(seens)
def test_every_door_has_one_of_the_states(seen):
    assert state(seen, NOW) in door_state.STATES


def test_a_forced_door_stays_so_until_it_is_closed_whatever_else_happens():
    forced = WELL._replace(forced_ms=NOW - 50, held_ms=NOW - 20, lockdowns=1, is_heard=False)
    assert state(forced, NOW) == door_state.FORCED
    assert state(WELL._replace(forced_ms=NOW - 50, closed_ms=NOW - 10), NOW) == door_state.CLOSED
    assert door_state.since_ms(forced, door_state.FORCED) == NOW - 50


def test_a_door_that_is_held_open_again_is_so_again():
    assert state(WELL._replace(held_ms=NOW - 10, closed_ms=NOW - 20), NOW) == door_state.HELD_OPEN


def test_a_lockdown_that_an_edge_has_not_confirmed_is_no_lockdown():
    assert state(WELL._replace(lockdowns=2, confirmed=1), NOW) == door_state.UNCONFIRMED
    assert state(WELL._replace(lockdowns=2, confirmed=2), NOW) == door_state.LOCKED_DOWN


def test_what_is_not_heard_is_not_called_closed():
    assert state(WELL._replace(is_heard=False), NOW) == door_state.OFFLINE
    assert state(Seen(), NOW) == door_state.UNKNOWN
    assert state(WELL._replace(has_contact=False), NOW) == door_state.READY


def test_a_door_is_open_for_a_while_after_somebody_went_through():
    assert state(WELL._replace(passed_ms=NOW - 9_999), NOW) == door_state.OPEN
    assert state(WELL._replace(passed_ms=NOW - 10_000), NOW) == door_state.CLOSED
    assert state(WELL._replace(passed_ms=NOW - 10_000, is_open=True), NOW) == door_state.OPEN


def test_doors_that_are_set_so_are_locked_or_free():
    assert state(WELL._replace(mode=types.LOCKED), NOW) == door_state.LOCKED
    assert state(WELL._replace(mode=types.UNLOCKED, is_free=True), NOW) == door_state.FREE
    assert state(WELL._replace(mode=types.UNLOCKED), NOW) == door_state.CLOSED


def test_the_page_knows_the_same_states_in_the_same_order():
    page = (STATIC / "src" / "floor_plan" / "plan_states.js").read_text("utf-8")
    assert tuple(re.findall(r"^    (\w+): \{ icon", page, re.MULTILINE)) == door_state.STATES
    words = (STATIC / "src" / "floor_plan" / "floor_plan.js").read_text("utf-8")
    assert tuple(re.findall(r"^            (\w+): _t\(", words, re.MULTILINE)) == door_state.STATES


def test_the_pure_parts_of_the_page_work(tmp_path):
    """As modules of their own: the page has them in a bundle."""
    (tmp_path / "package.json").write_text('{"type": "module"}', "utf-8")
    for name in ("src/floor_plan", "tests/node"):
        shutil.copytree(STATIC / name, tmp_path / name)
    tests = tmp_path / "tests" / "node" / "floor_plan.test.js"
    done = subprocess.run(
        ["node", "--test", str(tests)], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    passed = re.search(r"^# pass (\d+)$", done.stdout, re.MULTILINE) or re.search(
        r"ℹ pass (\d+)", done.stdout
    )
    assert int(passed[1]) > 10
