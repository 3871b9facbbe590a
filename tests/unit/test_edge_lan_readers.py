"""Readers that do nothing but serve tills: a simulated reader on a pty, a till on the LAN."""

import os
import signal
import subprocess
import sys
import time
import urllib.request

import pytest
from lan_world import POS, Scans, Till, lan, until

from campus_cli.paths import PURE_PATH
from campus_edge.lan.config import LanConfigError
from campus_edge.lan.reader_feed import ReaderFeed
from campus_edge.lan.reader_line import ReaderLine, parse_readers
from campus_edge.protocols.base import AGAIN
from support.card_reader import CardReader


@pytest.fixture
def reader():
    with CardReader() as reader:
        yield reader


def state_of(feed):
    return feed.status()["readers"][0]["state"]


@pytest.fixture
def feed(reader):
    feed = ReaderFeed("Canteen 1", {"T01": ReaderLine("T01", "rdm6300", reader.url).port})
    feed.start()
    until(lambda: state_of(feed) == "ready")
    yield feed
    feed.stop()


def test_a_card_on_the_reader_comes_to_the_till(feed, reader):
    with lan(feed, poll_ms=500) as service:
        scans = Scans(Till(service.port))
        reader.tap("04A1B2C3")
        until(lambda: scans.got)
        assert scans.got == ["04A1B2C3"]
        assert Till(service.port).ask("GET", "/status").json["taps"][0]["credential"] == "uid:****B2C3"


def test_a_reader_whose_till_is_closed_asks_for_the_card_again(feed, reader, monkeypatch):
    shown = []
    monkeypatch.setattr(feed._ports["T01"], "show", shown.append)
    with lan(feed):
        reader.tap("04A1B2C3")
        until(lambda: shown)
    assert [feedback.outcome for feedback in shown] == [AGAIN]


def test_a_reader_that_is_unplugged_shows_and_comes_back(feed, reader):
    reader.wire.unplug()
    until(lambda: state_of(feed) == "lost")
    assert feed.status()["readers"][0]["detail"]


def test_readers_are_written_down_as_terminal_family_and_line():
    text = "T01=rdm6300:/dev/ttyUSB0, T02=pn532:socket://10.0.0.9:4001"
    assert parse_readers(text) == [
        ReaderLine("T01", "rdm6300", "/dev/ttyUSB0"),
        ReaderLine("T02", "pn532", "socket://10.0.0.9:4001"),
    ]
    assert parse_readers("") == []


@pytest.mark.parametrize(
    "text",
    [
        "T01",
        "T01=",
        "T01=rdm6300",
        "T01=rdm6300:",
        "=rdm6300:/dev/x",
        "T 1=rdm6300:/dev/x",
        "T01=abc:/dev/x",
        "T01=rdm6300:/dev/x,T01=pn532:/dev/y",
    ],
)
def test_what_names_no_reader_is_refused(text):
    with pytest.raises(LanConfigError) as caught:
        parse_readers(text)
    assert caught.value.setting == "readers"


def program(*arguments):
    env = {**os.environ, "PYTHONPATH": PURE_PATH, "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "campus_edge.lan", *arguments]
    return subprocess.Popen(command, env=env, stderr=subprocess.PIPE, text=True)


def test_the_program_serves_until_it_is_told_to_stop(reader):
    running = program(
        f"--readers=T01=rdm6300:{reader.url}", f"--origin={POS}", "--port=0", "--name=Counter 3"
    )
    line = next(line for line in running.stderr if "tills are served" in line)
    port = int(line.rsplit(" ", 1)[1])
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=10) as page:
        assert "Counter 3" in page.read().decode()
    started = time.monotonic()
    running.send_signal(signal.SIGTERM)
    running.stderr.read()
    assert running.wait(10) == 0 and time.monotonic() - started < 8


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--readers=T01=abc:/dev/x", f"--origin={POS}"], "lan.readers"),
        (["--readers=T01=rdm6300:/dev/x"], "lan.origins"),
        (["--readers=T01=rdm6300:/dev/x", f"--origin={POS}", "--cert=/none", "--key=/none"], "No such file"),
    ],
)
def test_the_program_says_what_is_wrong_and_ends(arguments, said):
    running = program(*arguments)
    assert said in running.communicate(timeout=20)[1].splitlines()[-1]
    assert running.returncode == 2
