"""What an edge decides when the clock of its machine is wrong."""

import pytest
from edge_machine import DAY, HOUR, NOW, Machine
from phone import Phone

from campus_core import errors
from campus_core.taps import wire
from campus_edge.clock import kept
from support.edge_campus import Campus
from support.edge_rig import KEY, Rig, until
from support.edge_server import EdgeServer


@pytest.fixture
def server():
    campus = Campus(issued_at_ms=NOW)
    campus.add_cards(range(1, 20))
    with EdgeServer(campus, KEY.public) as running:
        yield running


def offline_rig(server, folder, machine):
    """An edge with a list from ``NOW`` whose server does not answer, as after a power cut."""
    rig = Rig(server, folder, clock=machine.clock())
    signature, body = server.campus.signed()
    rig.store.take(signature, body)
    kept.begin(folder, rig.clock, rig.journal, rig.snapshot)
    return rig


@pytest.fixture
def world(server, tmp_path):
    rigs = []

    def make(machine):
        rigs.append(offline_rig(server, tmp_path, machine))
        return rigs[-1]

    yield make
    for rig in rigs:
        rig.journal.close()
        rig.loop.stop()


def told_entry(rig):
    return rig.journal.unacknowledged()[-1]


@pytest.mark.parametrize("machine_ms", [0, NOW - 40 * DAY])
def test_the_age_of_the_list_counts_on_a_clock_that_is_behind(world, machine_ms):
    machine = Machine(machine_ms)
    rig = world(machine)
    assert rig.tap(1).granted
    assert told_entry(rig).rule.startswith(wire.DOUBTFUL_CLOCK)
    machine.wait(DAY + 1000)
    assert rig.tap(1).code == errors.SNAPSHOT_TOO_OLD


def test_expired_cards_and_leases_do_not_come_back(world, server):
    server.campus.cards[3][4] = "2026-01-01"
    server.campus.lease(4, "lease", 9000, NOW - 1000)
    rig = world(Machine(NOW - 400 * DAY))
    assert rig.tap(3).code == errors.CARD_EXPIRED
    assert rig.snapshot.card(4, rig.clock.now_ms()).lease_minor == 0


def test_a_sure_clock_marks_nothing(world):
    machine = Machine()
    rig = world(machine)
    machine.hear(rig.clock, NOW)
    assert rig.tap(1).granted
    assert told_entry(rig).rule == "offline caps"


def test_a_step_back_keeps_no_amount_and_no_second_tap(world, server):
    server.campus.add_terminal("K01", amount_mode="keyed", amount_minor=0)
    machine = Machine()
    rig = world(machine)
    machine.hear(rig.clock, NOW)
    rig.engine.arm("K01", 500, 60_000)
    assert rig.tap(1).granted
    machine.system_ms -= HOUR
    machine.wait(1000)
    assert rig.tap(1).code == errors.DUPLICATE_TAP
    machine.wait(59_500)
    assert rig.tap(2, "K01").code == errors.AMOUNT_INVALID
    assert rig.tap(1).granted


def test_a_step_ahead_loses_no_amount_and_no_second_tap(world, server):
    server.campus.add_terminal("K01", amount_mode="keyed", amount_minor=0)
    machine = Machine()
    rig = world(machine)
    rig.engine.arm("K01", 500, 60_000)
    assert rig.tap(1).granted
    machine.system_ms += HOUR
    rig.clock.tick()
    machine.wait(1000)
    assert rig.tap(1).code == errors.DUPLICATE_TAP
    assert rig.tap(2, "K01").amount_minor == 500


def test_phone_codes_are_good_again_when_the_clock_is_set_right(world, server):
    phone = Phone(campus=server.campus.key(1), not_before_ms=NOW - HOUR, card=5, valid_minutes=600)
    machine = Machine(NOW + 8 * HOUR)
    rig = world(machine)
    assert rig.present("T01", f"qr:{phone.code(NOW)}").code == errors.CODE_STALE
    machine.hear(rig.clock, NOW)
    # as after a start: up to twenty seconds may have been used before
    machine.wait(21_000)
    code = f"qr:{phone.code(NOW + 21_000)}"
    assert rig.present("T01", code).granted
    machine.wait(4_000)
    assert rig.present("T01", code).code == errors.CODE_REPLAYED


def test_a_code_that_was_used_before_the_restart_stays_used(world, server):
    phone = Phone(campus=server.campus.key(1), not_before_ms=NOW - DAY, card=5, valid_minutes=6000)
    machine = Machine()
    rig = world(machine)
    machine.hear(rig.clock, NOW)
    machine.wait(30_000)
    code = f"qr:{phone.code(NOW + 30_000)}"
    assert rig.present("T01", code).granted
    rig.journal.close()
    rig.loop.stop()
    again = world(Machine(0, 0))
    assert again.present("T01", code).code == errors.CODE_REPLAYED


def test_a_started_edge_learns_the_time_and_then_marks_nothing(server, tmp_path):
    server.clock_ahead_ms = 40 * DAY
    server.campus.issued_at_ms = None
    with Rig(server, tmp_path) as rig:
        rig.ready()
        assert until(lambda: rig.clock.is_sure)
        rig.server.stop()
        rig.sender.late()
        rig.tap(1)
        assert not told_entry(rig).rule.startswith(wire.DOUBTFUL_CLOCK)
