"""Contacts, buttons and PINs at the doors of a whole edge."""

import json

import pytest

from campus_core.access import door_pin, types
from campus_core.access.types import Passback, Zone
from campus_core.taps import alone
from campus_edge.doors import pins
from support.edge_doors import BUILDING, LAB, OUTSIDE, DoorCampus, DoorEdge, site
from support.edge_rig import KEY, until
from support.edge_server import EdgeServer

CONTACT = {"D01": {"contact_input": 0, "exit_input": 1, "held_open_ms": 2_000}}
PIN = door_pin.seal("1239", bytes(16), 10)


@pytest.fixture(autouse=True)
def no_haste(monkeypatch):
    monkeypatch.setattr(alone, "DUPLICATE_MS", 0)


@pytest.fixture
def campus():
    made = DoorCampus()
    made.add_cards(range(1, 10))
    made.give((1,), 1, 2)
    return made


@pytest.fixture
def server(campus):
    with EdgeServer(campus, KEY.public) as running:
        yield running


def test_a_door_with_a_contact_counts_who_opened_it(server, campus, tmp_path):
    zones = [Zone(OUTSIDE), Zone(BUILDING, OUTSIDE, passback=Passback(types.HARD)), Zone(LAB, BUILDING)]
    campus.change(site=site(zones=zones))
    with DoorEdge(server, tmp_path, **CONTACT) as edge:
        edge.ready().input(0, False)
        assert edge.tap(1).granted
        # nobody has gone in yet
        assert edge.tap(1).granted
        edge.input(0, True)
        assert until(lambda: edge.events() == ["passed", "passed"])
        entry = next(entry for entry in edge.entries() if entry.kind == "event")
        tap = next(entry for entry in edge.entries() if entry.kind == "tap")
        assert (entry.credential, entry.card, entry.terminal) == (f"event:{tap.uuid}", 1, "D01")
        edge.input(0, False)
        assert edge.tap(1).reasons == ("access_passback",)
        assert until(lambda: len(server.events) == 2)
    with DoorEdge(server, tmp_path, **CONTACT) as edge:
        assert edge.ready().tap(1).reasons == ("access_passback",)
        assert edge.tap(2).granted
        # the server's answer to an event has no outcome, and acknowledges it all the same
        assert until(lambda: server.events and not edge.edge.journal.queue_length)


def test_the_heartbeat_says_which_doors_are_open(server, tmp_path):
    with DoorEdge(server, tmp_path, **CONTACT) as edge:
        edge.ready().input(0, False)
        for is_open in (False, True, False):
            edge.input(0, is_open)
            edge.settled()
            assert edge.edge._heartbeat()["contacts"] == [[11, is_open]]


def test_a_forced_door_is_told_within_a_second(server, tmp_path):
    with DoorEdge(server, tmp_path, **CONTACT) as edge:
        edge.ready().input(0, False)
        began_ms = edge.edge.clock.now_ms()
        edge.input(0, True)
        assert until(lambda: edge.events() == ["forced"])
        (entry,) = edge.entries()
        assert entry.at_ms - began_ms < 1_000 and entry.card is None
        edge.input(0, False)
        assert until(lambda: edge.events() == ["forced", "closed"])


def test_a_door_that_is_held_open_warns_at_its_readers_and_is_told(server, tmp_path):
    with DoorEdge(server, tmp_path, **CONTACT) as edge:
        edge.ready().input(0, False)
        edge.input(1, True)
        edge.input(0, True)
        for code in ("D01", "D02"):
            shown = edge.ports[code].shown
            assert until(lambda shown=shown: [one for one in shown if one.text == "Close the door"])
        assert edge.events() == ["rex"]
        assert until(lambda: edge.events() == ["rex", "held_open"])


def test_an_opened_housing_is_told(server, tmp_path):
    with DoorEdge(server, tmp_path) as edge:
        edge.ready().tamper(True, "D03")
        edge.tamper(False, "D03")
        assert until(lambda: edge.events() == ["tamper"])


def test_of_doors_with_one_interlock_only_one_is_open(server, campus, tmp_path):
    doors = [
        types.Door(11, OUTSIDE, BUILDING, "Outer", {"in": "D01"}, interlock="lock"),
        types.Door(12, BUILDING, LAB, "Inner", {"in": "D03"}, interlock="lock"),
    ]
    campus.give((2,), 1)
    campus.change(site=site(doors=doors))
    with DoorEdge(server, tmp_path, **CONTACT, D03={"contact_input": 0}) as edge:
        edge.ready()
        edge.input(0, False)
        edge.input(0, False, "D03")
        assert edge.tap(1).granted
        assert edge.tap(1, "D03").reasons == ("access_interlock",)
        edge.input(0, True)
        edge.input(0, False)
        assert until(lambda: edge.events() == ["passed"])
        assert edge.tap(1, "D03").granted


def test_events_that_the_disk_refuses_are_written_later(server, tmp_path, monkeypatch):
    with DoorEdge(server, tmp_path, **CONTACT) as edge:
        edge.ready().input(0, False)
        submit = edge.edge.journal.submit
        refused = []

        def full(drafts, done):
            refused.append(drafts)
            done(OSError("no space left"))

        edge.edge.journal.submit = full
        edge.input(0, True)
        assert until(lambda: refused)
        edge.edge.journal.submit = submit
        edge.input(0, False)
        assert until(lambda: edge.events() == ["forced", "closed"])


# -- PINs --------------------------------------------------------------------------------------


@pytest.fixture
def keyed(server, campus, tmp_path):
    doors = [types.Door(11, OUTSIDE, BUILDING, "Main", {"in": "D01"}, needs_pin=True)]
    campus.change(site=site(doors=doors), pins={1: PIN})
    with DoorEdge(server, tmp_path) as edge:
        yield edge.ready()


def ask(edge, card=1):
    """Put a card on the reader; it asks for the PIN."""
    from support.edge_doors import CardSeen, uid_of

    port = edge.ports["D01"]
    before = len(port.shown)
    port.event(CardSeen(f"uid:{uid_of(card)}"))
    assert until(lambda: [shown for shown in port.shown[before:] if shown.duration_ms == pins.WAIT_MS])
    return port.shown[-1]


def key(edge, keys):
    """Key a PIN; what is shown in the end."""
    port = edge.ports["D01"]
    before = len(port.shown)
    edge.keys(keys)
    last = ("granted", "refused")
    assert until(lambda: [shown for shown in port.shown[before:] if shown.outcome in last])
    return next(shown for shown in port.shown[before:] if shown.outcome in last)


def test_after_the_card_the_pin_opens_and_is_one_tap(keyed):
    shown = ask(keyed)
    assert (shown.outcome, shown.text) == ("asking", "Key the door PIN")
    assert keyed.entries() == []
    keyed.keys("12")
    assert until(lambda: keyed.ports["D01"].shown[-1].text == "**")
    assert key(keyed, "39#").outcome == "granted"
    (entry,) = keyed.entries()
    assert (entry.outcome, entry.code) == ("granted", "ok")


def test_a_pin_under_duress_looks_the_same_and_tells_silently(keyed, server):
    ask(keyed)
    plain = key(keyed, "1239#")
    ask(keyed)
    forced = key(keyed, "1230#")
    assert forced == plain
    assert until(lambda: keyed.events() == ["duress"])
    taps = [entry for entry in keyed.entries() if entry.kind == "tap"]
    event = keyed.entries()[-1]
    assert event.credential == f"event:{taps[-1].uuid}" and event.card == 1
    assert taps[-1].code == "ok" and taps[-1].rule.partition(",")[0] == taps[0].rule.partition(",")[0]
    assert until(lambda: [entry.code for entry, _answer in server.events.values()] == ["duress"])


def test_five_wrong_pins_lock_the_person_also_over_a_restart(keyed, server, tmp_path):
    for _ in range(door_pin.TRIES_PERSON):
        ask(keyed)
        assert key(keyed, "0000#").text == "Wrong door PIN"
    assert keyed.tap(1).reasons == ("access_pin_locked",)
    keyed.edge.stop()
    with DoorEdge(server, tmp_path) as again:
        assert again.ready().tap(1).reasons == ("access_pin_locked",)
        again.edge.stop = lambda: None
        keyed.edge.stop = lambda: None


def test_a_door_whose_keypad_was_tried_too_often_takes_no_pin(keyed, monkeypatch):
    tries = keyed.edge.doors.pins._doors
    for _ in range(door_pin.TRIES_DOOR):
        tries.wrong("11", keyed.edge.clock.elapsed_ms())
    assert keyed.tap(1).reasons == ("access_pin_locked",)


def test_without_a_pin_of_their_own_people_learn_that(keyed):
    assert keyed.tap(2).reasons == ("access_pin_unset",)


def test_another_card_or_the_clear_key_ends_the_wait(keyed, campus):
    ask(keyed)
    keyed.keys("C")
    assert until(lambda: [entry.code for entry in keyed.entries()] == ["access_pin_needed"])
    ask(keyed)
    assert keyed.present(2).text == "No door PIN"
    codes = [entry.code for entry in keyed.entries()]
    assert codes == ["access_pin_needed", "access_pin_needed", "access_pin_unset"]


def test_who_has_no_right_is_not_asked_for_a_pin(keyed):
    assert keyed.tap(9).reasons == ("access_no_right",)


def test_keys_of_a_pin_are_in_no_log_and_no_journal(keyed, caplog):
    ask(keyed)
    key(keyed, "1239#")
    assert "1239" not in json.dumps([list(entry)[5:13] for entry in keyed.entries()]) + caplog.text
