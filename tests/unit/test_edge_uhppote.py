"""A controller board over its real protocol: the library `uhppoted` at our end, a simulated board at the other."""

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from campus_core.access import types
from campus_core.access.types import Passback, Rule, Zone
from campus_core.schedule import Calendar, Schedule, Window
from campus_core.taps import alone
from campus_edge.config import ConfigError
from campus_edge.ports import uhppote_port
from campus_edge.simulators.uhppote import RING, UhppoteBoard
from support.edge_doors import BUILDING, LAB, OUTSIDE, DoorCampus, DoorEdge, lockdown, site
from support.edge_rig import KEY, until
from support.edge_server import EdgeServer

SERIAL = 423187757
ALWAYS = Schedule(windows=(Window(frozenset(range(7)), 0, 1440),), holidays="usual")


@pytest.fixture(autouse=True)
def no_haste(monkeypatch):
    monkeypatch.setattr(alone, "DUPLICATE_MS", 0)
    monkeypatch.setattr(uhppote_port, "TURN_S", 0.05)


@pytest.fixture
def device():
    with UhppoteBoard(SERIAL) as running:
        yield running


@pytest.fixture
def campus():
    made = DoorCampus()
    made.add_cards(range(1, 10))
    made.give((1,), 1, 2)
    made.give((1, 2), 3)
    made.change(numbers={card: 10_000 + card for card in range(1, 10)})
    return made


@pytest.fixture
def server(campus):
    with EdgeServer(campus, KEY.public) as running:
        yield running


def edge_at(server, folder, device):
    boards = [{"serial": SERIAL, "address": device.address, "doors": ["D01/D02", "D03"]}]
    return DoorEdge(server, folder, boards=boards)


@pytest.fixture
def edge(server, device, tmp_path):
    with edge_at(server, tmp_path, device) as running:
        yield running.ready()


def cards(device):
    """Number of a card -> what it may at the doors."""
    return {number: tuple(card[8:12]) for number, card in device.cards.items() if card}


def taps(edge):
    return [(one.terminal, one.card, one.code) for one in edge.entries() if one.kind == "tap"]


def test_cards_are_on_the_board_and_change_with_the_rights(edge, campus, device):
    assert until(lambda: cards(device) == {10001: (1, 0, 0, 0), 10002: (1, 0, 0, 0), 10003: (1, 1, 0, 0)})
    campus.give((), 1)
    campus.set_state(2, "lost")
    campus.give((1, 2), 4)
    assert until(lambda: cards(device) == {10003: (1, 1, 0, 0), 10004: (1, 1, 0, 0)})


def test_the_board_has_the_clock_of_the_campus_wherever_the_machine_is_set_up(
    server, campus, device, tmp_path
):
    zone = ZoneInfo("Pacific/Kiritimati")
    campus.change(site=site(calendar=Calendar(zone)))
    with edge_at(server, tmp_path, device) as edge:
        edge.ready()
        assert until(lambda: device.clock != bytes(7))
        shown = datetime.strptime(device.clock.hex(), "%Y%m%d%H%M%S").replace(tzinfo=zone)
        assert abs(shown - datetime.now(timezone.utc)) < timedelta(minutes=10)


def test_a_schedule_becomes_a_time_profile(edge, campus, device):
    rules = [Rule(1, doors=frozenset({11}), schedule="always"), Rule(2, doors=frozenset({12}))]
    campus.change(site=site(rules=rules, schedules={"always": ALWAYS}))
    assert until(lambda: cards(device).get(10001) == (2, 0, 0, 0))
    assert list(device.profiles) == [2]
    assert device.swipe(10001, 1)
    assert not device.swipe(10001, 2)


def test_events_become_taps_and_events_in_their_order_each_once(edge, device):
    assert until(lambda: len(cards(device)) == 3)
    assert device.swipe(10001, 1)
    assert not device.swipe(10001, 2)
    assert device.swipe(10001, 1, direction=2)
    assert not device.swipe(555, 1)
    device.happen(20, 1)
    device.happen(23, 1)
    device.happen(38, 2)
    assert until(lambda: edge.events() == ["rex", "forced"])
    assert taps(edge) == [
        ("D01", 1, "ok"), ("D03", 1, "access_no_right"), ("D02", 1, "ok"), ("D01", None, "unknown_card"),
    ]  # fmt: skip
    credentials = [entry.credential for entry in edge.entries()]
    assert credentials == [f"board:{SERIAL}:{number}" for number in (1, 2, 3, 4, 5, 7)]
    assert edge.told().reasons == ("unknown_card",)


def test_who_the_board_lets_through_has_moved(edge, campus, device):
    zones = [Zone(OUTSIDE), Zone(BUILDING, OUTSIDE, passback=Passback(types.HARD)), Zone(LAB, BUILDING)]
    campus.change(site=site(zones=zones))
    edge.ready()
    assert until(lambda: len(cards(device)) == 3)
    device.swipe(10001, 1)
    assert until(lambda: edge.edge.doors.places.positions.zone(1001) == BUILDING)
    assert edge.tap(1).reasons == ("access_passback",)
    status = {one.terminal: one for one in edge.edge.status().readers if one.terminal == "D03"}
    assert status["D03"].state == "ready"


def test_no_event_is_lost_or_told_twice_over_a_restart_and_a_silence(server, device, tmp_path):
    with edge_at(server, tmp_path, device) as edge:
        edge.ready()
        assert until(lambda: len(cards(device)) == 3)
        device.swipe(10001, 1)
        assert until(lambda: len(taps(edge)) == 1)
        device.is_silent = True
        for _ in range(30):
            device.swipe(10002, 1)
        (board,) = edge.edge.doors.boards
    device.is_silent = False
    # the file is older than the journal, as after a power cut
    board._path.unlink()
    with edge_at(server, tmp_path, device) as edge:
        assert until(lambda: len(taps(edge)) == 31)
        device.swipe(10003, 2)
        assert until(lambda: len(taps(edge)) == 32)
        numbers = [int(entry.credential.rpartition(":")[2]) for entry in edge.entries()]
        assert numbers == list(range(1, 33))


def test_events_that_the_board_has_overwritten_are_counted(server, device, tmp_path):
    with edge_at(server, tmp_path, device) as edge:
        edge.ready()
        device.swipe(10001, 1)
        assert until(lambda: len(taps(edge)) == 1)
    for _ in range(RING + 5):
        device.swipe(10002, 1)
    with edge_at(server, tmp_path, device) as edge:
        assert until(lambda: len(taps(edge)) == 1 + RING)
        (board,) = edge.edge.doors.boards
        assert board.port.lost == 5


def test_cards_that_differ_are_put_right_at_the_comparison(server, device, tmp_path):
    stray = bytes.fromhex("2020010120991231") + bytes([1, 1, 1, 1]) + bytes(4)
    device.cards = {666: stray, 10001: stray}
    with edge_at(server, tmp_path, device) as edge:
        edge.ready()
        assert until(lambda: cards(device) == {10001: (1, 0, 0, 0), 10002: (1, 0, 0, 0), 10003: (1, 1, 0, 0)})
        (board,) = edge.edge.doors.boards
        assert until(lambda: board.port.corrected == 4)
        # at night
        night = datetime.now().replace(hour=uhppote_port.COMPARE_HOUR)
        device.now = lambda: night
        with device._lock:
            device.cards[777] = stray
        board.port._known.compared = None
        assert until(lambda: 777 not in cards(device))


def test_a_lockdown_shuts_the_doors_of_the_board_and_its_end_opens_them(edge, campus, device):
    assert until(lambda: len(cards(device)) == 3)
    campus.change(orders=[lockdown(5, zone=LAB, level=types.NOBODY)])
    assert until(lambda: device.modes[2] == uhppote_port.SHUT)
    assert not device.swipe(10003, 2)
    assert device.modes[1] == uhppote_port.CONTROLLED
    campus.change(orders=[], ended=[5])
    assert until(lambda: device.modes[2] == uhppote_port.CONTROLLED)


def test_a_door_free_by_its_schedule_is_free_at_the_board(edge, campus, device):
    doors = [replace(campus.site.doors[11], mode="unlocked", unlocked="always"), campus.site.doors[12]]
    campus.change(site=site(doors=doors, schedules={"always": ALWAYS}))
    assert until(lambda: device.modes[1] == uhppote_port.FREE)


def test_a_silent_board_is_lost_and_comes_back(edge, device, monkeypatch):
    monkeypatch.setattr(uhppote_port, "TIMEOUT_S", 0.1)
    (board,) = edge.edge.doors.boards
    assert until(lambda: board.port.state.state == "ready")
    device.is_silent = True
    assert until(lambda: board.port.state.state == "lost")
    assert [one.state for one in edge.edge.status().readers if one.detail and one.terminal == "D03"] == [
        "lost"
    ]
    device.is_silent = False
    assert until(lambda: board.port.state.state == "ready")


def test_what_a_board_cannot_keep_is_said_in_the_status(edge, campus):
    campus.change(site=site(doors=[replace(campus.site.doors[11], needs_pin=True)]))
    (board,) = edge.edge.doors.boards
    assert until(lambda: next(one.detail for one in board.status()) == "the board cannot keep: pin")


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"serial": 0, "address": "x", "doors": ["D01"]}, "serial"),
        ({"serial": 1, "doors": ["D01"]}, "address"),
        ({"serial": 1, "address": "x", "doors": []}, "doors"),
        ({"serial": 1, "address": "x", "doors": ["D01"] * 5}, "doors"),
        ({"serial": 1, "address": "x", "doors": ["D01"], "pin": 1}, "board.pin"),
    ],
)
def test_a_wrong_setting_of_a_board_is_named(row, words, tmp_path):
    from campus_edge.config import parse

    with pytest.raises(ConfigError, match=words):
        parse({"board": [row]}, tmp_path, ())


def test_the_calendar_of_the_campus_is_the_board_s_clock(edge, campus, device):
    assert isinstance(edge.edge.snapshot.access.site.calendar, Calendar)
    assert until(lambda: any(device.clock))
