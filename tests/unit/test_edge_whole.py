"""Readers, status and tills of a whole edge in this process, with a simulated reader on a wire."""

import threading
import time

import pytest

from campus_edge.config import parse
from campus_edge.edge import Edge
from campus_edge.journal.journal import JournalUnwritable
from campus_edge.ports.base import Port, PortEvent
from campus_edge.protocols.base import CardSeen, ReaderState, Tamper
from campus_edge.readers import readers
from campus_edge.readers.drivers import DRIVERS
from campus_edge.readers.readers import EVENTS_MAX
from campus_edge.server.http import Identity
from campus_edge.server.identity import Paired
from support.edge_campus import Campus, uid_of
from support.edge_rig import KEY, PATIENCE_S, until
from support.edge_server import EdgeServer, Refused


class Hand(Port):
    """A port whose events the test makes; what is shown is kept."""

    def __init__(self, config, sink):
        super().__init__(config.terminal, sink)
        self.shown = []
        made[config.terminal] = self

    def _serve(self):
        self._emit(ReaderState("ready"))
        self._stopping.wait()

    def show(self, feedback):
        self.shown.append(feedback)

    def put(self, card, age_s=0.0):
        at_ns = time.monotonic_ns() - int(age_s * 1e9)
        self._sink(PortEvent(self.name, CardSeen(f"uid:{uid_of(card)}"), at_ns))

    def emit(self, event):
        self._put(event)


made = {}


@pytest.fixture
def server():
    campus = Campus()
    campus.add_cards(range(1, 20))
    with EdgeServer(campus, KEY.public) as running:
        yield running


@pytest.fixture
def edge(server, tmp_path):
    rows = [
        {"terminal": "T01", "driver": "rdm6300"},
        {"terminal": "D01", "driver": "rdm6300"},
        {"terminal": "K01", "driver": "rdm6300", "use": "till"},
    ]
    data = {"edge": {"state_folder": str(tmp_path), "language": "en_US"}, "server": {"ask_timeout_ms": 2000},
            "reader": rows}  # fmt: skip
    paired = Paired(Identity(server.edge, "Canteen", server.url, KEY), server.campus.ring)
    running = Edge(parse(data, tmp_path, tuple(DRIVERS)), paired, Hand)
    running.start()
    assert until(lambda: running.status().state == "online")
    yield running
    running.stop()


def test_the_reader_shows_what_became_of_the_card(edge, server):
    made["T01"].put(1)
    assert until(lambda: made["T01"].shown)
    (shown,) = made["T01"].shown
    assert (shown.outcome, shown.text) == ("granted", "350 paid")
    made["D01"].put(99)
    assert until(lambda: made["D01"].shown)
    assert (made["D01"].shown[0].outcome, made["D01"].shown[0].text) == ("refused", "Unknown card")


def test_a_card_that_was_seen_too_long_ago_is_not_charged(edge, server):
    made["T01"].put(1, age_s=5)
    made["T01"].put(2)
    assert until(lambda: made["T01"].shown)
    assert len(server.charged) == 1 and len(made["T01"].shown) == 1


def test_a_slow_reader_does_not_hold_up_the_others(edge, server):
    # nobody is answered as long as the server's lock is held
    with server.lock:
        made["T01"].put(1)
        made["D01"].put(2)
        assert until(lambda: made["D01"].shown)
        assert not made["T01"].shown
    assert until(lambda: made["T01"].shown)


def test_the_cards_of_one_reader_are_answered_one_after_the_other(edge, server):
    # nobody is answered as long as the server's lock is held
    with server.lock:
        for card in (1, 99, 3):
            made["T01"].put(card)
        assert until(lambda: edge.journal.head_seq == 1)
        made["D01"].put(2)
        assert until(lambda: made["D01"].shown)
        assert edge.journal.head_seq == 2 and not made["T01"].shown
    assert until(lambda: len(made["T01"].shown) == 3)
    assert [shown.outcome for shown in made["T01"].shown] == ["granted", "refused", "granted"]


def test_a_reader_that_is_shown_too_many_cards_at_once_drops_and_counts_them(edge, server, monkeypatch):
    # a busy machine is no reason to pass over the last of them
    monkeypatch.setattr(readers, "STALE_MS", 60_000)
    (reader,) = (each for each in edge.readers._readers if each.config.terminal == "T01")
    with server.lock:
        for _ in range(EVENTS_MAX + 4):
            made["T01"].put(1)
        assert until(lambda: reader.dropped == 3)
    assert until(lambda: len(made["T01"].shown) == EVENTS_MAX + 1)
    assert len(server.charged) == 1


def test_a_tap_that_fails_shows_again_and_the_reader_goes_on(edge, server, monkeypatch):
    monkeypatch.setattr(edge.engine._deciding, "arrive", lambda *tap: 1 / 0)
    made["T01"].put(1)
    assert until(lambda: made["T01"].shown)
    assert made["T01"].shown[0].outcome == "again"
    monkeypatch.undo()
    made["T01"].put(1)
    assert until(lambda: len(made["T01"].shown) == 2)
    assert made["T01"].shown[1].outcome == "granted"


def test_a_till_gets_the_credential_and_without_one_the_reader_says_again(edge, server):
    made["K01"].put(1)
    assert until(lambda: made["K01"].shown)
    assert made["K01"].shown[0].outcome == "again"
    taken = []
    end = edge._lan_feed.subscribe(lambda terminal, text: taken.append((terminal, text)) or True)
    made["K01"].put(2)
    assert until(lambda: len(made["K01"].shown) == 2)
    assert made["K01"].shown[1].outcome == "asking"
    assert taken == [("K01", f"uid:{uid_of(2)}")]
    assert list(edge._lan_feed.terminals()) == ["K01"]
    end()
    assert not edge._lan_feed.offer("K01", "uid:x")
    assert server.charged == {}


def test_the_status_tells_readers_tamper_and_the_last_taps(edge):
    made["D01"].emit(Tamper(True))
    made["T01"].put(1)
    assert until(lambda: made["T01"].shown)
    status = edge.status()
    assert {reader.terminal: reader.state for reader in status.readers} == dict.fromkeys(
        ("T01", "D01", "K01"), "ready"
    )
    assert [reader.tamper for reader in status.readers] == [False, True, False]
    assert (status.cards, status.taps, status.problems) == (19, 1, ())
    shown = edge._lan_feed.status()
    assert shown["server"]["state"] == "connected"
    assert shown["taps"][0]["code"] == "ok" and "04000001" not in str(shown)
    assert edge._heartbeat()["tamper"] is True


def test_a_server_that_switches_the_edge_off_turns_the_readers_red_and_on_again(edge, server):
    server.refuse = Refused(403, "edge_disabled")
    edge._pulse.beat()
    assert edge.status().state == "disabled"
    made["D01"].put(1)
    assert until(lambda: made["D01"].shown)
    assert made["D01"].shown[0].text == "Device off"
    server.refuse = None
    edge._pulse.beat()
    assert until(lambda: edge.status().state == "online")


def test_a_loop_that_stands_still_does_not_feed_the_watchdog(edge):
    fed, stands, gate = threading.Event(), threading.Event(), threading.Event()
    edge.on_tick = fed.set
    assert fed.wait(PATIENCE_S)
    edge._loop.post(lambda: (stands.set(), gate.wait(PATIENCE_S)))
    assert stands.wait(PATIENCE_S)
    fed.clear()
    try:
        assert not fed.wait(2.5)
    finally:
        gate.set()
    assert fed.wait(PATIENCE_S)


def test_new_campus_keys_are_kept_for_the_next_start(edge, server, tmp_path):
    server.campus.key_number = 2
    server.campus.touch(("keys", 2))
    body = server.campus.signed(edge.snapshot.version, key_number=1)
    server._snapshot = lambda since: (200, {"Campus-Signature": body[0]}, body[1])
    edge.listener.refresh()
    assert until(lambda: '"k2"' in (tmp_path / "identity.json").read_text())


def test_readers_of_an_edge_that_cannot_write_are_sick_and_the_server_hears_of_it(edge):
    assert until(lambda: {reader.state for reader in edge.status().readers} == {"ready"})
    edge.journal.check = lambda: (_ for _ in ()).throw(JournalUnwritable("the disk is full"))
    edge.engine.journal_problem = "the disk is full"
    assert edge.status().state == "sick"
    assert {reader["state"] for reader in edge._heartbeat()["readers"]} == {"sick"}
    del edge.journal.check
    assert until(lambda: {reader.state for reader in edge.status().readers} == {"ready"})
