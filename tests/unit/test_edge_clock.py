"""Clock faults of an edge: what must happen. What follows for taps: ``test_edge_clock_taps``.

======================================================  =======================================================
fault                                                   what must happen
======================================================  =======================================================
starts at 1970 or days behind, nobody tells the time    the newest certain time counts on; decisions are marked
the same, and the server answers                        the server's time at once; nothing is marked
the same, started again and again                       running time adds up: lists, leases, cards grow old
learned while the machine was at 1970, then NTP steps   the time stays, the drift is what it is now
starts hours ahead, then the server answers             phone codes of now are good
starts ahead, then somebody sets the machine's clock    the time follows
set back while nobody tells the time                    never earlier than what is certain
set back or ahead while the time is known               no effect, neither on the time nor on an interval
NTP keeps the machine's clock right                     believed, not marked; counted on when NTP goes
NTP tells a time before what is certain                 not believed
the server's clock was years ahead and is right again   the server is believed; list and floor heal
an answer came too slowly to tell the time              nothing is learned
======================================================  =======================================================
"""

import json

import pytest
from edge_machine import DAY, HOUR, NOW, YEAR, Machine

from campus_core import errors
from campus_core.taps import wire
from campus_edge.clock import kept
from campus_edge.journal.journal import Journal
from campus_edge.snapshot.snapshot import Snapshot, parse
from support.edge_campus import Campus
from support.edge_entries import told
from support.edge_rig import KEY


@pytest.fixture
def machine():
    return Machine()


@pytest.mark.parametrize("behind_ms", [NOW, 40 * DAY])
def test_a_clock_that_is_behind_counts_on_from_what_is_certain(behind_ms):
    machine = Machine(NOW - behind_ms)
    clock = machine.clock()
    clock.begin(NOW)
    assert (clock.now_ms(), clock.is_sure) == (NOW, False)
    machine.wait(HOUR)
    clock.tick()
    assert (clock.now_ms(), clock.known_ms()) == (NOW + HOUR, NOW + HOUR)


@pytest.mark.parametrize("behind_ms", [NOW, 40 * DAY, -8 * HOUR, 0])
def test_the_servers_time_counts_at_once(behind_ms):
    machine = Machine(NOW - behind_ms)
    clock = machine.clock()
    clock.begin(NOW - DAY)
    machine.hear(clock, NOW)
    assert (clock.now_ms(), clock.is_sure, clock.drift_ms) == (NOW, True, behind_ms)


def test_an_accepted_request_makes_the_clock_sure(machine):
    clock = machine.clock()
    clock.accepted()
    assert clock.is_sure
    # a later step of the machine's clock is none of the time's
    machine.system_ms -= DAY
    clock.tick()
    assert clock.now_ms() == NOW


def test_a_drift_learned_at_1970_is_gone_when_ntp_sets_the_clock():
    machine = Machine(0)
    clock = machine.clock()
    machine.hear(clock, NOW)
    assert clock.drift_ms == NOW
    machine.system_ms, machine.is_synchronised = NOW + 300, True
    clock.tick()
    assert (clock.now_ms(), clock.drift_ms) == (NOW, -300)


@pytest.mark.parametrize("step_ms", [-HOUR, HOUR, -YEAR, 57 * YEAR])
def test_a_step_of_the_machines_clock_is_none_of_the_time(machine, step_ms):
    clock = machine.clock()
    machine.hear(clock, NOW)
    machine.system_ms += step_ms
    machine.wait(1000)
    clock.tick()
    assert (clock.now_ms(), clock.drift_ms) == (NOW + 1000, -step_ms)


def test_without_anybody_the_time_follows_who_sets_the_machine(machine):
    machine.system_ms += 8 * HOUR
    clock = machine.clock()
    clock.begin(NOW - DAY)
    steps = []
    clock.on_step.append(lambda: steps.append(clock.now_ms()))
    assert clock.now_ms() == NOW + 8 * HOUR
    machine.system_ms -= 8 * HOUR
    clock.tick()
    assert (clock.now_ms(), steps, clock.is_sure) == (NOW, [NOW], False)
    # and no further back than what is certain
    machine.system_ms -= 2 * DAY
    clock.tick()
    assert clock.now_ms() == NOW - DAY


def test_ntp_is_believed_and_counted_on_when_it_goes(machine):
    machine.is_synchronised = True
    clock = machine.clock()
    clock.begin(NOW - DAY)
    assert (clock.now_ms(), clock.is_sure) == (NOW, True)
    machine.is_synchronised = False
    machine.system_ms += DAY
    clock.tick()
    assert (clock.now_ms(), clock.is_sure) == (NOW, True)


def test_ntp_before_what_is_certain_is_not_believed(machine):
    machine.is_synchronised = True
    clock = machine.clock()
    clock.begin(NOW + DAY)
    assert (clock.now_ms(), clock.is_sure) == (NOW + DAY, False)


def test_servers_that_differ_by_seconds_are_no_jump(machine):
    clock = machine.clock()
    machine.hear(clock, NOW)
    jumps = []
    clock.on_step.append(lambda: jumps.append(clock.now_ms()))
    for ahead_ms in (3_000, 0, -3_000):
        machine.hear(clock, NOW + ahead_ms)
        assert clock.now_ms() == NOW + ahead_ms
    assert jumps == []
    machine.hear(clock, NOW + HOUR)
    assert jumps == [NOW + HOUR]


def test_a_slow_answer_tells_no_time(machine):
    clock = machine.clock()
    clock.learn(NOW + DAY, machine.elapsed_ms, machine.elapsed_ms + 10_001)
    assert (clock.now_ms(), clock.is_sure) == (NOW, False)
    # within the way there and back the time is kept as it is
    clock.learn(NOW + 400, machine.elapsed_ms, machine.elapsed_ms + 800)
    assert (clock.now_ms(), clock.is_sure) == (NOW, True)


# -- kept over restarts ---------------------------------------------------------------------


@pytest.fixture
def journal(tmp_path):
    journal = Journal(tmp_path / "journal.db", KEY)
    yield journal
    journal.close()


def started(folder, machine, journal, snapshot=None):
    clock = machine.clock()
    kept.begin(folder, clock, journal, Snapshot() if snapshot is None else snapshot)
    return clock


def test_running_time_adds_up_over_restarts(tmp_path, journal):
    clock = started(tmp_path, machine := Machine(NOW), journal)
    machine.hear(clock, NOW)
    kept.keep(tmp_path, clock, journal)
    for day in range(1, 4):
        # no battery: each start is at 1970, and the clock of intervals begins anew
        machine = Machine(0, 0)
        clock = started(tmp_path, machine, journal)
        machine.wait(DAY)
        clock.tick()
        assert (clock.now_ms(), clock.is_sure) == (NOW + day * DAY, False)
        kept.keep(tmp_path, clock, journal)


def test_a_doubtful_time_is_not_kept_as_certain(tmp_path, journal):
    clock = started(tmp_path, machine := Machine(NOW), journal)
    machine.hear(clock, NOW)
    kept.keep(tmp_path, clock, journal)
    machine = Machine(NOW + 8 * HOUR)
    clock = started(tmp_path, machine, journal)
    journal.append(told(at_ms=clock.now_ms(), rule=f"{wire.DOUBTFUL_CLOCK}offline caps"))
    kept.keep(tmp_path, clock, journal)
    # somebody has set the clock right: the machine is believed again
    assert started(tmp_path, Machine(NOW + 60_000), journal).now_ms() == NOW + 60_000


def test_the_newest_of_journal_list_and_kept_time_counts(tmp_path, journal):
    journal.append(told(at_ms=NOW))
    assert started(tmp_path, Machine(0), journal).now_ms() == NOW
    snapshot = Snapshot()
    snapshot.confirm(NOW + HOUR)
    assert started(tmp_path, Machine(0), journal, snapshot).now_ms() == NOW + HOUR
    (tmp_path / kept.NAME).write_text(
        json.dumps({"journal": journal.id, "head_seq": journal.head_seq, "known_ms": NOW + DAY})
    )
    assert started(tmp_path, Machine(0), journal, snapshot).now_ms() == NOW + DAY


def test_what_was_written_before_the_clock_was_set_right_says_nothing(tmp_path, journal):
    clock = started(tmp_path, machine := Machine(NOW), journal)
    machine.hear(clock, NOW + 57 * YEAR)
    journal.append(told(at_ms=clock.now_ms()))
    machine.hear(clock, NOW)
    kept.keep(tmp_path, clock, journal)
    assert started(tmp_path, Machine(NOW + HOUR), journal).now_ms() == NOW + HOUR


@pytest.mark.parametrize("content", ["", "{}", "[1]", "null", '{"known_ms": "x", "head_seq": 0}'])
def test_a_damaged_file_costs_what_it_knew(tmp_path, journal, content):
    (tmp_path / kept.NAME).write_text(content)
    assert started(tmp_path, Machine(NOW), journal).now_ms() == NOW


def test_a_list_from_the_servers_wrong_future_is_replaced():
    campus = Campus(issued_at_ms=NOW + 57 * YEAR)
    snapshot = Snapshot()
    snapshot.apply(parse(campus.signed()[1]), NOW + 57 * YEAR)
    campus.issued_at_ms = NOW
    snapshot.apply(parse(campus.signed()[1]), NOW)
    assert snapshot.confirmed_at_ms == NOW
    # an older list than a right one stays refused
    campus.issued_at_ms = NOW - DAY
    with pytest.raises(errors.WireError):
        snapshot.apply(parse(campus.signed()[1]), NOW)
