"""A door's contact: who passed, what was forced or held open, and when it is said."""

from hypothesis import given
from hypothesis import strategies as st

from campus_core.access.events import CLOSED, FORCED, HELD_OPEN, NOT_PASSED, PASSED
from campus_edge.doors.watch import OPEN_WITHIN_MS, WARN, WARN_BEFORE_MS, Note, Watch


def codes(notes):
    return [note.code for note in notes]


def test_who_was_let_through_passes_when_the_door_opens():
    door = Watch()
    assert door.let_through("a", 0) == []
    assert door.is_busy(0)
    assert door.opened(1_000) == [Note(PASSED, "a")]
    assert door.closed(2_000) == []
    assert not door.is_busy(2_000)


def test_who_comes_while_it_is_open_passes_at_once():
    door = Watch()
    door.let_through("a", 0)
    door.let_through("b", 500)
    assert door.opened(1_000) == [Note(PASSED, "a"), Note(PASSED, "b")]
    assert door.let_through("c", 2_000) == [Note(PASSED, "c")]


def test_who_does_not_open_has_not_passed():
    door = Watch()
    door.let_through("a", 0)
    assert door.due_ms == OPEN_WITHIN_MS
    assert door.tick(OPEN_WITHIN_MS - 1) == []
    assert door.tick(OPEN_WITHIN_MS) == [Note(NOT_PASSED, "a")]
    assert codes(door.opened(OPEN_WITHIN_MS + 1)) == [FORCED]


def test_a_door_that_nobody_was_let_through_is_forced_at_once_and_closes_with_a_word():
    door = Watch()
    assert codes(door.opened(5)) == [FORCED]
    assert codes(door.opened(6)) == []
    assert codes(door.closed(7)) == [CLOSED]
    assert codes(door.closed(8)) == []


def test_the_exit_button_opens_from_inside_once():
    door = Watch()
    door.exit_pressed(0)
    assert door.opened(100) == []
    door.closed(200)
    assert codes(door.opened(300)) == [FORCED]


def test_a_door_held_open_is_warned_of_first():
    door = Watch(held_ms=30_000)
    door.exit_pressed(0)
    door.opened(0)
    assert door.due_ms == 30_000 - WARN_BEFORE_MS
    assert codes(door.tick(20_000)) == [WARN]
    assert door.due_ms == 30_000
    assert codes(door.tick(25_000)) == []
    assert codes(door.tick(30_000)) == [HELD_OPEN]
    assert door.due_ms is None
    assert codes(door.closed(31_000)) == [CLOSED]


def test_somebody_who_passes_begins_the_time_anew():
    door = Watch(held_ms=30_000)
    door.exit_pressed(0)
    door.opened(0)
    door.let_through("a", 19_000)
    assert door.tick(30_000) == []
    assert codes(door.tick(39_000)) == [WARN]


def test_nothing_is_forced_or_held_open_while_a_door_is_free():
    door = Watch(is_free=True)
    assert door.opened(0) == []
    assert door.due_ms is None and door.tick(10_000_000) == []
    door.free(False, 10_000_000)
    assert codes(door.tick(10_030_000)) == [HELD_OPEN]


def test_a_door_that_was_open_before_anybody_looked_is_not_forced():
    door = Watch(held_ms=2_000)
    door.found_open(0)
    assert codes(door.tick(1_000)) == [WARN]
    assert codes(door.tick(2_000)) == [HELD_OPEN]


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["let", "exit", "open", "close", "tick", "free", "bound"]), st.integers(0, 40_000)
    ),
    max_size=60,
)


@given(STEPS)
def test_each_person_passes_or_does_not_and_alarms_end_with_the_door_closed(steps):
    door, now_ms, told, let = Watch(), 0, [], 0
    for step, pause_ms in steps:
        now_ms += pause_ms
        told += door.tick(now_ms)
        if step == "let":
            told += door.let_through(str(let), now_ms)
            let += 1
        elif step == "exit":
            door.exit_pressed(now_ms)
        elif step == "open":
            told += door.opened(now_ms)
        elif step == "close":
            told += door.closed(now_ms)
        else:
            door.free(step == "free", now_ms)
    told += door.closed(now_ms) + door.tick(now_ms + OPEN_WITHIN_MS)
    people = [note.uuid for note in told if note.code in (PASSED, NOT_PASSED)]
    assert sorted(people) == sorted(map(str, range(let)))
    alarm = False
    for code in (note.code for note in told):
        if code in (FORCED, HELD_OPEN):
            alarm = True
        elif code == CLOSED:
            assert alarm
            alarm = False
    assert not alarm
    assert door.due_ms is None
