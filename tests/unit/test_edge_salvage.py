"""Damaged journals: what they can prove is sent once, what they cannot is kept and told."""

import json
import random
import sqlite3
from contextlib import closing

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from campus_core.credentials import signing
from campus_core.taps import wire
from campus_edge.cli import salvage as cli_salvage
from campus_edge.journal import store
from campus_edge.journal.journal import Journal
from campus_edge.journal.opening import damaged_in, put_aside
from campus_edge.journal.salvage import put_back, read_lost, salvage
from campus_edge.server.http import Identity
from campus_edge.server.identity import Paired
from support.edge_campus import Campus
from support.edge_entries import draft, told
from support.edge_rig import KEY, Rig, until
from support.edge_server import EdgeServer, Refused

ENTRIES = 60
ACKED = 5


def is_signed(message, signature):
    return signing.is_signed(KEY.public, message, signature)


def write(path, count=ENTRIES, acked=ACKED, make=told):
    """A journal of ``count`` entries; the server has ``acked``."""
    with closing(Journal(path, KEY)) as journal:
        entries = [journal.append(make(amount_minor=100 + number)) for number in range(count)]
        journal.acknowledge(acked, {})
    return entries


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The bytes of a journal and its entries."""
    path = tmp_path_factory.mktemp("whole") / "journal.db"
    entries = write(path)
    return path.read_bytes(), entries


def damaged(folder, data):
    path = folder / "journal-x.damaged.db"
    path.write_bytes(data)
    return path


def without(data, entry_uuid, length=300):
    """The bytes with nothing left of an entry; a page that was split may hold it twice."""
    data, mark = bytearray(data), f'"{entry_uuid}"'.encode()
    assert mark in data
    while (start := data.find(mark)) >= 0:
        data[start : start + length] = bytes(len(data[start : start + length]))
    return bytes(data)


def lost_numbers(found):
    return {number for first, last in found.missing for number in range(first, last + 1)}


def test_a_journal_that_is_whole_is_proven_whole(whole, tmp_path):
    data, entries = whole
    found = salvage(damaged(tmp_path, data), is_signed)
    assert found.acked_seq == ACKED and list(found.proven) == entries[ACKED:]
    assert (found.unproven, found.missing) == ((), ())


def test_a_file_without_its_header_gives_everything_back(whole, tmp_path):
    data, entries = whole
    path = damaged(tmp_path, b"\xff" * 100 + data[100:])
    with pytest.raises(sqlite3.DatabaseError), closing(store.connect(path, read_only=True)) as base:
        store.meta(base, "journal")
    found = salvage(path, is_signed)
    assert found.acked_seq == ACKED and list(found.proven) == entries[ACKED:]


def test_what_stands_in_the_wal_alone_is_found(tmp_path):
    path = tmp_path / "journal.db"
    with closing(Journal(path, KEY)) as journal:
        entries = [journal.append(told()) for _ in range(3)]
        copy = damaged(tmp_path, path.read_bytes())
        copy.with_name(copy.name + "-wal").write_bytes((tmp_path / "journal.db-wal").read_bytes())
    assert list(salvage(copy, is_signed).proven) == entries


def test_a_hole_in_the_middle_is_told_and_what_comes_after_it_is_saved(whole, tmp_path):
    data, entries = whole
    found = salvage(damaged(tmp_path, without(data, entries[30].uuid)), is_signed)
    lost = lost_numbers(found)
    assert entries[30].seq in lost and 1 <= len(lost) <= 4
    assert {entry.seq for entry in found.proven} == set(range(ACKED + 1, ENTRIES + 1)) - lost
    assert set(found.proven) <= set(entries)


def test_a_changed_entry_is_not_believed_and_kept_with_the_reason(whole, tmp_path):
    data, entries = whole
    text = json.dumps(entries[30], separators=(",", ":")).encode()
    richer = text.replace(b",130,", b",930,")
    assert data.count(text) == 1 and len(richer) == len(text)
    found = salvage(damaged(tmp_path, data.replace(text, richer)), is_signed)
    assert [number for number, _ in found.missing] == [31]
    assert found.unproven == ((richer.decode(), "no signature or chain proves it"),)
    assert len(found.proven) == ENTRIES - ACKED - 1


def test_a_history_under_another_key_proves_nothing(tmp_path):
    path = tmp_path / "journal.db"
    with closing(Journal(path, signing.SigningKey(bytes(32)))) as journal:
        journal.append(told())
    found = salvage(path, is_signed)
    assert found.proven == () and len(found.unproven) == 1


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    holes=st.lists(st.tuples(st.integers(0, 40_000), st.integers(1, 5_000), st.integers(0, 9)), max_size=4),
    cut=st.integers(0, 40_000) | st.none(),
)
def test_whatever_is_damaged_nothing_is_invented_and_nothing_lost_without_a_word(whole, tmp_path, holes, cut):
    data, entries = whole
    spoiled = bytearray(data)
    for start, length, seed in holes:
        end = min(start + length, len(spoiled))
        spoiled[start:end] = random.Random(seed).randbytes(max(end - start, 0))
    found = salvage(damaged(tmp_path, bytes(spoiled[:cut])), is_signed)
    assert set(found.proven) <= set(entries)
    assert list(found.proven) == sorted(set(found.proven))
    told_of = {entry.seq for entry in found.proven} | lost_numbers(found)
    last = max(told_of, default=0)
    if found.acked_seq == ACKED:
        assert set(range(ACKED + 1, last + 1)) <= told_of
    assert found.acked_seq in (None, ACKED)


def test_where_nobody_knows_what_the_server_has_open_asks_are_kept_aside(tmp_path):
    path = tmp_path / "journal.db"
    with closing(Journal(path, KEY)) as journal:
        asked, done = journal.append(draft()), journal.append(draft())
        final = journal.append(told(kind=wire.FINAL, uuid=done.uuid))
    data = path.read_bytes().replace(b"acked_seq", b"acked_xxx")
    found = salvage(damaged(tmp_path, data), is_signed)
    assert found.acked_seq is None and list(found.proven) == [done, final]
    assert [reason for _text, reason in found.unproven] == ["the server may have answered it"]
    assert asked.uuid in found.unproven[0][0]


def test_putting_back_writes_the_rest_aside_for_the_owner_alone_and_is_done_once(whole, tmp_path):
    data, entries = whole
    text = json.dumps(entries[30], separators=(",", ":")).encode()
    path = damaged(tmp_path, data.replace(text, text.replace(b",130,", b",930,")))
    with closing(Journal(tmp_path / "journal.db", KEY)) as journal:
        found = salvage(path, is_signed)
        aside = put_back(found, path, journal)
        assert journal.queue_length == ENTRIES - ACKED - 1
        assert [entry.content for entry in journal.unacknowledged()] == [e.content for e in found.proven]
    assert json.loads(aside.read_text())["text"] == found.unproven[0][0]
    assert aside.stat().st_mode & 0o077 == 0
    assert read_lost(tmp_path) == [{"journal": found.journal, "first_seq": 31, "last_seq": 31}]
    assert damaged_in(tmp_path) == [] and (tmp_path / "journal-x.salvaged.db").exists()


def test_taps_of_an_edge_whose_disk_was_damaged_are_charged_once_and_the_rest_is_reported(tmp_path, capsys):
    campus = Campus()
    campus.add_cards(range(1, 60))
    with EdgeServer(campus, KEY.public) as server:
        with Rig(server, tmp_path, ask_timeout_ms=500) as rig:
            rig.ready().tap(50)
            assert rig.sent()
            server.refuse = Refused(503, "try_again")
            rig.sender.late()
            sold = [rig.tap(card).uuid for card in range(1, 40)]
        data = without((tmp_path / "journal.db").read_bytes(), sold[20])
        (tmp_path / "journal.db").write_bytes(bytes(100) + data[100:])
        paired = Paired(Identity(server.edge, "Canteen", server.url, KEY), campus.ring)
        assert cli_salvage.run(tmp_path, tmp_path / "journal.db", paired) == 1
        said = capsys.readouterr().out
        assert "put aside" in said and "are proven and will be sent" in said and "LOST" in said
        (lost,) = read_lost(tmp_path)
        gone = lost["last_seq"] - lost["first_seq"] + 1
        server.refuse = None
        with Rig(server, tmp_path) as rig:
            assert until(rig.sent)
        assert 1 <= gone <= 3 and sold[20] not in server.charged
        assert len(server.charged) == 1 + len(sold) - gone
        assert cli_salvage.run(tmp_path, tmp_path / "journal.db", paired) == 0
        assert "no journal is damaged" in capsys.readouterr().out


def test_an_open_edge_s_present_journal_is_left_alone_when_it_is_whole(tmp_path):
    path = tmp_path / "journal.db"
    write(path, 3, 0)
    paired = Paired(Identity("e", "Canteen", "http://x", KEY), signing.KeyRing(()))
    assert cli_salvage.run(tmp_path, path, paired) == 0
    assert path.exists() and damaged_in(tmp_path) == []
    aside = put_aside(path)
    assert cli_salvage.run(tmp_path, path, paired) == 0
    assert not aside.exists()
    with closing(Journal(path, KEY)) as journal:
        assert journal.queue_length == 3
