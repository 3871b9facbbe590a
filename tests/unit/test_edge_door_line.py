"""A door on a real line: the simulated OSDP reader as a program, the whole edge at the other end."""

import os
import subprocess
import sys

import pytest
from osdp_rig import KEY as READER_KEY
from osdp_rig import OTHER_KEY

from campus_cli.paths import PURE_PATH
from campus_edge.config import parse
from campus_edge.edge import Edge
from campus_edge.journal import store
from campus_edge.readers.drivers import DRIVERS
from campus_edge.server.http import Identity
from campus_edge.server.identity import Paired
from support.edge_campus import uid_of
from support.edge_doors import DoorCampus
from support.edge_rig import KEY, until
from support.edge_server import EdgeServer


@pytest.fixture
def line(tmp_path):
    """The simulated reader: its line, and the pipe that takes what to do."""
    key, link, pipe = tmp_path / "reader.key", tmp_path / "line", tmp_path / "door"
    key.write_text(READER_KEY.hex(), encoding="ascii")
    command = [sys.executable, "-m", "campus_edge", "simulate", "osdp", "--key-file", str(key)]
    command += ["--link", str(link), "--pipe", str(pipe), "--every-ms", "0"]
    program = subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": PURE_PATH}
    )
    assert program.stdout.readline().startswith("osdp on ")
    assert until(pipe.exists)

    def do(what):
        pipe.write_text(f"{what}\n", encoding="ascii")
        return program.stdout.readline().strip()

    yield link, key, do
    program.terminate()
    program.wait(timeout=10)
    program.stdout.close()


@pytest.fixture
def edge(line, tmp_path):
    campus = DoorCampus()
    campus.add_cards(range(1, 10))
    campus.give((1,), 1)
    link, key, _do = line
    row = {"terminal": "D01", "driver": "osdp", "url": str(link), "key_file": str(key), "contact_input": 0}
    home = tmp_path / "edge"
    home.mkdir()
    data = {"edge": {"state_folder": str(home), "language": "en_US"}, "reader": [row]}
    with EdgeServer(campus, KEY.public) as server:
        paired = Paired(Identity(server.edge, "Door", server.url, KEY), campus.ring)
        running = Edge(parse(data, tmp_path, tuple(DRIVERS)), paired)
        running.start()
        assert until(lambda: running.snapshot.version == campus.version)
        assert until(lambda: [reader.state for reader in running.status().readers] == ["ready"])
        # the contact was heard
        assert until(lambda: ("D01", 0) in running.doors.inputs._levels)
        yield running
        running.stop()


def codes(edge):
    entries = edge.journal.read(lambda base: list(store.entries(base, 0)))
    return [(entry.kind, entry.code) for entry in entries]


def test_a_person_goes_through_and_another_does_not(edge, line):
    _link, _key, do = line
    assert do(f"pass:{uid_of(1)}") == f"card {uid_of(1)}: gone through"
    assert until(lambda: codes(edge) == [("tap", "ok"), ("event", "passed")])
    assert do(f"pass:{uid_of(2)}") == f"card {uid_of(2)}: the door stays shut"
    assert do("open:0") == "input 0: open"
    assert until(lambda: codes(edge)[2:] == [("tap", "access_no_right"), ("event", "forced")])
    assert do("close:0") == "input 0: close"
    assert until(lambda: codes(edge)[-1] == ("event", "closed"))


def test_a_reader_gets_the_key_that_is_put_beside_its_present_one(edge, line):
    _link, key, do = line
    fresh = key.with_name(f"{key.name}.next")
    fresh.write_text(OTHER_KEY.hex(), encoding="ascii")
    assert until(lambda: not fresh.exists())
    assert bytes.fromhex(key.read_text(encoding="ascii")) == OTHER_KEY
    assert do(f"pass:{uid_of(1)}").endswith("gone through")
