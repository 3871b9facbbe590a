"""The edge's snapshot: only what the campus has signed, also after a restart."""

import json

import pytest

from campus_core.credentials import signing
from campus_core.errors import WireError
from campus_edge.snapshot import store as snapshot_store
from campus_edge.snapshot.snapshot import Snapshot, parse
from campus_edge.snapshot.store import SnapshotStore
from support.edge_campus import SALT, Campus, now_ms, uid_of

NOW = now_ms()


@pytest.fixture
def campus():
    made = Campus()
    made.add_cards([1, 2, 3])
    return made


@pytest.fixture
def store(campus, tmp_path):
    return SnapshotStore(tmp_path / "snapshot", Snapshot(), campus.ring)


def again(campus, store):
    fresh = SnapshotStore(store._folder, Snapshot(), campus.ring)
    fresh.load()
    return fresh


def state(store, card):
    found = store.snapshot.card(card, NOW)
    return found and found.state


def test_a_card_is_found_by_its_uid_though_the_uid_is_not_in_the_snapshot(campus, store):
    signature, body = campus.signed()
    assert uid_of(2).encode() not in body
    store.take(signature, body)
    assert store.snapshot.card_of_uid(uid_of(2)) == 2
    assert store.snapshot.card_of_uid(uid_of(9)) is None
    card = store.snapshot.card(2, NOW)
    assert (card.state, card.name, card.valid_until) == ("active", "李明2", "2099-12-31")


def test_a_delta_changes_adds_and_removes(campus, store):
    store.take(*campus.signed())
    since = store.since
    campus.set_state(1, "lost")
    campus.add_cards([4])
    campus.remove(3)
    campus.add_terminal("T02", amount_minor=200)
    store.take(*campus.signed(since))
    assert [state(store, card) for card in (1, 2, 3, 4)] == ["lost", "active", None, "active"]
    assert store.snapshot.card_of_uid(uid_of(3)) is None
    assert set(store.snapshot.terminals) == {"T01", "T02", "D01"}


def test_a_card_whose_uid_changed_is_no_longer_found_by_the_old_one(campus, store):
    store.take(*campus.signed())
    since = store.since
    campus.add_cards([9])
    campus.cards[1][1] = campus.cards.pop(9)[1]
    campus.touch(("cards", 1))
    store.take(*campus.signed(since))
    assert store.snapshot.card_of_uid(uid_of(1)) is None
    assert store.snapshot.card_of_uid(uid_of(9)) == 1


def test_a_restart_brings_back_the_full_snapshot_and_its_deltas(campus, store):
    store.take(*campus.signed())
    for card in (1, 2):
        since = store.since
        campus.set_state(card, "frozen")
        store.take(*campus.signed(since))
    fresh = again(campus, store)
    assert (fresh.snapshot.version, state(fresh, 1), state(fresh, 2)) == (campus.version, "frozen", "frozen")


def test_two_deltas_that_lead_to_one_version_are_both_there_after_a_restart(campus, store):
    """The version counts transactions: one that was open when it was told brings another delta to it."""
    store.take(*campus.signed())
    since = store.since
    campus.set_state(1, "lost")
    store.take(*campus.signed(since))
    campus.cards[2][2], campus.changed["cards", 2] = "frozen", campus.version
    body = json.dumps(json.loads(campus.signed(store.since - 1)[1]) | {"since": store.since}).encode()
    store.take(signing.sign_snapshot("k1", campus.key(1), body), body)
    fresh = again(campus, store)
    assert (state(fresh, 1), state(fresh, 2)) == ("lost", "frozen")


def test_deltas_behind_a_missing_one_are_not_in_the_way_of_those_that_come_instead(campus, store):
    store.take(*campus.signed())
    for card in (1, 2, 3):
        since = store.since
        campus.set_state(card, "frozen")
        store.take(*campus.signed(since))
    sorted(store._folder.glob("*.delta"))[1].unlink()
    fresh = again(campus, store)
    assert [state(fresh, card) for card in (1, 2, 3)] == ["frozen", "active", "active"]
    campus.set_state(1, "lost")
    fresh.take(*campus.signed(fresh.since))
    assert [state(again(campus, store), card) for card in (1, 2, 3)] == ["lost", "frozen", "frozen"]


def test_what_a_full_disk_has_lost_is_asked_for_again(campus, store, monkeypatch):
    def full(*content):
        raise OSError("no space left")

    store.take(*campus.signed())
    with monkeypatch.context() as disk:
        disk.setattr(snapshot_store, "write_atomic", full)
        since = store.since
        campus.set_state(1, "lost")
        store.take(*campus.signed(since))
    asked = []
    while not asked or asked[-1]:
        campus.set_state(2, "frozen")
        asked.append(store.since)
        store.take(*campus.signed(store.since))
    assert 1 < len(asked) < 10, "not at once: the disk may still be full"
    assert state(again(campus, store), 1) == "lost"


def test_a_full_snapshot_makes_its_deltas_superfluous(campus, store):
    store.take(*campus.signed())
    since = store.since
    campus.set_state(1, "frozen")
    store.take(*campus.signed(since))
    store.take(*campus.signed())
    assert not list(store._folder.glob("*.delta"))
    assert state(again(campus, store), 1) == "frozen"


@pytest.mark.parametrize("damage", ["body", "signature", "key", "nothing"])
def test_what_the_campus_has_not_signed_is_not_taken(campus, store, damage):
    signature, body = campus.signed()
    wrong = {
        "body": (signature, body.replace(b"active", b"frozen")),
        "signature": ("k1:" + "A" * 86, body),
        "key": (signature.replace("k1", "k9"), body),
        "nothing": ("", body),
    }[damage]
    with pytest.raises(WireError) as caught:
        store.take(*wrong)
    assert caught.value.code == ("key_unknown" if damage in ("key", "nothing") else "signature_invalid")
    assert store.snapshot.version == 0 and not list(store._folder.iterdir())


def test_a_snapshot_that_was_changed_on_the_disk_is_not_loaded(campus, store):
    store.take(*campus.signed())
    path = store._folder / "full.snapshot"
    path.write_bytes(path.read_bytes().replace(b"active", b"ACTIVE", 1))
    assert again(campus, store).snapshot.version == 0


def test_an_older_list_is_not_taken_again(campus, store):
    campus.issued_at_ms = NOW - 5000
    old = campus.signed()
    campus.issued_at_ms = NOW
    campus.set_state(1, "lost")
    store.take(*campus.signed())
    with pytest.raises(WireError):
        store.take(*old)
    assert state(store, 1) == "lost"


def test_a_delta_from_another_version_is_refused(campus, store):
    store.take(*campus.signed())
    with pytest.raises(WireError):
        store.take(*campus.signed(store.since - 1))


def test_two_key_versions_are_good_and_a_retired_one_is_not(campus, store):
    store.take(*campus.signed())
    campus.key_number = 2
    since = store.since
    campus.set_state(1, "frozen")
    store.take(*campus.signed(since, key_number=1))
    since = store.since
    campus.set_state(2, "frozen")
    store.take(*campus.signed(since, key_number=2))
    assert store.since == campus.version
    campus.key_number = 3
    since = store.since
    campus.set_state(3, "frozen")
    store.take(*campus.signed(since, key_number=2))
    # the stored full snapshot is signed by k1, which is retired now
    assert store.since == 0
    with pytest.raises(WireError):
        store.take(*campus.signed(store.snapshot.version, key_number=1))
    store.take(*campus.signed())
    assert store.since == campus.version


def test_a_change_that_is_none_of_this_list_is_followed_by_everything(campus, store):
    store.take(*campus.signed())
    assert store.since == campus.version
    _signature, body = campus.signed(store.since)
    other = json.dumps(json.loads(body) | {"salt": "ff" * 16, "version": campus.version + 1}).encode()
    with pytest.raises(WireError):
        store.take(signing.sign_snapshot("k1", campus.key(1), other), other)
    assert store.since == 0
    store.take(*campus.signed())
    assert store.since == campus.version


def test_a_push_closes_cards_at_once_and_opens_none(campus, store):
    campus.set_state(2, "frozen")
    store.take(*campus.signed())
    assert store.snapshot.freeze([(1, "lost"), (2, "active"), (77, "lost")]) == 1
    assert (state(store, 1), state(store, 2)) == ("lost", "frozen")


def test_leases_count_while_they_last_and_changes_are_told(campus, store):
    campus.lease(1, "a", 500)
    campus.lease(1, "b", 300, until_ms=NOW - 1)
    assert store.take(*campus.signed()) == {1}
    assert store.snapshot.card(1, NOW).lease_minor == 500
    assert store.snapshot.card(1, NOW, 200).lease_minor == 300
    since = store.since
    del campus.leases["a"]
    campus.touch(("leases", "a"))
    assert store.take(*campus.signed(since)) == {1}
    assert store.snapshot.card(1, NOW).lease_minor == 0


def test_a_list_that_the_server_confirms_is_young_also_after_a_restart(campus, store):
    campus.issued_at_ms = NOW - 5_000_000
    store.take(*campus.signed())
    assert store.snapshot.confirmed_at_ms == NOW - 5_000_000
    store.confirm(NOW)
    assert again(campus, store).snapshot.confirmed_at_ms == NOW
    campus.issued_at_ms = NOW + 1
    campus.set_state(1, "lost")
    store.take(*campus.signed())
    assert again(campus, store).snapshot.confirmed_at_ms == NOW + 1


def test_revoked_phones_are_known(campus, store):
    campus.phones = [[1, 10, 100, False], [2, 20, 200, True]]
    store.take(*campus.signed())
    assert store.snapshot.revoked_phones == {20}


@pytest.mark.parametrize(
    "change",
    [
        {"version": "1"}, {"limits": {}}, {"keys": "k"}, {"cards": [[1]]}, {"salt": "xy"},
        {"cards": [["1", None, "active", None, None, "", None]]}, {"removed": ["1"]}, {"terminals": [{}]},
    ],
)  # fmt: skip
def test_a_body_of_the_wrong_shape_is_refused_as_a_whole(campus, change):
    body = json.dumps(campus.content() | change).encode()
    with pytest.raises(WireError) as caught:
        parse(body)
    assert caught.value.code == "malformed"


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b"{", b"\xff"])
def test_noise_is_no_snapshot(body):
    with pytest.raises(WireError):
        parse(body)


def test_the_salt_is_hex(campus):
    assert parse(campus.signed()[1]).salt == SALT
