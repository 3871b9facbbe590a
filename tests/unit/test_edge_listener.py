"""Freezes reach the edge: pushed over the websocket, or asked for without it."""

import json
import time

import pytest

from support.edge_campus import Campus
from support.edge_rig import KEY, Rig, until
from support.edge_server import EdgeServer


@pytest.fixture
def server():
    campus = Campus(bus={"url": "/websocket", "channel": "secret-channel"})
    campus.add_cards(range(1, 10))
    with EdgeServer(campus, KEY.public) as running:
        yield running


@pytest.fixture
def rig(server, tmp_path):
    # polling is too slow to be what makes these tests pass
    with Rig(server, tmp_path, poll_ms=60_000) as running:
        assert until(lambda: server.sockets)
        yield running.ready()


def test_a_pushed_freeze_closes_the_card_before_anything_is_asked(rig):
    assert rig.tap(1, "D01").granted
    asked = len(rig.server.requests)
    with rig.server.lock:
        # nobody is answered as long as the server's lock is held
        rig.server.push([[1, "lost"]])
        assert until(lambda: rig.snapshot.card(1, 0).state == "lost")
        assert len(rig.server.requests) <= asked + 1
    assert rig.tap(1, "T01").code in ("card_lost", "ok")


def test_after_a_push_the_delta_is_fetched(rig):
    rig.server.campus.set_state(2, "frozen")
    rig.server.campus.add_terminal("T07")
    rig.server.push([[2, "frozen"]])
    assert until(lambda: "T07" in rig.snapshot.terminals), (
        rig.listener.problem,
        rig.listener.connected,
        rig.server.requests,
    )
    assert rig.snapshot.version == rig.server.campus.version


def test_a_push_cannot_open_a_card(rig):
    rig.server.campus.set_state(3, "lost")
    rig.server.push([])
    assert until(lambda: rig.snapshot.card(3, 0).state == "lost")
    rig.server.push([[3, "active"]])
    # Pushes are taken in their order.
    rig.server.push([[6, "lost"]])
    assert until(lambda: rig.snapshot.card(6, 0).state == "lost")
    assert rig.snapshot.card(3, 0).state == "lost"


def test_a_broken_websocket_comes_back_and_what_was_missed_is_asked_for(rig):
    rig.server.stop()
    assert until(lambda: not rig.listener.connected)
    rig.server.campus.set_state(4, "frozen")
    rig.server.start()
    assert until(lambda: rig.snapshot.card(4, 0).state == "frozen")
    assert until(lambda: rig.listener.connected)


@pytest.mark.parametrize(
    "noise",
    [
        b"", b"{", b"[]", b"[1]", b"null", json.dumps([{"message": {"type": "x", "payload": 1}}]).encode(),
        json.dumps([{"message": {"type": "campus_snapshot", "payload": {"cards": [["a", 1]]}}}]).encode(),
        json.dumps([{"message": {"type": "campus_snapshot", "payload": None}}]).encode(), b"\xff",
    ],
)  # fmt: skip
def test_noise_on_the_bus_changes_nothing(rig, noise):
    rig.listener.pushed(noise)
    assert rig.snapshot.card(5, 0).state == "active"


def test_a_version_that_brings_nothing_is_asked_for_once(rig):
    rig.server.campus.version += 1
    rig.server._snapshot = lambda since: (304, {}, b"")
    rig.listener._poll_ms = 50
    rig.listener._wake.set()
    before = len(rig.server.requests)
    for _ in range(20):
        rig.listener.version_seen(rig.server.campus.version)
        time.sleep(0.01)
    assert until(lambda: rig.listener._known >= rig.server.campus.version)
    known = rig.listener._known
    asked = len(rig.server.requests)
    assert asked - before <= 3
    rig.listener.version_seen(known)
    # the next news is asked for once, so the old version was not asked for before it
    rig.listener.version_seen(known + 1)
    assert until(lambda: rig.listener._known == known + 1)
    assert len(rig.server.requests) == asked + 1


def test_a_list_that_is_not_signed_is_reported_and_not_taken(rig):
    def changed_on_the_way(since):
        signature, body = rig.server.campus.signed(since)
        return 200, {"Campus-Signature": signature}, body + b" "

    # the edge may be asking right now, as its websocket has just been connected
    with rig.server.lock:
        rig.server._snapshot = changed_on_the_way
        rig.server.campus.set_state(6, "lost")
    rig.server.push([])
    assert until(lambda: "signature" in rig.listener.problem)
    assert rig.snapshot.card(6, 0).state == "active"
