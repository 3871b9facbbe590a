"""Muster: who is where, also from an edge whose server is gone, and the reader at the assembly point."""

import json
import urllib.request

import pytest

from campus_core.access.types import Door, Zone
from campus_core.taps import alone
from campus_edge.lan import muster_page
from campus_edge.lan.config import LanConfig
from campus_edge.lan.server import LanServer
from support.edge_doors import BUILDING, HOLDER, LAB, OUTSIDE, DoorCampus, DoorEdge, site
from support.edge_rig import KEY, until
from support.edge_server import EdgeServer

ASSEMBLY = 9


@pytest.fixture(autouse=True)
def no_haste(monkeypatch):
    monkeypatch.setattr(alone, "DUPLICATE_MS", 0)


@pytest.fixture
def campus():
    zones = [
        Zone(OUTSIDE), Zone(BUILDING, OUTSIDE, "Library"), Zone(LAB, BUILDING, "Lab"),
        Zone(ASSEMBLY, OUTSIDE, "Lawn"),
    ]  # fmt: skip
    doors = [
        Door(11, OUTSIDE, BUILDING, "Main", {"in": "D01"}), Door(12, BUILDING, LAB, "Lab", {"in": "D02"}),
        Door(13, OUTSIDE, ASSEMBLY, "Lawn", {"in": "D03"}),
    ]  # fmt: skip
    made = DoorCampus(site=site(zones=zones, doors=doors))
    made.add_cards(range(1, 10))
    made.give((2,), 1, 2, 3)
    names = {HOLDER + card: f"<李明{card}>" for card in (1, 2, 3)}
    made.change(names=names, positions=[(HOLDER + 3, LAB, 1_000, 8, 1, BUILDING)])
    return made


@pytest.fixture
def server(campus):
    with EdgeServer(campus, KEY.public) as running:
        yield running


@pytest.fixture
def edge(server, tmp_path):
    with DoorEdge(server, tmp_path, D03={"muster": True}) as running:
        yield running.ready()


def inside(edge):
    """Zone -> holders who are right there, and how many with the zones in it."""
    found = edge.edge.doors.muster()
    return {
        zone["name"]: ([one["holder"] - HOLDER for one in zone["people"]], zone["count"])
        for zone in found["zones"]
    }


def test_the_list_is_the_same_with_the_server_killed(edge, server):
    assert edge.tap(1).granted
    assert edge.tap(2).granted
    assert edge.tap(2, "D02").granted
    before = inside(edge)
    assert before == {"Library": ([1], 3), "Lab": ([3, 2], 2), "Lawn": ([], 0)}
    server.stop()
    assert inside(edge) == before
    edge.tap(1, "D03")
    assert inside(edge) == {"Library": ([], 2), "Lab": ([3, 2], 2), "Lawn": ([1], 1)}
    server.start()


def test_who_comes_to_the_assembly_point_counts_whatever_the_card_is(edge, campus):
    for card in (1, 2):
        edge.tap(card)
    campus.set_state(1, "lost")
    campus.set_state(3, "frozen")
    edge.ready()
    shown = [edge.present(card, "D03") for card in (1, 2, 3)]
    assert [(one.outcome, one.text) for one in shown] == [
        ("granted", "You are counted\nCard lost"),
        ("granted", "You are counted"),
        ("granted", "You are counted\nCard frozen"),
    ]
    assert inside(edge)["Library"] == ([], 0)
    assert inside(edge)["Lawn"] == ([1, 2, 3], 3)
    assert until(lambda: edge.events() == ["mustered"] * 3)
    assert edge.told().warnings[0] == "card_frozen"
    assert edge.present(99, "D03").outcome == "refused"


def test_an_edge_without_names_is_no_muster_point(edge, campus):
    campus.change(names={})
    content = campus.content
    campus.content = lambda since=0: content(0) | {"since": 0}
    campus.touch(("access", "names"))
    assert until(lambda: edge.edge.doors.muster() is None)


@pytest.mark.parametrize(("lang", "word"), [("en", "Who is where"), ("zh-CN", "人员清点")])
def test_the_page_lists_names_on_the_lan(edge, tmp_path, lang, word):
    edge.tap(1)
    lan = LanServer(LanConfig.from_mapping({"port": 0}, tmp_path), edge.edge._lan_feed)
    lan.start()
    try:
        host = f"http://127.0.0.1:{lan.port}"
        request = urllib.request.Request(f"{host}/muster", headers={"Accept-Language": lang})
        with urllib.request.urlopen(request) as answer:
            page = answer.read().decode()
            assert answer.headers["Cache-Control"] == "no-store"
        assert word in page and "&lt;李明1&gt;" in page and "<李明" not in page
        with urllib.request.urlopen(f"{host}/muster.json") as answer:
            assert [zone["count"] for zone in json.load(answer)["zones"]] == [2, 1, 0]
    finally:
        lan.stop()


def test_the_page_says_how_old_the_news_of_other_edges_is():
    found = {"at_ms": 0, "age_s": 125, "is_connected": False, "zones": []}
    assert "Last news of other edges 2 min ago" in muster_page.render(found, "en")
    assert "其他边缘机的数据为2 分钟前" in muster_page.render(found, "zh")


def test_the_page_shows_the_time_of_the_campus_wherever_the_machine_is_set_up():
    person = {"holder": 1, "name": "Li Ming", "since_ms": 1_767_225_600_000}
    zone = {"zone": 1, "name": "Hall", "depth": 1, "count": 1, "people": [person]}
    found = {"at_ms": 1_767_225_661_000, "age_s": 0, "is_connected": True, "zones": [zone]}
    for name, shown, since in (
        ("Asia/Shanghai", "08:01:01", "01-01 08:00"),
        ("America/Lima", "19:01:01", "12-31 19:00"),
    ):
        page = muster_page.render(found | {"time_zone": name}, "en")
        assert shown in page and since in page
