"""The host's side of a PN532: cards of all kinds, lamps, real wires."""

import pytest
from edge_support import Events, cards, noise
from hypothesis import given
from hypothesis import strategies as st
from pn532_bench import Bench

from campus_core.credentials import sun
from campus_edge.ports.backoff import Backoff
from campus_edge.ports.serial_port import SerialPort
from campus_edge.protocols import base, pn532_commands
from campus_edge.protocols.base import CardGone, CardSeen, Feedback, Noise, ReaderState
from campus_edge.protocols.pn532 import TORN, Pn532
from campus_edge.protocols.pn532_frames import HALF_FRAME
from campus_edge.simulators.cards import Card, NdefCard, ndef_url
from campus_edge.simulators.ntag424 import FACTORY_KEYS, ntag424
from campus_edge.simulators.pn532 import Pn532Module
from campus_edge.simulators.wire import Wire
from support.edge_rig import until


def test_the_chip_is_woken_and_named():
    bench = Bench()
    assert bench.run(100) == [ReaderState(base.READY, "PN532 1.6")]
    assert bench.written.startswith(b"\x55\x55" + bytes(14) + bytes.fromhex("0000FF05FBD414011401 02 00"))


@pytest.mark.parametrize("uid", ["04A1B2C3", "04A1B2C3D4E5F6", "0102030405060708090A"])
def test_a_card_that_lies_there_is_one_tap_until_it_is_gone(uid):
    bench = Bench()
    bench.put(Card(uid))
    bench.run(2000)
    assert cards(bench.events) == [f"uid:{uid}"]
    bench.module.take()
    bench.run(1000)
    assert bench.events[-1] == CardGone(f"uid:{uid}")
    bench.put(Card(uid))
    bench.run(300)
    assert cards(bench.events) == [f"uid:{uid}"] * 2


def test_a_card_that_lies_there_from_before_is_no_tap_until_it_was_away():
    bench = Bench()
    bench.module.put(Card("04A1B2C3"))
    bench.run(2000)
    assert bench.events == [ReaderState(base.READY, "PN532 1.6")]
    bench.module.take()
    bench.run(1000)
    bench.module.put(Card("04A1B2C3"))
    bench.run(500)
    assert cards(bench.events) == ["uid:04A1B2C3"]


@pytest.mark.parametrize("card", [Card("04A1B2C3"), ntag424("04DE5F1EACC040"), NdefCard("04A1B2C3D4E5F6")])
def test_a_card_at_the_edge_of_the_field_is_one_tap(card):
    bench = Bench()
    bench.put(card)
    for _ in range(10):
        bench.run(200)
        bench.module.take()
        bench.run(150)
        bench.module.put(card)
    assert len(cards(bench.events)) == 1
    assert not [event for event in bench.events if isinstance(event, CardGone)]


@pytest.mark.parametrize("first", [Card("04A1B2C3"), NdefCard("04A1B2C3D4E5F6"), ntag424("04DE5F1EACC040")])
def test_another_card_in_its_place_need_not_wait(first):
    bench = Bench()
    bench.put(first)
    bench.run(300)
    bench.module.put(Card("0A0B0C0D"))
    bench.run(150)
    assert len(cards(bench.events)) == 2


def test_another_card_in_its_place_is_another_tap():
    bench = Bench()
    bench.put(Card("04A1B2C3"))
    bench.run(500)
    bench.put(Card("04A1B2C4"))
    bench.run(500)
    assert cards(bench.events) == ["uid:04A1B2C3", "uid:04A1B2C4"]


def test_a_chip_is_read_once_per_visit_so_that_its_counter_counts_taps():
    card = ntag424("04DE5F1EACC040")
    bench = Bench()
    for _ in range(3):
        bench.put(card)
        bench.run(1500)
        bench.module.take()
        bench.run(1000)
    found = [sun.verify(sun.parse(text[4:]), [FACTORY_KEYS]) for text in cards(bench.events)]
    assert [tap.counter for tap in found] == [1, 2, 3]
    assert {tap.uid for tap in found} == {"04DE5F1EACC040"}


def test_a_reader_told_to_read_uids_only_does_not_talk_to_the_card():
    card = NdefCard("04A1B2C3D4E5F6", message=lambda reads: ndef_url("https://example.org"))
    bench = Bench(reads_sun=False)
    bench.put(card)
    bench.run(1000)
    assert cards(bench.events) == ["uid:04A1B2C3D4E5F6"]
    assert card.reads == 0


def test_a_phone_without_a_name_of_its_own_is_no_tap():
    phone = NdefCard("04A1B2C3D4E5F6", random_uid=True)
    bench = Bench()
    bench.put(phone)
    bench.run(1000)
    assert cards(bench.events) == []
    assert noise(bench.events) == {"nameless": 1}


def test_a_card_torn_away_while_it_is_read_is_no_tap():
    class Torn(Pn532Module):
        def _exchange(self, body):
            self.take()
            return super()._exchange(body)

    bench = Bench(Torn())
    bench.put(ntag424("04DE5F1EACC040", random_uid=False))
    bench.run(1000)
    assert cards(bench.events) == []
    assert noise(bench.events) == {"torn": 1}


def test_something_else_on_the_line_is_not_taken_for_a_reader():
    class Other(Pn532Module):
        def __init__(self):
            super().__init__()
            self._commands[0x02] = lambda body: b"\x33\x01\x06\x07"

    bench = Bench(Other())
    bench.run(300)
    assert bench.events[-1] == ReaderState(base.SICK, "this is not a PN532")


@pytest.mark.parametrize(
    ("outcome", "lamps"),
    [
        (base.GRANTED, (True, False)),
        (base.REFUSED, (False, True)),
        (base.AGAIN, (False, True)),
        (base.ASKING, (True, True)),
    ],
)
def test_lamps_and_buzzer_follow_the_answer_and_go_out(outcome, lamps):
    bench = Bench()
    bench.put(Card("04A1B2C3"))
    bench.run(300)
    assert bench.decoder.answer(Feedback(outcome, duration_ms=1000)) == b""
    bench.run(100)
    assert (bench.module.green, bench.module.red) == lamps
    assert any(buzzer for _, _, buzzer in bench.module.shown) is (outcome != base.ASKING)
    bench.run(600)
    assert (bench.module.green, bench.module.red, bench.module.buzzer) == (*lamps, False)
    bench.run(500)
    assert bench.module.shown[-1] == (False, False, False)


@given(st.binary(max_size=40))
def test_no_answer_breaks_the_tables(answer):
    read = (pn532_commands.parse_target, pn532_commands.parse_firmware, pn532_commands.parse_exchange)
    found = [parse(answer) for parse in read]
    # what is too short to be an answer is none
    assert answer or found[:2] == [None, None]


@pytest.mark.parametrize("tcp", [None, 0])
def test_a_module_on_a_wire_is_read_answered_unplugged_and_plugged_in_again(tcp, tmp_path):
    module, events = Pn532Module(), Events()
    wire = Wire(module, tcp=tcp, link=tmp_path / "reader")
    with wire:
        port = SerialPort(
            "T01", events.put, Pn532(), wire.url, baud=115200, announces=True, backoff=Backoff(50, 100)
        )
        port.start()
        assert events.until(ReaderState, state=base.READY).detail == "PN532 1.6"
        module.put(ntag424("04DE5F1EACC040"))
        assert events.until(CardSeen).credential.startswith("sun:picc_data=")
        # Lamps wait for the next look, which may come late; how long the buzzer sounds has its own test.
        port.show(Feedback(base.GRANTED, "3.50", 60_000))
        assert until(lambda: module.green)
        assert not module.red
        module.take()
        events.until(CardGone)
    events.until(ReaderState, state=base.LOST)
    wire.plug()
    events.until(ReaderState, state=base.READY)
    module.put(Card("04A1B2C3D4E5F6"))
    events.until(CardSeen, credential="uid:04A1B2C3D4E5F6")
    assert port.stop()
    wire.unplug()
    # A module that was not given the processor in time is asked again; half a frame is no damage then.
    late = {HALF_FRAME, TORN}
    assert not [event for event in events.past if isinstance(event, Noise) and event.reason not in late]
