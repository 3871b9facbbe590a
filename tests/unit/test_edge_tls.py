"""An edge behind a school's own certificate authority: every connection believes it, and nobody else."""

import ast
from pathlib import Path

import pytest

import campus_edge
from campus_edge.cli import look
from campus_edge.config import parse
from campus_edge.edge import Edge
from campus_edge.readers.drivers import DRIVERS
from campus_edge.server import identity
from campus_edge.server.http import Identity
from campus_edge.server.identity import IdentityError, Paired
from support.edge_campus import Campus
from support.edge_rig import KEY, until
from support.edge_server import EdgeServer
from support.private_ca import PrivateCa


@pytest.fixture
def ca(tmp_path):
    return PrivateCa(tmp_path)


@pytest.fixture
def server(ca):
    campus = Campus(bus={"url": "/websocket", "channel": "secret"})
    campus.add_cards(range(1, 5))
    server = EdgeServer(campus, KEY.public)
    server.tls = ca.server_context()
    with server:
        yield server


def settings(folder, ca_file):
    data = {"edge": {"state_folder": str(folder / "state")}, "server": {"poll_ms": 200}}
    if ca_file:
        data["server"]["ca_file"] = str(ca_file)
    return parse(data, folder, tuple(DRIVERS))


@pytest.fixture
def edge(server, tmp_path):
    running = []

    def start(ca_file):
        config = settings(tmp_path, ca_file)
        config.state_folder.mkdir()
        paired = Paired(Identity(server.edge, "Canteen", server.url, KEY), server.campus.ring)
        running.append(Edge(config, paired))
        running[0].start()
        return running[0]

    yield start
    for each in running:
        each.stop()


def test_every_connection_believes_the_schools_authority(edge, server, ca):
    started = edge(ca.ca_file)
    assert until(lambda: started.status().websocket and started.status().state == "online")
    assert until(lambda: server.heartbeats)
    server.campus.set_state(1, "lost")
    server.push([[1, "lost"]])
    assert until(lambda: started.snapshot.card(1, 0).state == "lost")
    assert started.listener.push_problem == ""


@pytest.mark.parametrize("is_other", [True, False])
def test_nobody_else_is_believed_and_the_status_says_so(edge, tmp_path, is_other):
    started = edge(PrivateCa(tmp_path, "Other CA").ca_file if is_other else None)
    assert until(lambda: any("certificate" in problem for problem in started.status().problems))
    assert started.status().state == "starting" and not started.status().websocket


def test_a_websocket_that_fails_alone_is_a_problem(edge, ca, monkeypatch):
    def refused(*args, **kwargs):
        raise OSError("certificate verify failed")

    monkeypatch.setattr("websocket.create_connection", refused)
    started = edge(ca.ca_file)
    wanted = "freezes are asked for, not pushed: OSError: certificate verify failed"
    assert until(lambda: wanted in started.status().problems and started.status().state == "online")


def test_pairing_and_probing_believe_it_too(server, ca, tmp_path):
    for ca_file, works in ((None, False), (ca.ca_file, True)):
        config = settings(tmp_path, ca_file)
        pair = {"allow_plain_http": False, "ca_file": config.ca_file}
        if not works:
            with pytest.raises(IdentityError, match="certificate"):
                identity.pair(server.code, server.url, config.state_folder, **pair)
            continue
        identity.pair(server.code, server.url, config.state_folder, **pair)
        assert look._server(config)[0]
    assert "certificate" in look._server(settings(tmp_path, None))[1]


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_a_file_that_is_no_list_of_authorities_is_named(server, tmp_path, content):
    path = tmp_path / "broken.pem"
    if content is not None:
        path.write_text(content)
    config = settings(tmp_path, path)
    config.state_folder.mkdir()
    paired = Paired(Identity(server.edge, "Canteen", server.url, KEY), server.campus.ring)
    with pytest.raises(OSError, match=r"server.ca_file .*broken.pem cannot be used"):
        Edge(config, paired)


def test_contexts_are_made_in_one_place():
    found = set()
    for path in Path(campus_edge.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Attribute) and node.attr == "create_default_context":
                found.add(path.name)
    assert found == {"tls.py"}
