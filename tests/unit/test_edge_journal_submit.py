"""Writing into the edge's journal without waiting: who submits hears what became of it."""

import queue
import resource
import signal
import threading
from contextlib import closing

import pytest

from campus_core.credentials import signing
from campus_edge.journal.journal import Journal, JournalUnwritable
from campus_edge.journal.verify import verify
from support.edge_entries import draft

KEY = signing.SigningKey(bytes(range(32)))


@pytest.fixture
def journal(tmp_path):
    with closing(Journal(tmp_path / "journal.db", KEY)) as opened:
        yield opened


def test_who_may_not_wait_hears_when_all_entries_of_a_commit_are_on_the_disk(journal, tmp_path):
    heard = queue.SimpleQueue()
    journal.submit([draft() for _ in range(50)], heard.put)
    assert heard.get(timeout=30) is None
    assert journal.head_seq == len(journal.batch().entries) == 50
    report = verify(
        tmp_path / "journal.db", lambda message, signature: signing.is_signed(KEY.public, message, signature)
    )
    assert (report.entries, report.seals, report.faults) == (50, 1, ())


def test_who_may_not_wait_hears_that_nothing_could_be_written(journal):
    heard = queue.SimpleQueue()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))
        journal.submit([draft() for _ in range(50)], heard.put)
        assert isinstance(heard.get(timeout=30), JournalUnwritable)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert journal.head_seq == 0
    journal.close()
    journal.submit([draft()], heard.put)
    assert "closed" in str(heard.get(timeout=30))


def test_settling_waits_for_what_is_being_written_and_no_longer(journal):
    gate, done = threading.Event(), threading.Event()
    journal._jobs.put(lambda base: gate.wait(30))
    journal.settle(10)
    threading.Thread(target=lambda: (journal.settle(30_000), done.set())).start()
    assert not done.wait(0.1)
    gate.set()
    assert done.wait(30)
