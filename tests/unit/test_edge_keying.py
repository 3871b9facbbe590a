"""An amount keyed at a terminal: a whole edge, libosdp as its reader, a keypad beside it, a server."""

import time

import pytest

from campus_edge.config import parse
from campus_edge.drivers import DRIVERS
from campus_edge.edge import Edge
from campus_edge.http import Identity
from campus_edge.identity import Paired
from campus_edge.simulators.desk import OnWire, Typing, card_of
from campus_edge.simulators.keypad import SerialKeypad
from campus_edge.simulators.osdp_reader import OsdpReader
from support.edge_campus import Campus, uid_of
from support.edge_rig import KEY, until
from support.edge_server import EdgeServer


class Stall:
    """A fruit stall: an OSDP reader with keys and display, and maybe a keypad beside it."""

    def __init__(self, server, folder, pad=None, language="en_US", **reader):
        self.server = server
        self.reader = OnWire(OsdpReader())
        self.reader.plug()
        self.pad = pad
        rows = [{"terminal": "K01", "driver": "osdp", "url": self.reader.address, **reader}]
        if pad:
            pad.plug()
            driver = "wedge" if isinstance(pad, Typing) else "keypad"
            rows.append({"terminal": "K01", "driver": driver, "url": pad.address, "use": "keypad"})
        data = {"edge": {"state_folder": str(folder), "language": language},
                "server": {"ask_timeout_ms": 2000}, "reader": rows}  # fmt: skip
        paired = Paired(Identity(server.edge, "Stall", server.url, KEY), server.campus.ring)
        self.edge = Edge(parse(data, folder, tuple(DRIVERS)), paired)

    def __enter__(self):
        self.edge.start()
        assert until(lambda: self.edge.status().state == "online" and self.is_ready())
        return self

    def __exit__(self, *error):
        self.edge.stop()
        for device in (self.reader, self.pad):
            if device:
                device.unplug()

    def is_ready(self):
        return [reader.state for reader in self.edge.status().readers] == ["ready"]

    def commands(self, name):
        with self.reader.wire.lock:
            return [command for command in self.reader.wire.device.commands if command["name"] == name]

    @property
    def texts(self):
        return [command["data"] for command in self.commands("TEXT")]

    def shows(self, text):
        """Wait until the display has shown ``text``; what it has shown is forgotten."""
        assert until(lambda: text in self.texts), self.texts
        with self.reader.wire.lock:
            self.reader.wire.device.commands.clear()

    def tap(self, card):
        self.reader.put(card_of(uid_of(card)))


@pytest.fixture
def server():
    campus = Campus()
    campus.add_cards(range(1, 20))
    campus.add_terminal("K01", amount_mode="keyed", amount_minor=0)
    with EdgeServer(campus, KEY.public) as running:
        yield running


@pytest.fixture
def stall(server, tmp_path):
    with Stall(server, tmp_path) as running:
        yield running


def test_an_amount_keyed_at_the_reader_is_shown_and_paid_by_the_next_card_and_by_no_other(stall, server):
    stall.tap(1)
    stall.shows("Key the amount")
    stall.reader.press("35")
    stall.shows("Amount 0.35")
    assert stall.commands("LED") == stall.commands("BUZZER") == []
    stall.reader.press("0#")
    stall.shows("Tap card")
    stall.tap(2)
    stall.shows("350 paid")
    assert list(server.charged.values()) == [350]
    stall.tap(3)
    stall.shows("Key the amount")
    assert list(server.charged.values()) == [350]


def test_a_card_while_an_amount_is_half_keyed_pays_nothing(stall, server):
    stall.reader.press("350#")
    stall.shows("Tap card")
    stall.reader.press("9")
    stall.shows("Amount 0.09")
    stall.tap(1)
    stall.shows("Press # first")
    assert server.charged == {}
    stall.reader.press("*")
    stall.shows("Amount 3.50")
    stall.tap(2)
    stall.shows("350 paid")


def test_a_refused_card_leaves_the_amount_and_the_display_shows_it_again(stall, server):
    server.campus.set_state(1, "lost")
    assert until(lambda: stall.edge.snapshot.version == server.campus.version)
    stall.reader.press("1250#")
    stall.shows("Tap card")
    stall.tap(1)
    stall.shows("refused: card_lost")
    stall.shows("Amount 12.50")
    stall.tap(2)
    stall.shows("1250 paid")


def test_a_cleared_amount_and_one_above_the_maximum_pay_nothing(server, tmp_path):
    with Stall(server, tmp_path, keyed_max_minor=2_000) as stall:
        stall.reader.press("350#")
        stall.shows("Tap card")
        stall.reader.press("*")
        stall.shows("Cleared")
        stall.tap(1)
        stall.shows("Key the amount")
        stall.reader.press("2001#")
        stall.shows("At most 20.00")
        stall.tap(2)
        stall.shows("Key the amount")
        assert server.charged == {}


def test_an_amount_that_nobody_pays_is_forgotten(server, tmp_path):
    with Stall(server, tmp_path, keyed_for_ms=1_000) as stall:
        stall.reader.press("350#")
        stall.shows("Tap card")
        time.sleep(1.1)
        stall.tap(1)
        stall.shows("Key the amount")
        assert server.charged == {}


@pytest.mark.parametrize("kind", ["serial", "keyboard"])
def test_a_keypad_beside_the_reader_keys_for_it_and_is_missed_when_it_is_gone(kind, server, tmp_path):
    pad = OnWire(SerialKeypad()) if kind == "serial" else Typing(tmp_path / "keys")
    with Stall(server, tmp_path, pad) as stall:
        pad.press("4.2#")
        stall.shows("Amount 4.20")
        stall.tap(1)
        stall.shows("420 paid")
        pad.unplug()
        assert until(lambda: not stall.is_ready())
        (reader,) = stall.edge.status().readers
        assert reader.terminal == "K01" and reader.detail.startswith("keypad: ")


def test_an_emergency_code_keyed_after_the_amount_goes_to_the_server_and_offline_is_refused(stall, server):
    stall.reader.press("450#")
    stall.shows("Tap card")
    stall.reader.press("2025001*4815")
    stall.shows("Code ****")
    stall.reader.press("2637#")
    stall.shows("refused: unknown_card")
    ((entry, _answer),) = server.taps.values()
    assert (entry.credential, entry.amount_minor, entry.mode) == ("emergency:2025001#48152637", 450, "ask")
    server.stop()
    stall.edge.sender.late()
    stall.reader.press("2025001*48152637#")
    stall.shows("online only")


def test_a_display_that_has_the_signs_speaks_chinese(server, tmp_path):
    with Stall(server, tmp_path, language="zh_CN", encoding="utf-8") as stall:
        stall.reader.press("350#")
        stall.shows("请刷卡")
