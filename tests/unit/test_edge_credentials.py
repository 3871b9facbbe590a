"""What a credential is worth at an edge, with the server and without it."""

import pytest

from support.edge_campus import Campus
from support.edge_rig import KEY, Rig, until
from support.edge_server import EdgeServer


@pytest.fixture
def rig(tmp_path):
    campus = Campus()
    campus.add_cards(range(1, 5))
    with EdgeServer(campus, KEY.public) as server, Rig(server, tmp_path) as running:
        yield running.ready()


def test_a_bare_uid_is_limited_without_the_server_and_the_limit_comes_with_the_snapshot(rig):
    server = rig.server
    server.campus.add_terminal("K01", amount_mode="keyed", amount_minor=0)
    server.campus.limits["uid_minor"] = 300
    server.campus.touch(("limits", "uid_minor"))
    assert until(lambda: rig.snapshot.limits.uid_minor == 300)
    rig.server.stop()
    rig.sender.late()
    answer = rig.tap(1, "K01", 301)
    assert (answer.outcome, answer.code, answer.text) == ("refused", "limit_uid", "Card unproven:\ntoo much")
    assert rig.tap(1, "K01", 300).granted


def test_an_emergency_code_goes_to_the_server_with_its_amount_and_is_refused_without_it(rig):
    rig.server.campus.add_terminal("K01", amount_mode="keyed", amount_minor=0)
    rig.ready()
    code = "emergency:2025001#12345678"
    assert rig.present("K01", code).code == "amount_invalid"
    online = rig.present("K01", code, 450)
    assert (online.code, online.offline) == ("unknown_card", False), "the server's word, whatever it is"
    entry, _answer = rig.server.taps[online.uuid]
    assert (entry.mode, entry.credential, entry.amount_minor, entry.card) == ("ask", code, 450, None)
    assert rig.present("D01", code).code == "emergency_online"
    rig.server.stop()
    rig.sender.late()
    alone = rig.present("K01", code, 450)
    assert (alone.outcome, alone.code, alone.text) == (
        "refused",
        "emergency_online",
        "Code pays\nonline only",
    )
