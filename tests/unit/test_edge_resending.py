"""A server that was restored, or another that took over: what it has lost is sent again."""

import pytest

from campus_core.taps import wire
from campus_edge.cli import salvage
from campus_edge.journal.journal import Journal
from campus_edge.server.http import Connection, Identity
from campus_edge.server.identity import Paired
from campus_edge.server.pulse import Pulse
from campus_edge.server.resending import SHOWN_RULE
from support.edge_campus import Campus
from support.edge_rig import KEY, Rig, until
from support.edge_server import EdgeServer


@pytest.fixture
def server():
    campus = Campus()
    campus.add_cards(range(1, 60))
    with EdgeServer(campus, KEY.public) as running:
        yield running


@pytest.fixture
def rig(server, tmp_path):
    with Rig(server, tmp_path) as running:
        yield running.ready()


def beat(rig):
    identity = Identity(rig.server.edge, "Canteen", rig.server.url, KEY)
    pulse = Pulse(Connection(identity, rig.clock), rig.sender, rig._version, dict)
    pulse.beat()


def journaled(rig):
    return {
        uuid for (uuid,) in rig.journal.read(lambda base: base.execute("SELECT uuid FROM entry").fetchall())
    }


def test_the_next_tap_brings_back_what_the_server_has_lost(rig, server):
    rig.tap(1)
    assert rig.sent()
    kept = server.backup()
    for card in range(2, 7):
        assert rig.tap(card).granted
    rig.tap(7, "D01")
    assert rig.sent()
    server.restore(kept)
    assert len(server.taps) == 1
    assert rig.tap(8).granted
    assert until(lambda: set(server.taps) == journaled(rig))
    assert rig.sent() and len(server.charged) == 7
    # and no gap is left in the chain
    assert sorted(server.journals[rig.journal.id]) == list(range(rig.journal.head_seq + 1))


@pytest.mark.parametrize("first", [True, False])
def test_an_idle_edge_learns_of_the_loss_by_its_heartbeat(rig, server, first):
    kept = None if first else (rig.tap(1), rig.sent(), server.backup())[-1]
    empty = (None, {}, {}, {}, {})
    for card in range(2, 5):
        rig.tap(card)
    assert rig.sent()
    beat(rig)
    batches = len(server.batches)
    beat(rig)
    assert rig.sent() and len(server.batches) == batches
    server.restore(kept or empty)
    beat(rig)
    assert until(lambda: set(server.taps) == journaled(rig))
    assert until(lambda: len(server.charged) == (3 if first else 4))


def test_a_green_lamp_is_charged_though_the_restored_server_refuses(rig, server):
    rig.tap(1)
    assert rig.sent()
    kept = server.backup()
    answer = rig.tap(2)
    assert answer.granted and rig.sent()
    server.restore(kept)
    server.campus.cards[2][2] = "lost"
    rig.tap(3)
    assert until(lambda: answer.uuid in server.finals) and rig.sent()
    final, _answer = server.finals[answer.uuid]
    assert (final.outcome, final.code, final.rule) == ("granted", "ok", SHOWN_RULE)
    assert answer.uuid in server.charged


def test_a_red_lamp_is_not_charged_though_the_restored_server_grants(rig, server):
    rig.tap(1)
    assert rig.sent()
    kept = server.backup()
    server.campus.cards[2][2] = "lost"
    answer = rig.tap(2)
    assert not answer.granted and rig.sent()
    server.restore(kept)
    server.campus.cards[2][2] = "active"
    rig.tap(3)
    assert until(lambda: answer.uuid in server.finals) and rig.sent()
    assert answer.uuid not in server.charged


def test_what_was_decided_alone_is_charged_once(rig, server):
    kept = server.backup()
    rig.sender.late()
    answer = rig.tap(1)
    assert answer.offline and rig.sent()
    server.restore(kept)
    rig.tap(2)
    assert until(lambda: answer.uuid in server.taps) and rig.sent()
    assert server.charged[answer.uuid] == 350
    assert journaled(rig) == set(server.taps)


def test_what_an_earlier_journal_had_sent_is_sent_again(rig, server):
    rig.tap(1)
    assert rig.sent()
    kept = server.backup()
    granted = [rig.tap(card).uuid for card in (2, 3)]
    assert rig.sent()
    first = rig.journal.id
    rig.journal.fork()
    assert rig.journal.id != first
    server.restore(kept)
    rig.tap(4)
    assert until(lambda: set(granted) < set(server.charged))
    assert rig.sent()
    # the answers came along: nobody takes these for taps that were never answered
    assert rig.engine.sweep() == 0
    assert rig.sent() and len(server.charged) == 4


def test_what_is_pruned_is_not_looked_for_for_ever(rig, server):
    for card in range(1, 5):
        rig.tap(card)
    assert rig.sent()
    assert rig.journal.prune(wire.MAX_MS) > 0
    server.restore((None, {}, {}, {}, {}))
    rig.tap(5)
    assert rig.sent()
    batches = len(server.batches)
    beat(rig)
    beat(rig)
    assert rig.sent() and len(server.batches) == batches


def test_an_earlier_journal_is_taken_up_by_hand(rig, server, capsys):
    uuids = {rig.tap(card).uuid for card in (1, 2)}
    assert rig.sent()
    path = rig.journal.fork()
    rig.sender.stop()
    rig.journal.close()
    paired = Paired(Identity(server.edge, "Canteen", server.url, KEY), server.campus.ring)
    assert salvage.again(path, path.with_name("journal.db"), paired) == 0
    assert "2 entries" in capsys.readouterr().out
    # and once only
    assert salvage.again(path, path.with_name("journal.db"), paired) == 0
    assert "0 entries" in capsys.readouterr().out
    journal = Journal(path.with_name("journal.db"), KEY)
    assert {entry.uuid for entry in journal.unacknowledged()} == uuids and not journal.unanswered()
    journal.close()


def test_a_problem_is_over_once_the_server_has_everything(server, tmp_path):
    """The answer to a batch got lost, and another request says that the server has it: nothing is sent again."""
    with Rig(server, tmp_path) as rig:
        rig.ready()
        assert rig.tap(1).outcome == "granted"
        assert until(lambda: not rig.journal.queue_length)
        rig.sender._failed("the answer got lost")
        rig.sender.server_seen()
        assert (rig.sender.up, rig.sender.problem) == (True, "")
