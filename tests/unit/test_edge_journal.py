"""The edge's journal: what is answered is on the disk, whatever happens next."""

import json
import os
import resource
import signal
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest

from campus_core.credentials import signing
from campus_core.errors import WireError
from campus_core.taps import wire
from campus_edge.journal import store
from campus_edge.journal.journal import Journal, JournalUnwritable
from campus_edge.journal.opening import open_journal
from campus_edge.journal.verify import verify
from support.edge_entries import draft, told

KEY = signing.SigningKey(bytes(range(32)))


def is_signed(message, signature):
    return signing.is_signed(KEY.public, message, signature)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "journal.db"


@pytest.fixture
def journal(path):
    with closing(Journal(path, KEY)) as opened:
        yield opened


def test_entries_are_numbered_from_one_chained_and_signed(journal, path):
    written = [journal.append(draft()) for _ in range(3)]
    assert [entry.seq for entry in written] == [1, 2, 3]
    batch = journal.batch()
    assert (batch.journal, batch.head_seq, batch.prev) == (journal.id, 3, wire.ZERO_HASH)
    assert list(batch.entries) == written
    report = verify(path, is_signed)
    assert (report.entries, report.seals, report.faults) == (3, 3, ())


def test_every_commit_is_synced(journal):
    assert journal._base.execute("PRAGMA synchronous").fetchone() == (2,)
    assert journal._base.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_a_body_is_what_the_contract_says(journal):
    entry = journal.append(draft(rule="校园"))
    body = json.loads(journal.batch().body())
    assert set(body) == {"journal", "head_seq", "prev", "entries"}
    assert wire.parse_entry(body["entries"][0]) == entry


def test_taps_that_arrive_together_share_commits(journal, path):
    threads = [threading.Thread(target=journal.append, args=(draft(),)) for _ in range(60)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    report = verify(path, is_signed)
    assert (report.entries, report.faults) == (60, ())
    assert report.seals < 60


def test_an_entry_that_the_contract_forbids_is_refused_and_leaves_no_trace(journal):
    with pytest.raises(WireError):
        journal.append(draft(outcome="granted"))
    assert journal.append(draft()).seq == 1


def test_what_is_acknowledged_is_not_sent_again_also_after_a_restart(journal, path):
    first, _second = journal.append(draft()), journal.append(draft())
    journal.acknowledge(1, {first.uuid: {"outcome": "granted"}})
    journal.close()
    with closing(Journal(path, KEY)) as again:
        batch = again.batch()
        assert [entry.seq for entry in batch.entries] == [2]
        assert batch.prev == wire.chain_hash(wire.ZERO_HASH, first)
        assert (again.head_seq, again.queue_length) == (2, 1)


def test_a_batch_keeps_to_the_limits_of_the_contract(journal):
    for _ in range(7):
        journal.append(draft(credential="qr:" + "X" * 1000))
    assert len(journal.batch(5).entries) == 5
    big = store.BATCH_BYTES
    try:
        store.BATCH_BYTES = 3000
        assert len(journal.batch().entries) == 2
    finally:
        store.BATCH_BYTES = big


def test_an_ask_without_answer_or_final_is_found(journal):
    answered, decided, open_ask = (journal.append(draft()) for _ in range(3))
    journal.append(told())
    journal.append(told(kind="final", uuid=decided.uuid))
    journal.acknowledge(1, {answered.uuid: {"outcome": "granted"}})
    assert journal.unanswered() == [open_ask]


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ("UPDATE entry SET text = replace(text, '350', '150') WHERE seq = 2", "entry 2 was changed"),
        ("UPDATE entry SET text = 'x' WHERE seq = 2", "entry 2 cannot be read"),
        ("DELETE FROM entry WHERE seq = 2", "entries 2 to 2 are missing"),
        ("DELETE FROM entry WHERE seq = 1", "entries 1 to 1 are missing"),
        ("DELETE FROM entry WHERE seq = 3", "seal 3 does not fit"),
        ("DELETE FROM entry", "entries 1 to 1 are missing"),
        ("DELETE FROM seal WHERE counter = 2", "seals 2 to 2 are missing"),
        ("DELETE FROM seal WHERE counter = 3", "entry 3 is the last and has no seal"),
        ("UPDATE seal SET signature = zeroblob(64) WHERE counter = 1", "seal 1 is not signed"),
        ("UPDATE seal SET hash = lower(hex(zeroblob(32))) WHERE counter = 1", "seal 1 is not signed"),
    ],
)
def test_verify_finds_every_change(journal, path, change, fault):
    for _ in range(3):
        journal.append(draft())
    assert verify(path, is_signed).faults == ()
    with closing(sqlite3.connect(path)) as base:
        base.execute(change)
        base.commit()
    assert any(text.startswith(fault) for text in verify(path, is_signed).faults)


def test_another_edges_signature_proves_nothing(journal, path):
    journal.append(draft())
    other = signing.SigningKey(bytes(32)).public
    assert verify(path, lambda text, signature: signing.is_signed(other, text, signature)).faults


def test_pruning_keeps_what_is_young_open_or_unsent_and_stays_provable(journal, path):
    old = [journal.append(draft(at_ms=1000 + n)) for n in range(4)]
    journal.acknowledge(4, {old[0].uuid: {}, old[1].uuid: {}, old[3].uuid: {}})
    journal.append(told(at_ms=900_000))
    # the third has neither answer nor final: from there on all stays
    assert journal.prune(500_000) == 2
    journal.append(told(kind="final", uuid=old[2].uuid, at_ms=900_001))
    assert journal.prune(500_000) == 2
    assert journal.prune(500_000) == 0
    report = verify(path, is_signed)
    assert (report.first_seq, report.head_seq, report.faults) == (5, 6, ())
    assert journal.batch().prev == _chain(old)
    assert [entry.seq for entry in journal.batch().entries] == [5, 6]


def _chain(entries):
    digest = wire.ZERO_HASH
    for entry in entries:
        digest = wire.chain_hash(digest, entry)
    return digest


def test_a_journal_that_is_pruned_to_nothing_goes_on_counting(journal, path):
    journal.append(told(at_ms=1000))
    journal.acknowledge(1, {})
    assert journal.prune(2000) == 1
    journal.close()
    with closing(Journal(path, KEY)) as again:
        assert again.append(told(at_ms=3000)).seq == 2
        assert verify(path, is_signed).faults == ()


def test_a_fork_starts_a_new_journal_with_what_is_not_acknowledged(journal, path):
    entries = [journal.append(draft()) for _ in range(4)]
    journal.acknowledge(2, {entries[0].uuid: {}, entries[1].uuid: {}})
    before = journal.id
    old = journal.fork()
    batch = journal.batch()
    assert journal.id != before and batch.prev == wire.ZERO_HASH
    assert [(entry.seq, entry.content) for entry in batch.entries] == [
        (1, entries[2].content), (2, entries[3].content),
    ]  # fmt: skip
    assert journal.unanswered() == list(batch.entries)
    assert verify(path, is_signed).faults == () == verify(old, is_signed).faults
    assert verify(old, is_signed).entries == 4
    assert journal.append(draft()).seq == 3


@pytest.mark.parametrize("old_is_there", [True, False])
def test_a_fork_that_was_interrupted_is_finished_or_dropped(journal, path, old_is_there):
    journal.append(draft())
    journal.close()
    new = path.with_suffix(".new")
    with closing(Journal(new.with_name("x.db"), KEY)) as other:
        other.append(draft())
        store.set_meta(other._base, "ready", "1")
        name = other.id
    new.with_name("x.db").rename(new)
    if not old_is_there:
        path.rename(path.with_name("old.db"))
    with closing(Journal(path, KEY)) as again:
        assert (again.id == name) is not old_is_there
        assert again.head_seq == 1 and not new.exists()


def test_a_full_disk_refuses_the_tap_and_heals(journal, path):
    journal.append(draft())
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))
        for _ in range(3):
            with pytest.raises(JournalUnwritable):
                journal.append(draft())
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert journal.head_seq == 1
    assert journal.append(draft()).seq == 2
    assert verify(path, is_signed).faults == ()
    assert len(journal.batch().entries) == 2


WRITER = """
import sys
sys.path[:0] = sys.argv[2:]
from pathlib import Path
from support.edge_entries import draft
from campus_core.credentials import signing
from campus_edge.journal.journal import Journal
import threading, uuid
journal = Journal(Path(sys.argv[1]), signing.SigningKey(bytes(range(32))))
out = threading.Lock()
def write():
    while True:
        entry = journal.append(draft(uuid=str(uuid.uuid4())))
        with out:
            sys.stdout.write(entry.uuid + "\\n")
            sys.stdout.flush()
threads = [threading.Thread(target=write) for _ in range(4)]
[thread.start() for thread in threads]
"""


@pytest.mark.parametrize("lines", [1, 40])
def test_what_was_reported_written_survives_a_kill(path, lines):
    root = Path(__file__).resolve().parents[2]
    folders = [str(root / part) for part in ("tests", "addons/campus_card", "addons/campus_terminal")]
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path), *folders], stdout=subprocess.PIPE, text=True
    )
    said = [writer.stdout.readline().strip() for _ in range(lines)]
    os.kill(writer.pid, signal.SIGKILL)
    said += [line.strip() for line in writer.stdout.read().splitlines() if len(line.strip()) == 36]
    writer.wait()
    with closing(Journal(path, KEY)) as again:
        assert set(said) <= {entry.uuid for entry in again.unacknowledged()}
        again.append(draft())
        assert verify(path, is_signed).faults == ()


def test_a_damaged_file_is_put_aside(path):
    path.write_bytes(b"no database" * 1000)
    opened, aside = open_journal(path, KEY)
    with closing(opened):
        assert opened.append(draft()).seq == 1
        assert aside.read_bytes().startswith(b"no database")


def test_only_the_owner_reads_the_journal(journal, path):
    assert path.stat().st_mode & 0o077 == 0


def test_a_closed_journal_says_so(journal):
    journal.close()
    with pytest.raises(JournalUnwritable):
        journal.append(draft())
