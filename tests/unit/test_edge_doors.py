"""Taps at the doors of a whole edge: the decision is that of the core, with all its reasons."""

import json
from dataclasses import replace

import pytest

from campus_core.access import types
from campus_core.access.types import Door, Passback, Rule, Zone
from campus_core.schedule import Schedule, Window
from campus_core.taps import alone
from support.edge_campus import uid_of
from support.edge_doors import BUILDING, LAB, OUTSIDE, DoorCampus, DoorEdge, site
from support.edge_rig import KEY, until
from support.edge_server import EdgeServer

MAIN = Door(11, OUTSIDE, BUILDING, "Main", {"in": "D01", "out": "D02"})


@pytest.fixture(autouse=True)
def no_haste(request, monkeypatch):
    """Cards are shown faster than people do."""
    if "duplicate" not in request.node.name:
        monkeypatch.setattr(alone, "DUPLICATE_MS", 0)


@pytest.fixture
def campus():
    made = DoorCampus()
    made.add_cards(range(1, 10))
    made.give((1,), 1, 2)
    made.give((1, 2), 3)
    return made


@pytest.fixture
def server(campus):
    with EdgeServer(campus, KEY.public) as running:
        yield running


@pytest.fixture
def edge(server, tmp_path):
    with DoorEdge(server, tmp_path) as running:
        yield running.ready()


def test_a_right_opens_its_doors_and_no_other(edge):
    assert edge.present(1).outcome == "granted"
    note = edge.told()
    assert (note.granted, note.rule, note.reasons) == (True, 1, ())
    shown = edge.present(1, "D03")
    assert (shown.outcome, shown.text) == ("refused", "No right here")
    assert edge.tap(3, "D03").rule == 2


def test_a_denial_tells_all_reasons_and_the_age_of_the_list(edge, campus):
    campus.set_state(2, "frozen")
    campus.change(site=site(doors=[replace(MAIN, mode="locked"), campus.site.doors[12]]))
    campus.give((), 2)
    edge.ready()
    note = edge.tap(2)
    assert note.reasons == ("card_frozen", "access_no_right", "access_door_locked")
    assert note.age_s < 30
    entry = [entry for entry in edge.entries() if entry.kind == "tap"][-1]
    assert (entry.code, entry.mode, entry.card) == ("card_frozen", "told", 2)


def test_what_is_wrong_with_the_tap_itself_as_a_duplicate_is_told_alone(edge):
    assert edge.tap(99).reasons == ("unknown_card",)
    edge.tap(1)
    assert edge.tap(1).reasons == ("duplicate_tap",)


def test_a_reader_that_belongs_to_no_door_stays_shut(edge, campus):
    campus.change(site=site(doors=[MAIN]))
    edge.ready()
    assert edge.tap(3, "D03").reasons == ("access_door_unknown",)


def test_without_doors_on_the_server_a_good_card_opens(edge, campus):
    content = campus.content
    campus.content = lambda since=0: {k: v for k, v in content(0).items() if k != "access"} | {"since": 0}
    campus.touch(("cards", 1))
    edge.ready()
    assert edge.present(9, "D03").outcome == "granted"


def test_a_change_of_one_person_changes_what_opens(edge, campus):
    assert edge.present(4).outcome == "refused"
    campus.give((1,), 4)
    assert edge.ready().present(4).outcome == "granted"
    campus.give((), 4)
    assert edge.ready().tap(4, "D02").reasons == ()  # who leaves needs no right
    assert edge.tap(4).reasons == ("access_no_right",)


def test_the_list_on_the_disk_is_enough(server, tmp_path):
    with DoorEdge(server, tmp_path) as first:
        first.ready()
    server.stop()
    with DoorEdge(server, tmp_path) as again:
        assert again.settled().present(1).outcome == "granted"
        assert again.present(1, "D03").text == "No right here"
    server.start()


def test_hard_passback_holds_at_once_over_a_restart_and_is_forgiven(server, campus, tmp_path):
    zones = [Zone(OUTSIDE), Zone(BUILDING, OUTSIDE, passback=Passback(types.HARD)), Zone(LAB, BUILDING)]
    campus.change(site=site(zones=zones))
    with DoorEdge(server, tmp_path) as edge:
        edge.ready()
        assert edge.tap(1).granted
        assert edge.tap(1, "D02").granted
        assert edge.tap(2).granted
    with DoorEdge(server, tmp_path) as edge:
        edge.ready()
        assert edge.tap(2).reasons == ("access_passback",)
        assert edge.tap(1).granted
        campus.change(positions=[(1002, None, edge.edge.clock.now_ms(), 0, 1, None)])
        edge.ready()
        assert edge.tap(2).granted


def test_a_card_without_a_right_is_no_second_person(edge, campus):
    """Leaving is free: the edge notes the card, and learns later whose it is."""
    zones = [Zone(OUTSIDE), Zone(BUILDING, OUTSIDE, passback=Passback(types.HARD)), Zone(LAB, BUILDING)]
    campus.change(site=site(zones=zones))
    edge.ready()
    positions = edge.edge.doors.places.positions
    entered_ms = edge.edge.clock.now_ms()
    campus.change(positions=[(1004, BUILDING, entered_ms, 8, 1, OUTSIDE)])
    edge.ready()
    assert edge.tap(4, "D02").granted
    assert (positions.zone(-4), positions.zone(1004)) == (OUTSIDE, BUILDING)
    campus.change(holders=[(4, 1004)])
    edge.ready()
    assert (positions.nameless(), positions.zone(1004)) == ([], OUTSIDE)
    assert positions.counts().get(BUILDING, 0) == 0


def test_a_right_that_is_taken_away_takes_nobody_out_of_the_building(edge, campus):
    zones = [Zone(OUTSIDE), Zone(BUILDING, OUTSIDE, passback=Passback(types.HARD)), Zone(LAB, BUILDING)]
    campus.change(site=site(zones=zones))
    edge.ready()
    assert edge.tap(1).granted
    campus.give((), 1)
    edge.ready()
    positions = edge.edge.doors.places.positions
    assert set(edge.tap(1).reasons) == {"access_no_right", "access_passback"}
    assert edge.tap(1, "D02").granted
    assert (positions.nameless(), positions.zone(1001)) == ([], OUTSIDE)


def test_positions_of_other_edges_are_pushed(edge, campus, server):
    zones = [
        Zone(OUTSIDE),
        Zone(BUILDING, OUTSIDE, passback=Passback(types.HARD), limit=2),
        Zone(LAB, BUILDING),
    ]
    campus.change(site=site(zones=zones))
    edge.ready()
    now_ms = edge.edge.clock.now_ms()
    rows = [[1001, BUILDING, now_ms, 8, 1, OUTSIDE], [1008, LAB, now_ms, 8, 2, BUILDING]]
    edge.edge.doors.pushed("positions", {"positions": rows})
    edge.settled()
    assert edge.tap(1).reasons == ("access_passback",)
    assert edge.tap(2).reasons == ("access_zone_full",)
    assert edge.edge.doors.pushed("positions", {"positions": "nonsense"})
    assert not edge.edge.doors.pushed("news", {})


def test_two_persons_belong_together(edge, campus):
    campus.change(site=site(doors=[replace(MAIN, needs_second=True), campus.site.doors[12]]))
    edge.ready()
    assert edge.tap(1).reasons == ("access_second_missing",)
    assert edge.tap(9).reasons == ("access_no_right",)
    assert edge.tap(1).reasons == ("access_second_missing",)
    assert edge.tap(2).granted


def test_an_escort_lets_a_visitor_through(edge, campus):
    rules = [Rule(1, doors=frozenset({11})), Rule(3, doors=frozenset({11}), needs_escort=True)]
    campus.give((3,), 5, 6)
    campus.change(site=site(rules=rules))
    edge.ready()
    assert edge.tap(5).reasons == ("access_escort_missing",)
    assert edge.tap(6).reasons == ("access_escort_missing",)
    assert edge.tap(1).granted
    assert edge.tap(5).granted


def test_the_first_person_opens_the_zone_and_a_restart_knows_it(server, campus, tmp_path):
    rules = [Rule(1, doors=frozenset({11})), Rule(2, doors=frozenset({11, 12}), is_first=True, priority=1)]
    campus.change(site=site(rules=rules, zones=[Zone(OUTSIDE), Zone(BUILDING, OUTSIDE, needs_first=True)]))
    with DoorEdge(server, tmp_path) as edge:
        edge.ready()
        assert edge.tap(1).reasons == ("access_first_missing",)
        assert edge.tap(3).granted
        assert edge.tap(1).granted
    with DoorEdge(server, tmp_path) as edge:
        assert edge.ready().tap(2).granted


def test_who_came_first_at_another_edge_has_opened_the_zone_here_until_the_day_is_over(edge, campus):
    campus.change(site=site(zones=[Zone(OUTSIDE), Zone(BUILDING, OUTSIDE, needs_first=True)]))
    yesterday_ms = edge.edge.clock.now_ms() - 86_400_000
    for at_ms, reasons in ((yesterday_ms, ("access_first_missing",)), (edge.edge.clock.now_ms(), ())):
        campus.change(opened=[[BUILDING, at_ms]])
        assert edge.ready().tap(1).reasons == reasons
    # a push that says so is none that edges know
    assert not edge.edge.doors.pushed("opened", {"zones": [[BUILDING, at_ms]]})


def test_the_age_of_a_doubtful_clock_does_not_make_a_note_too_long(edge, campus):
    rules = [Rule(1, doors=frozenset({11}), allow=False, priority=5)]
    campus.set_state(1, "frozen")
    zones = [Zone(OUTSIDE), Zone(BUILDING, OUTSIDE, limit=1, needs_first=True)]
    doors = [replace(MAIN, mode="locked", interlock="x", needs_pin=True, needs_second=True)]
    campus.change(site=site(rules=rules, doors=doors, zones=zones))
    edge.ready()
    edge.edge.clock._source = 0
    assert "access_denied" in edge.tap(1).reasons
    assert edge.entries()[-1].rule.startswith("doubtful clock: door: refused by 1")


def test_a_door_that_is_free_by_its_schedule_is_held_open(edge, campus):
    always = Schedule(windows=(Window(frozenset(range(7)), 0, 1440),), holidays="usual")
    doors = [replace(MAIN, mode="unlocked", unlocked="always"), campus.site.doors[12]]
    campus.change(site=site(doors=doors, schedules={"always": always}))
    edge.ready()
    assert until(lambda: "unlock" in [shown.outcome for shown in edge.ports["D02"].shown])
    assert edge.present(9).outcome == "granted"
    campus.change(site=site())
    edge.ready()
    assert until(lambda: edge.ports["D01"].shown[-1].outcome == "relock")


def test_a_reader_without_a_lock_does_not_light_its_lamps_for_one(server, campus, tmp_path):
    always = Schedule(windows=(Window(frozenset(range(7)), 0, 1440),), holidays="usual")
    doors = [replace(MAIN, mode="unlocked", unlocked="always")]
    campus.change(site=site(doors=doors, schedules={"always": always}))
    with DoorEdge(server, tmp_path, D01={"driver": "pn532"}, D02={"relay": -1}) as edge:
        edge.ready()
        assert until(lambda: edge.edge.doors.is_free(11))
        assert not edge.settled().ports["D01"].shown + edge.ports["D02"].shown


def test_without_the_last_door_a_good_card_opens_again(edge, campus):
    assert edge.tap(9).reasons == ("access_no_right",)
    campus.change(site=site(doors=[]))
    assert edge.ready().present(9).outcome == "granted"


def test_whose_list_of_rules_is_gone_has_no_right_when_it_comes_back(edge, campus):
    assert edge.tap(1).granted
    rights = dict(campus.rights)
    # the rule no longer leads here: the list goes, and nobody is told apart
    campus.rights = {}
    campus.change(site=site(rules=[]))
    assert edge.ready().tap(1).reasons == ("access_no_right",)
    campus.rights = {2: rights[2]}
    campus.touch(("rights", 2))
    campus.change(site=site())
    edge.ready()
    assert edge.tap(2).granted
    assert edge.tap(1).reasons == ("access_no_right",)


def test_uids_are_in_no_event_or_note(edge):
    edge.tap(1, "D03")
    assert uid_of(1) not in json.dumps([entry.rule for entry in edge.entries()])
