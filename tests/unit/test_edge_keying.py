"""An amount keyed at a terminal: a whole edge, libosdp as its reader, a keypad beside it, a server."""

import time

import pytest

from campus_edge.server.http import Identity
from campus_edge.server.identity import Paired
from campus_edge.simulators.desk import OnWire, Typing
from campus_edge.simulators.keypad import SerialKeypad
from support.edge_campus import Campus, uid_of
from support.edge_rig import KEY, until
from support.edge_server import EdgeServer
from support.stall import Stall


def open_stall(server, *args, **options):
    paired = Paired(Identity(server.edge, "Stall", server.url, KEY), server.campus.ring)
    return Stall(paired, *args, **options)


def tap(stall, card):
    stall.show(uid_of(card))


@pytest.fixture
def server():
    campus = Campus()
    campus.add_cards(range(1, 20))
    campus.add_terminal("K01", amount_mode="keyed", amount_minor=0)
    with EdgeServer(campus, KEY.public) as running:
        yield running


@pytest.fixture
def stall(server, tmp_path):
    with open_stall(server, tmp_path) as running:
        yield running


def test_an_amount_keyed_at_the_reader_is_shown_and_paid_by_the_next_card_and_by_no_other(stall, server):
    tap(stall, 1)
    stall.shows("Key the amount")
    stall.reader.press("35")
    stall.shows("Amount 0.35")
    assert stall.commands("LED") == stall.commands("BUZZER") == []
    stall.reader.press("0#")
    stall.shows("Tap card")
    tap(stall, 2)
    stall.shows("350 paid")
    assert list(server.charged.values()) == [350]
    tap(stall, 3)
    stall.shows("Key the amount")
    assert list(server.charged.values()) == [350]


def test_a_card_while_an_amount_is_half_keyed_pays_nothing(stall, server):
    stall.reader.press("350#")
    stall.shows("Tap card")
    stall.reader.press("9")
    stall.shows("Amount 0.09")
    tap(stall, 1)
    stall.shows("Press # first")
    assert server.charged == {}
    stall.reader.press("*")
    stall.shows("Amount 3.50")
    tap(stall, 2)
    stall.shows("350 paid")


def test_a_refused_card_leaves_the_amount_and_the_display_shows_it_again(stall, server):
    server.campus.set_state(1, "lost")
    assert until(lambda: stall.edge.snapshot.version == server.campus.version)
    stall.reader.press("1250#")
    stall.shows("Tap card")
    tap(stall, 1)
    stall.shows("refused: card_lost")
    stall.shows("Amount 12.50")
    tap(stall, 2)
    stall.shows("1250 paid")


def test_a_cleared_amount_and_one_above_the_maximum_pay_nothing(server, tmp_path):
    with open_stall(server, tmp_path, keyed_max_minor=2_000) as stall:
        stall.reader.press("350#")
        stall.shows("Tap card")
        stall.reader.press("*")
        stall.shows("Cleared")
        tap(stall, 1)
        stall.shows("Key the amount")
        stall.reader.press("2001#")
        stall.shows("At most 20.00")
        tap(stall, 2)
        stall.shows("Key the amount")
        assert server.charged == {}


def test_an_amount_that_nobody_pays_is_forgotten(server, tmp_path):
    with open_stall(server, tmp_path, keyed_for_ms=1_000) as stall:
        stall.reader.press("350#")
        stall.shows("Tap card")
        # The time that is tested: longer than an amount is kept.
        time.sleep(1.1)
        tap(stall, 1)
        stall.shows("Key the amount")
        assert server.charged == {}


@pytest.mark.parametrize("kind", ["serial", "keyboard"])
def test_a_keypad_beside_the_reader_keys_for_it_and_is_missed_when_it_is_gone(kind, server, tmp_path):
    pad = OnWire(SerialKeypad()) if kind == "serial" else Typing(tmp_path / "keys")
    with open_stall(server, tmp_path, pad) as stall:
        pad.press("4.2#")
        stall.shows("Amount 4.20")
        tap(stall, 1)
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
    with open_stall(server, tmp_path, language="zh_CN", encoding="utf-8") as stall:
        stall.reader.press("350#")
        stall.shows("请刷卡")
