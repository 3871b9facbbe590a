"""The whole program ``campus-edge`` as the reader of a till, with and without its server."""

import pytest
from lan_world import POS, Scans, Till

from campus_cli import ports
from support.edge_campus import Campus, uid_of
from support.edge_program import Program
from support.edge_rig import until
from support.edge_server import EdgeServer

LAN = """
use = "till"
[lan]
enabled = true
port = {port}
origins = ["{origin}"]
poll_ms = 500
"""


@pytest.fixture
def server():
    campus = Campus()
    campus.add_cards(range(1, 5))
    with EdgeServer(campus) as running:
        yield running


@pytest.fixture
def program(server, tmp_path):
    with Program(tmp_path) as made:
        [made.port] = ports.hold(1)
        with (tmp_path / "edge.toml").open("a", encoding="utf-8") as settings:
            settings.write(LAN.format(port=made.port, origin=POS))
        paired = made.call("pair", server.code, server.url)
        assert paired.returncode == 0, paired.stderr
        made.run()
        assert made.started()
        yield made


def tapped(program, card):
    """The scans of a till while a card is shown."""
    scans = Scans(Till(program.port, seat="T01"))
    program.put(card)
    assert until(lambda: scans.got, 20)
    program.take()
    return scans.got


def test_a_card_goes_to_the_till_and_is_charged_by_nobody_else(program, server):
    assert tapped(program, 1) == [uid_of(1)]
    till = Till(program.port, seat="T01")
    assert till.call("status_json").result["scanner"]["status"] == "connected"
    assert server.charged == {} and server.taps == {}
    assert uid_of(1) not in program.log


def test_started_without_the_server_the_till_still_gets_its_cards(program, server):
    program.kill(program.processes[-1])
    server.stop()
    program.run()
    assert program.started()
    assert tapped(program, 2) == [uid_of(2)]
    shown = Till(program.port).ask("GET", "/").body.decode()
    assert "Working without the server" in shown
    assert uid_of(2) not in shown
