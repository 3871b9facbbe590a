"""Positions after a clock was wrong: nobody has passed later than now, nor later than who passed afterwards."""

from hypothesis import given
from hypothesis import strategies as st

from campus_core.access.positions import Passage, Positions, believed
from support.edge_doors import BUILDING, LAB, OUTSIDE, DoorCampus, DoorEdge, site
from support.edge_rig import KEY
from support.edge_server import EdgeServer

NOW, DAY = 1_000_000, 86_400_000
times = st.lists(st.integers(0, 2 * NOW))


@given(times, st.integers(0, 2 * NOW))
def test_times_of_a_journal_only_rise_and_none_has_not_come_yet(told, now_ms):
    found = believed(told, now_ms)
    assert found == sorted(found)
    assert all(at_ms <= min(one, now_ms) for at_ms, one in zip(found, told, strict=True))


@given(times)
def test_times_that_rise_and_have_come_stay(told):
    assert believed(sorted(told), 2 * NOW) == sorted(told)


def test_who_was_seen_in_the_future_is_seen_again_when_the_clock_is_right():
    places = Positions(site())
    places.take([Passage(1, LAB, NOW + DAY, 7, 1, BUILDING, 12, "in")])
    places.not_later(NOW)
    assert places.newest(1).at_ms == places.at_door(1, 12).at_ms == places.entered(1)[LAB] == NOW
    places.take([Passage(1, OUTSIDE, NOW + 1, 8, 1, BUILDING)])
    assert places.zone(1) == OUTSIDE


def test_an_edge_whose_clock_is_set_back_takes_its_own_future_back(tmp_path):
    with EdgeServer(DoorCampus(), KEY.public) as server, DoorEdge(server, tmp_path) as edge:
        edge.ready()
        clock, places = edge.edge.clock, edge.edge.doors.places.positions
        places.take([Passage(1001, BUILDING, clock.now_ms() + DAY, 7, 1, OUTSIDE)])
        elapsed_ms = clock.elapsed_ms()
        clock.learn(clock.now_ms() - 60_000, elapsed_ms, elapsed_ms)
        edge.settled()
        assert places.newest(1001).at_ms <= clock.now_ms()
