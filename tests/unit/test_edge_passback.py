"""Anti-passback as a table: kind, door or area, one edge or two, with the others heard or not."""

from contextlib import ExitStack
from dataclasses import replace

import pytest

from campus_core.access import types
from campus_core.access.types import HARD, LET_IN, SOFT, STRICT, TIMED, Door, Passback, Zone
from campus_core.taps import alone
from support.edge_doors import BUILDING, HOLDER, OUTSIDE, DoorCampus, DoorEdge, site
from support.edge_rig import KEY, until
from support.edge_server import EdgeServer

DOOR, AREA = "door", "area"
ONE, TWO = 1, 2
ON, OFF = "online", "offline"
FINE, WARNED, TOLD_ALONE = "granted", "granted, passback", "granted, unverified"
SHUT, SOON, UNSURE = "access_passback", "access_passback_time", "access_unverified"

# The same person enters a second time: by the same door (DOOR), or by another door of the zone (AREA).
TABLE = [
    # kind, of what, edges, the others are, alone, what becomes of the second entry
    (SOFT, DOOR, ONE, ON, LET_IN, WARNED),
    (SOFT, DOOR, ONE, OFF, LET_IN, WARNED),
    (HARD, DOOR, ONE, ON, LET_IN, SHUT),
    (HARD, DOOR, ONE, OFF, LET_IN, SHUT),
    (TIMED, DOOR, ONE, ON, LET_IN, SOON),
    (TIMED, DOOR, ONE, OFF, LET_IN, SOON),
    # a door's rule is of that door: another edge has no say in it
    (SOFT, DOOR, TWO, ON, LET_IN, FINE),
    (HARD, DOOR, TWO, ON, LET_IN, FINE),
    (TIMED, DOOR, TWO, ON, LET_IN, FINE),
    (HARD, DOOR, TWO, OFF, STRICT, FINE),
    (SOFT, AREA, ONE, ON, LET_IN, WARNED),
    (SOFT, AREA, ONE, OFF, LET_IN, WARNED),
    (HARD, AREA, ONE, ON, LET_IN, SHUT),
    (HARD, AREA, ONE, OFF, LET_IN, SHUT),
    (HARD, AREA, ONE, OFF, STRICT, SHUT),
    (TIMED, AREA, ONE, ON, LET_IN, SOON),
    (TIMED, AREA, ONE, OFF, LET_IN, SOON),
    (SOFT, AREA, TWO, ON, LET_IN, WARNED),
    (HARD, AREA, TWO, ON, LET_IN, SHUT),
    (HARD, AREA, TWO, ON, STRICT, SHUT),
    (TIMED, AREA, TWO, ON, LET_IN, SOON),
    # cut off: what the area says
    (SOFT, AREA, TWO, OFF, LET_IN, TOLD_ALONE),
    (HARD, AREA, TWO, OFF, LET_IN, TOLD_ALONE),
    (TIMED, AREA, TWO, OFF, LET_IN, TOLD_ALONE),
    (SOFT, AREA, TWO, OFF, STRICT, UNSURE),
    (HARD, AREA, TWO, OFF, STRICT, UNSURE),
    (TIMED, AREA, TWO, OFF, STRICT, UNSURE),
]


@pytest.fixture(autouse=True)
def no_haste(monkeypatch):
    monkeypatch.setattr(alone, "DUPLICATE_MS", 0)


class Place:
    """A zone with two doors, at one edge or two, and what the server relays between them."""

    def __init__(self, stack, folder, kind, of, edges, rule):
        passback = Passback(kind, 3_600)
        zone = Zone(BUILDING, OUTSIDE, is_shared=edges == TWO, alone=rule)
        doors = [
            Door(11, OUTSIDE, BUILDING, sides={"in": "D01"}),
            Door(12, OUTSIDE, BUILDING, sides={"in": "D02"}),
        ]
        if of == DOOR:
            doors = [replace(door, passback=passback) for door in doors]
        else:
            zone = replace(zone, passback=passback)
        self.edges, self.servers = [], []
        for number in range(edges):
            campus = DoorCampus(site=site(zones=[Zone(OUTSIDE), zone], doors=doors))
            campus.add_cards([1])
            campus.give((2,), 1)
            self.servers.append(stack.enter_context(EdgeServer(campus, KEY.public)))
            home = folder / str(number)
            home.mkdir()
            edge = stack.enter_context(DoorEdge(self.servers[-1], home)).ready()
            # the edges have names of their own in positions
            edge.edge.snapshot.access.edge = number + 1
            assert until(edge.edge.listener.hears_others)
            self.edges.append(edge)

    def relay(self):
        """Tell each edge what the others know, as the server does."""
        known = [edge.edge.doors.places.positions.all() for edge in self.edges]
        rows = [list(one[:6]) for positions in known for one in positions]
        for edge in self.edges:
            edge.edge.doors.pushed("positions", {"positions": rows})
            edge.settled()

    def cut_off(self):
        """Take the server from the last edge."""
        self.servers[-1].stop()
        assert until(lambda: not self.edges[-1].edge.listener.hears_others())


@pytest.mark.parametrize(("kind", "of", "edges", "others", "rule", "wanted"), TABLE)
def test_a_second_entry(tmp_path, kind, of, edges, others, rule, wanted):
    with ExitStack() as stack:
        place = Place(stack, tmp_path, kind, of, edges, rule)
        assert place.edges[0].tap(1, "D01").granted
        if others == ON:
            place.relay()
        else:
            place.cut_off()
        second = "D01" if of == DOOR and edges == ONE else "D02"
        note = place.edges[-1].tap(1, second)
        if note.granted:
            found = f"granted, {note.warnings[0].removeprefix('access_')}" if note.warnings else FINE
        else:
            found = note.reasons[0]
        assert found == wanted
        place.relay()
        zones = {edge.edge.doors.places.positions.zone(HOLDER + 1) for edge in place.edges}
        counts = [dict(edge.edge.doors.places.positions.counts()) for edge in place.edges]
        assert zones == {BUILDING} and all(count == counts[0] for count in counts)
        if others == OFF:
            place.servers[-1].start()


def test_every_case_of_the_table_is_another():
    cases = [row[:5] for row in TABLE]
    assert len(set(cases)) == len(cases)
    kinds = {(kind, of, edges, others) for kind, of, edges, others, *_rest in TABLE}
    assert len(kinds) >= 3 * 2 * 2 * 2 - 2
    assert types.OFF not in {kind for kind, *_rest in TABLE}
