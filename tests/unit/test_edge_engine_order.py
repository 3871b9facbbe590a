"""Who answers a tap when answers, deadlines and the disk cross each other: one of them, and once."""

import queue
import sqlite3
import threading

import pytest

from campus_edge.journal.journal import JournalUnwritable
from campus_edge.journal.verify import verify
from campus_edge.taps import engine
from support.edge_campus import Campus, uid_of
from support.edge_rig import KEY, PATIENCE_S, Rig, until
from support.edge_server import EdgeServer


@pytest.fixture
def server():
    campus = Campus()
    campus.add_cards(range(1, 60))
    with EdgeServer(campus, KEY.public) as running:
        yield running


class Gate:
    """Holds up the journal's writer from now until ``open``."""

    def __init__(self, journal):
        self._event, self.reached = threading.Event(), threading.Event()
        journal._jobs.put(self._wait)

    def _wait(self, base):
        self.reached.set()
        self._event.wait(PATIENCE_S)

    def open(self):
        self._event.set()


def begin(rig, cards, terminal="T01"):
    """Tap all cards in one turn of the loop; a queue of the answers."""
    answers = queue.SimpleQueue()

    def all_at_once():
        for card in cards:
            rig.engine.begin(terminal, f"uid:{uid_of(card)}", answers.put)

    rig.loop.post(all_at_once)
    return answers


def overdue(rig):
    """``(answers, gate)`` of a tap whose deadline is over and whose final waits at the gate for the disk.

    The caller holds the server's lock: nobody is answered.
    """
    answers = begin(rig, [1])
    assert until(lambda: rig.journal.unanswered())
    gate = Gate(rig.journal)
    assert gate.reached.wait(PATIENCE_S)
    assert until(lambda: not rig.sender.up)
    return answers, gate


def test_taps_of_one_turn_are_one_commit_and_one_batch(server, tmp_path):
    with Rig(server, tmp_path) as rig:
        rig.ready()
        answers = begin(rig, range(1, 51))
        assert {answers.get(timeout=PATIENCE_S).outcome for _ in range(50)} == {"granted"}
        assert len(server.batches) == 1
        assert verify(tmp_path / "journal.db", lambda text, signature: True).seals == 1


def test_a_tap_whose_own_answer_is_being_written_is_not_abandoned(server, tmp_path):
    with Rig(server, tmp_path, ask_timeout_ms=50) as rig:
        rig.ready()
        with server.lock:
            answers, gate = overdue(rig)
            assert rig.engine.sweep() == 0
            gate.open()
            assert answers.get(timeout=PATIENCE_S).granted
        assert rig.sent() and until(lambda: server.finals)
        assert [final.outcome for final, _answer in server.finals.values()] == ["granted"]


def test_an_answer_that_comes_while_the_edge_writes_its_own_does_not_count(server, tmp_path):
    with Rig(server, tmp_path, ask_timeout_ms=50) as rig:
        rig.ready()
        with server.lock:
            answers, gate = overdue(rig)
        # the gate, the edge's final and what the server has answered
        assert until(lambda: rig.journal._jobs._waiting == 3)
        gate.open()
        assert answers.get(timeout=PATIENCE_S).offline
        assert rig.sent() and until(lambda: server.finals)
        stored = rig.journal.read(lambda base: base.execute("SELECT count(*) FROM answer").fetchone())
        assert stored == (0,) and answers.empty()


def test_a_tap_that_was_answered_while_it_was_looked_at_is_not_abandoned(server, tmp_path, monkeypatch):
    with Rig(server, tmp_path) as rig:
        rig.ready()
        with server.lock:
            answers = begin(rig, [1])
            assert until(lambda: rig.journal.unanswered())
            seen = rig.journal.unanswered()
        assert answers.get(timeout=PATIENCE_S).granted
        looks = [seen]
        now = rig.journal.unanswered
        monkeypatch.setattr(rig.journal, "unanswered", lambda: looks.pop() if looks else now())
        assert rig.engine.sweep() == 0 and not looks


def test_an_answer_that_comes_in_time_and_is_stored_late_is_not_overruled(server, tmp_path):
    gates = []
    with Rig(server, tmp_path, ask_timeout_ms=50) as rig:
        rig.ready()
        server.spoil = lambda entries: gates.append(Gate(rig.journal))
        answers = begin(rig, [1])
        assert until(lambda: gates and gates[0].reached.is_set())
        with pytest.raises(queue.Empty):
            answers.get(timeout=0.3)
        gates[0].open()
        answer = answers.get(timeout=PATIENCE_S)
        assert answer.granted and not answer.offline
        assert rig.sent() and not server.finals and server.charged == {answer.uuid: 350}


def test_an_answer_that_is_never_stored_shows_red_and_is_taken_back(server, tmp_path, monkeypatch):
    gates = []
    monkeypatch.setattr(engine, "STORE_TIMEOUT_MS", 200)
    with Rig(server, tmp_path, ask_timeout_ms=100) as rig:
        rig.ready()
        server.spoil = lambda entries: gates or gates.append(Gate(rig.journal))
        answers = begin(rig, [1])
        answer = answers.get(timeout=PATIENCE_S)
        assert (answer.outcome, answer.code) == ("refused", "try_again")
        assert rig.engine.journal_problem and server.charged == {answer.uuid: 350}
        # the disk moves on and has the server's answer after all: the lamp was red
        gates[0].open()
        assert rig.sent() and until(lambda: server.finals)
        assert server.charged == {} and rig.engine.sweep() == 0
        assert answers.empty()


def test_one_who_fails_to_hear_the_answer_disturbs_nobody_else(server, tmp_path):
    with Rig(server, tmp_path) as rig:
        rig.ready()
        heard = queue.SimpleQueue()

        def deaf(answer):
            heard.put("deaf")
            raise ZeroDivisionError

        def both():
            rig.engine.begin("D01", f"uid:{uid_of(1)}", deaf)
            rig.engine.begin("D01", f"uid:{uid_of(2)}", lambda answer: heard.put(answer.outcome))

        rig.loop.post(both)
        assert [heard.get(timeout=PATIENCE_S) for _ in range(2)] == ["deaf", "granted"]


class Stuck:
    """A connection of the journal whose next commit waits for ``open``, and whose later ones may fail."""

    def __init__(self, base):
        self._base, self.reached, self._event = base, threading.Event(), threading.Event()
        self.is_full = self._is_armed = False

    def arm(self):
        self._is_armed = True

    def open(self):
        self._event.set()

    def execute(self, sql, *args):
        if sql == "BEGIN IMMEDIATE" and self.is_full:
            raise sqlite3.OperationalError("database or disk is full")
        if sql == "COMMIT" and self._is_armed:
            self._is_armed = False
            self.reached.set()
            self._event.wait(PATIENCE_S)
        return self._base.execute(sql, *args)

    def __getattr__(self, name):
        return getattr(self._base, name)


def test_a_red_lamp_is_taken_back_though_its_final_could_not_be_written_at_first(
    server, tmp_path, monkeypatch
):
    monkeypatch.setattr(engine, "STORE_TIMEOUT_MS", 200)
    with Rig(server, tmp_path, ask_timeout_ms=100) as rig:
        rig.ready()
        monkeypatch.setattr(rig.journal, "_recover_base", lambda: None)
        rig.journal._base = stuck = Stuck(rig.journal._base)
        # the disk stands still in the middle of storing the server's answer ...
        server.spoil = lambda entries: stuck.reached.is_set() or stuck.arm()
        answers = begin(rig, [1])
        answer = answers.get(timeout=PATIENCE_S)
        assert not answer.granted and stuck.reached.is_set()
        # ... has it when it moves on, and is full then
        stuck.is_full = True
        stuck.open()
        assert until(lambda: rig.engine._owed)
        assert rig.journal.unanswered() == [] and server.charged == {answer.uuid: 350}
        with pytest.raises(JournalUnwritable):
            rig.engine.sweep()
        stuck.is_full = False
        rig.engine.sweep()
        assert until(lambda: server.finals) and rig.sent()
        assert server.charged == {} and not rig.engine._owed
        assert [final.outcome for final, _answer in server.finals.values()] == ["refused"]


def test_an_answer_that_waits_for_the_disk_too_long_is_not_stored(server, tmp_path, monkeypatch):
    gates = []
    monkeypatch.setattr(engine, "STORE_TIMEOUT_MS", 200)
    with Rig(server, tmp_path, ask_timeout_ms=100) as rig:
        rig.ready()
        server.spoil = lambda entries: gates or gates.append(Gate(rig.journal))
        answer = begin(rig, [1]).get(timeout=PATIENCE_S)
        assert not answer.granted
        gates[0].open()
        assert rig.sent()
        # so that a power cut before the final is written leaves an ask without an answer, which is taken back
        stored = rig.journal.read(lambda base: base.execute("SELECT count(*) FROM answer").fetchone())
        assert stored == (0,)
