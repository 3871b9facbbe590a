"""``campus-edge simulate osdp``: the program, a wire, and the edge's own reader at the other end."""

import os
import subprocess
import sys

import pytest
from edge_support import Events
from osdp_rig import KEY

from campus_cli.paths import PURE_PATH
from campus_edge.config import ConfigError, ReaderConfig
from campus_edge.protocols.base import READY, CardSeen, KeysPressed, ReaderState
from campus_edge.readers.drivers import Ports


def reader(terminal, address, key_file, url):
    return ReaderConfig(
        terminal=terminal, use="tap", driver="osdp", url=url, address=address, key_file=str(key_file)
    )


@pytest.fixture
def key_file(tmp_path):
    path = tmp_path / "reader.key"
    path.write_text(f"{KEY.hex()}\n", encoding="ascii")
    return path


def test_a_simulated_reader_is_read_by_the_edges_driver(key_file, tmp_path):
    link = tmp_path / "line"
    command = [sys.executable, "-m", "campus_edge", "simulate", "osdp", "04A1B2C3", "--address", "3"]
    command += ["--key-file", str(key_file), "--link", str(link), "--every-ms", "500", "--rounds", "0"]
    program = subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": PURE_PATH}
    )
    try:
        assert program.stdout.readline().startswith("osdp on ")
        events = Events()
        port = Ports()(reader("D01", 3, key_file, str(link)), events.put)
        port.start()
        events.until(ReaderState, state=READY)
        assert events.until(CardSeen) == CardSeen("uid:04A1B2C3")
        assert port.stop()
    finally:
        program.terminate()
        program.wait(timeout=10)
        program.stdout.close()


def test_readers_of_one_url_share_their_line_and_need_addresses(key_file):
    ports = Ports()
    first, second = (ports(reader(f"D0{n}", n, key_file, "/dev/none"), print) for n in (1, 2))
    assert first._line is second._line
    with pytest.raises(ConfigError, match="address 2"):
        ports(reader("D03", 2, key_file, "/dev/none"), print)
    assert ports(reader("D04", 2, key_file, "/dev/other"), print)._line is not first._line
    with pytest.raises(ConfigError, match="url"):
        ports(reader("D05", 5, key_file, ""), print)


def test_a_simulated_reader_has_its_keys_pressed(tmp_path):
    link = tmp_path / "line"
    command = [
        sys.executable,
        "-m",
        "campus_edge",
        "simulate",
        "osdp",
        "keys:3.5",
        "keys:350#",
        "--link",
        str(link),
    ]
    program = subprocess.Popen(
        [*command, "--every-ms", "500", "--rounds", "0"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": PURE_PATH},
    )  # fmt: skip
    events = Events()
    try:
        assert program.stdout.readline().startswith("osdp on ")
        settings = ReaderConfig(terminal="T01", use="tap", driver="osdp", url=str(link))
        port = Ports()(settings, events.put)
        port.start()
        events.until(ReaderState, state=READY)
        assert events.until(KeysPressed, keys="350#")
        assert port.stop()
    finally:
        program.kill()
        said, wrong = program.communicate()
    assert "4 keys" in said and "keys:3.5: an OSDP keypad has no '.'" in wrong
