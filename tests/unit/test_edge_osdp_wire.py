"""An OSDP reader on real wires: a pty and a TCP socket, driven by the edge's serial port."""

import pytest
from edge_support import Events
from osdp_rig import KEY, OTHER_KEY, reader

from campus_edge.ports.backoff import Backoff
from campus_edge.ports.serial_port import SerialPort
from campus_edge.protocols.base import LOST, READY, SICK, CardSeen, Feedback, ReaderState, Tamper
from campus_edge.protocols.osdp import OsdpReader, ReaderConfig
from campus_edge.simulators.cards import Card
from campus_edge.simulators.wire import Wire


@pytest.fixture
def port():
    running = []

    def start(url, **config):
        events = Events()
        decoder = OsdpReader(ReaderConfig(0, **({"key": KEY, "relay": 0} | config)))
        line = SerialPort("D01", events.put, decoder, url, announces=True, backoff=Backoff(20, 50))
        line.start()
        running.append(line)
        return line, events

    yield start
    for line in running:
        assert line.stop()


@pytest.mark.parametrize("tcp", [None, 0], ids=["pty", "tcp"])
def test_a_card_and_its_answer_cross_a_real_wire(port, tcp):
    with Wire(reader(), tcp) as wire:
        line, events = port(wire.url)
        events.until(ReaderState, state=READY)
        with wire.lock:
            assert wire.device.is_secure
            wire.device.put(Card("04A1B2C3D4E5F6"))
        assert events.until(CardSeen) == CardSeen("uid:04A1B2C3D4E5F6")
        line.show(Feedback("granted", "3.50"))
        with wire.lock:
            wire.device.open_case()
        events.until(Tamper, on=True)
        with wire.lock:
            wire.device.put(Card("04A1B2C3"))
        events.until(CardSeen)
        with wire.lock:
            assert [each["name"] for each in wire.device.commands] == ["OUTPUT", "LED", "BUZZER", "TEXT"]


def test_a_reader_with_another_key_stays_sick(port):
    with Wire(reader(key=OTHER_KEY)) as wire:
        _line, events = port(wire.url)
        assert "key" in events.until(ReaderState, state=SICK).detail


def test_a_cable_pulled_and_put_back_is_noticed_and_mended(port):
    wire = Wire(reader(), tcp=0)
    with wire:
        _line, events = port(wire.url)
        events.until(ReaderState, state=READY)
        wire.unplug()
        events.until(ReaderState, state=LOST)
        wire.plug()
        events.until(ReaderState, state=READY)
        with wire.lock:
            wire.device.put(Card("04A1B2C3"))
        events.until(CardSeen)
