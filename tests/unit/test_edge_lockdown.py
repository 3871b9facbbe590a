"""Lockdowns at an edge: stored before they are obeyed, ended by signed news alone, buttons and drills."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campus_core.access import types
from campus_core.access.lockdown import local_number
from campus_core.taps import alone
from campus_edge.doors import lockdowns
from campus_edge.doors.lockdowns import FILE, Lockdowns
from support.edge_doors import BUILDING, LAB, DoorCampus, DoorEdge, lockdown, push, site
from support.edge_rig import KEY, until
from support.edge_server import EdgeServer


@pytest.fixture(autouse=True)
def no_haste(monkeypatch):
    monkeypatch.setattr(alone, "DUPLICATE_MS", 0)


@pytest.fixture
def campus():
    made = DoorCampus(bus={"url": "/websocket", "channel": "secret"})
    made.add_cards(range(1, 10))
    made.give((1,), 1)
    made.give((2,), 2)
    rules = [replace(made.site.rules[1]), replace(made.site.rules[2], is_staff=True)]
    made.change(site=site(rules=rules))
    return made


@pytest.fixture
def server(campus):
    with EdgeServer(campus, KEY.public) as running:
        yield running


def raised(order):
    return {"type": "lockdown", "order": {"number": order.number, "zone": order.zone, "level": order.level}}


def test_a_pushed_lockdown_refuses_kept_over_a_restart_without_the_server(server, campus, tmp_path):
    with DoorEdge(server, tmp_path) as edge:
        edge.ready()
        assert until(lambda: edge.edge.listener.connected)
        assert edge.tap(1).granted
        push(server, raised(lockdown(5, level=types.NOBODY)))
        assert until(lambda: edge.edge.doors.lockdowns.orders)
        assert edge.tap(1).reasons == ("access_lockdown",)
        # it is confirmed at once, not with the next heartbeat in half a minute
        assert until(lambda: server.heartbeats and server.heartbeats[-1]["lockdown"] == 5, 10)
        assert server.heartbeats[-1]["lockdowns"] == [raised(lockdown(5, level=types.NOBODY))["order"]]
    server.stop()
    with DoorEdge(server, tmp_path) as edge:
        assert edge.settled().tap(2).reasons == ("access_lockdown",)
        assert edge.present(1).text == "Lockdown:\nno entry"
        server.start()
        campus.change(ended=[5])
        edge.ready()
        assert edge.tap(1).granted
        assert edge.edge._heartbeat()["lockdown"] == 5
        # a push that comes late raises nothing again
        edge.edge.doors.pushed("lockdown", raised(lockdown(5)))
        assert edge.tap(1).granted


def test_the_staff_list_passes_at_its_level_and_a_push_never_ends_an_order(server, campus, tmp_path):
    with DoorEdge(server, tmp_path) as edge:
        campus.change(orders=[lockdown(6, level=types.STAFF)])
        edge.ready()
        assert edge.tap(1).reasons == ("access_lockdown",)
        assert edge.tap(2).granted
        for push_ in (
            {"type": "lockdown", "ended": [6]},
            {"type": "lockdown", "order": None},
            {"type": "lockdown"},
        ):
            assert edge.edge.doors.pushed("lockdown", push_)
        assert edge.tap(1).reasons == ("access_lockdown",)


def test_a_drill_shows_another_word_and_locks_nothing(server, campus, tmp_path):
    with DoorEdge(server, tmp_path) as edge:
        campus.change(orders=[lockdown(7, level=types.NOBODY, is_drill=True)])
        edge.ready()
        shown = edge.present(1)
        assert (shown.outcome, shown.text) == ("granted", "Lockdown drill")
        assert edge.told().warnings == ("access_lockdown",)


def test_a_button_on_the_wall_locks_and_is_told(server, campus, tmp_path):
    with DoorEdge(server, tmp_path, D03={"lockdown_input": 2, "lockdown_zone": BUILDING}) as edge:
        edge.ready()
        edge.input(2, True, "D03")
        assert until(lambda: edge.edge.doors.lockdowns.orders and "lockdown" in edge.events())
        entry = next(entry for entry in edge.entries() if entry.code == "lockdown")
        (order,) = edge.edge.doors.lockdowns.orders
        assert (order.number, order.zone, order.level) == (local_number(entry.uuid), BUILDING, types.NOBODY)
        assert entry.rule == f"zone={BUILDING} level=nobody"
        assert edge.tap(2).reasons == ("access_lockdown",)
        # the same button again, as after a restart: no second order
        edge.input(2, False, "D03")
        edge.input(2, True, "D03")
        edge.settled()
        assert edge.events().count("lockdown") == 1
        campus.change(orders=[lockdown(8)], ended=[order.number])
        edge.ready()
        assert [one.number for one in edge.edge.doors.lockdowns.orders] == [8]


@given(st.uuids())
def test_numbers_of_buttons_are_below_zero_and_fit_into_the_books(uuid):
    assert -(1 << 31) <= local_number(str(uuid)) < 0


def test_exit_and_fire_are_wired_and_only_written_down(server, campus, tmp_path):
    wiring = {"D01": {"exit_input": 1, "fire_input": 3, "contact_input": 0}}
    with DoorEdge(server, tmp_path, **wiring) as edge:
        campus.change(orders=[lockdown(9, level=types.NOBODY)])
        edge.ready()
        edge.input(0, False)
        edge.input(1, True)
        edge.input(0, True)
        edge.input(0, False)
        edge.input(3, True)
        edge.input(0, True)
        assert until(lambda: edge.events() == ["rex", "fire"])
        edge.settled()
        assert edge.events() == ["rex", "fire"]


def test_a_door_free_by_schedule_is_locked_by_a_lockdown(server, campus, tmp_path):
    from campus_core.schedule import Schedule, Window

    always = Schedule(windows=(Window(frozenset(range(7)), 0, 1440),), holidays="usual")
    doors = [replace(campus.site.doors[11], mode="unlocked", unlocked="always")]
    campus.change(site=site(doors=doors, schedules={"always": always}))
    with DoorEdge(server, tmp_path) as edge:
        edge.ready()
        shown = edge.ports["D01"].shown
        assert until(lambda: shown and shown[-1].outcome == "unlock")
        edge.edge.doors.pushed("lockdown", raised(lockdown(5, level=types.NOBODY)))
        assert until(lambda: shown[-1].outcome == "relock")


def test_a_lock_that_was_open_before_a_restart_is_shut_when_it_is_to_be(server, campus, tmp_path):
    with DoorEdge(server, tmp_path) as edge:
        edge.ready()
    server.stop()
    with DoorEdge(server, tmp_path) as edge:
        shown = edge.ports["D01"].shown
        assert until(lambda: shown)
        assert [one.outcome for one in shown] == ["relock"]
    server.start()


def test_an_order_is_on_the_disk_before_it_is_obeyed(tmp_path, monkeypatch):
    known = Lockdowns(tmp_path)
    kept = []

    def write(path, content, **options):
        kept.append((json.loads(content)["orders"], known.orders))

    monkeypatch.setattr(lockdowns, "write_atomic", write)
    assert known.raise_(lockdown(5, LAB))
    ((stored, obeyed),) = kept
    assert stored == [{"number": 5, "zone": LAB}] and obeyed == ()


def test_an_order_that_cannot_be_stored_is_obeyed_and_not_confirmed(tmp_path, monkeypatch):
    known = Lockdowns(tmp_path)

    def full(path, content, **options):
        raise OSError("no space left")

    monkeypatch.setattr(lockdowns, "write_atomic", full)
    assert known.raise_(lockdown(5))
    assert [order.number for order in known.orders] == [5]
    assert known.newest == 0 and "no space" in known.problem


def test_a_file_that_cannot_be_read_is_no_reason_not_to_start(tmp_path):
    (tmp_path / FILE).write_text("{")
    assert Lockdowns(tmp_path).orders == ()
